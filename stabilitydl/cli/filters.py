"""Which children a command is about: ``--include`` and ``--exclude``, and what their hubs say of them.

The case of letters never matters. A child is kept when it passes every kind of filter that is given, and any one of
the values that are given for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import translate

from ..domain.precision import normal_precision, precision_in
from ..domain.resource import Resource
from ..errors import FilterLeftNothing, NothingMatched, UsageError

MOST_NAMED = 8
"""Values that are named where a filter left nothing."""


@dataclass(frozen=True)
class Filter:
    """Patterns for children. Raises UsageError for an empty one.

    ``include`` and ``exclude`` are globs on the name and the path; ``*`` also matches ``/``. ``versions`` are the
    hub's numbers of versions. ``file_types`` are globs on what the hub calls the file, on what it is used as, and on
    its extension; ``base_models`` are globs. ``precisions`` also match finer ones: ``fp8`` keeps ``fp8_scaled``.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    versions: Sequence[str] = ()
    file_types: Sequence[str] = ()
    base_models: Sequence[str] = ()
    precisions: Sequence[str] = ()
    _tests: list[_Test] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        include, exclude = _globs(self.include, "--include"), _globs(self.exclude, "--exclude")
        versions = [text.strip() for text in _filled(self.versions, "--version-id")]
        file_types = _globs(map(_plain, _filled(self.file_types, "--file-type")), "--file-type")
        base_models = _globs(map(_plain, _filled(self.base_models, "--base-model")), "--base-model")
        precisions = [_fold(normal_precision(text)) for text in _filled(self.precisions, "--precision")]
        tests = [
            _Test("", (), lambda child: not include or _any(include, _names(child))),
            _Test("", (), lambda child: not _any(exclude, _names(child))),
            _Test("version id", self.versions, lambda child: child.version_id in versions, _version),
            _Test("file type", self.file_types, lambda child: _any(file_types, _file_types(child)), _file_type),
            _Test("base model", self.base_models, lambda child: _any(base_models, [_plain(child.base_model)]), _base),
            _Test("precision", self.precisions, lambda child: _is_of(_fold(_precision(child)), precisions), _precision),
        ]
        object.__setattr__(self, "_tests", [test for test in tests if test.wanted or not test.what])

    def keeps(self, resource: Resource) -> bool:
        """Is the command about ``resource``?"""
        return all(test.keeps(resource) for test in self._tests)

    def nothing_left(self, children: Sequence[Resource]) -> NothingMatched:
        """Why none of ``children`` is kept: the first filter that no child passes, and what there is instead."""
        for test in self._tests:
            if test.what and not any(test.keeps(child) for child in children):
                found = Counter(filter(None, map(test.value, children)))
                named = [f"{value} ({count})" for value, count in found.most_common(MOST_NAMED)]
                named += [f"{len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
                wanted = ", ".join(test.wanted)
                return FilterLeftNothing(
                    what=test.what, wanted=wanted, found=", ".join(named) or "none that is known", count=len(children)
                )
        return NothingMatched(count=len(children))


@dataclass(frozen=True)
class _Test:
    """One kind of filter: its name for people where there is one, what was wanted, and what a child has of it."""

    what: str
    wanted: Sequence[str]
    keeps: Callable[[Resource], bool]
    value: Callable[[Resource], str] = lambda _child: ""


def _globs(patterns: Iterable[str], option: str) -> list[re.Pattern[str]]:
    return [re.compile(translate(_fold(pattern))) for pattern in _filled(patterns, option)]


def _filled(texts: Iterable[str], option: str) -> list[str]:
    given = list(texts)
    if not all(text.strip() for text in given):
        example = "'*.safetensors'" if option in ("--include", "--exclude") else "one that plan shows"
        raise UsageError(detail=f"{option} needs a value such as {example}.")
    return given


def _names(child: Resource) -> tuple[str, str]:
    return _fold(child.name), _fold(child.path)


def _version(child: Resource) -> str:
    return child.version_id


def _file_type(child: Resource) -> str:
    return child.file_type or child.type or _extension(child)


def _file_types(child: Resource) -> list[str]:
    return [_plain(text) for text in (child.file_type, child.type, _extension(child)) if text]


def _extension(child: Resource) -> str:
    return child.name.rpartition(".")[2].lower() if "." in child.name else ""


def _base(child: Resource) -> str:
    return child.base_model


def _precision(child: Resource) -> str:
    return child.precision or precision_in(child.name)


def _is_of(precision: str, wanted: Iterable[str]) -> bool:
    return any(precision == one or precision.startswith(f"{one}_") for one in wanted)


def _plain(text: str) -> str:
    """``SDXL_1.0`` and ``sdxl 1.0`` are the same to people."""
    return " ".join(re.split(r"[\s_-]+", _fold(text).strip()))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _any(patterns: Iterable[re.Pattern[str]], names: Iterable[str]) -> bool:
    return any(pattern.match(name) for pattern in patterns for name in names)
