"""``--include`` and ``--exclude``: which children a command is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import translate

from ..domain.resource import Resource
from ..errors import UsageError


@dataclass(frozen=True)
class Filter:
    """Glob patterns on the name and the path of a resource; the case of letters does not matter.

    A resource is kept when it matches any ``include`` pattern (or there is none) and no ``exclude`` pattern.
    ``*`` also matches ``/``. Raises UsageError for an empty pattern.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    _include: list[re.Pattern[str]] = field(init=False, repr=False, compare=False)
    _exclude: list[re.Pattern[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_include", _compile(self.include, "--include"))
        object.__setattr__(self, "_exclude", _compile(self.exclude, "--exclude"))

    def keeps(self, resource: Resource) -> bool:
        """Is the command about ``resource``?"""
        names = (_fold(resource.name), _fold(resource.path))
        if self._include and not _any(self._include, names):
            return False
        return not _any(self._exclude, names)


def _compile(patterns: Iterable[str], option: str) -> list[re.Pattern[str]]:
    compiled = []
    for pattern in patterns:
        if not pattern:
            raise UsageError(detail=f"{option} needs a pattern such as '*.safetensors'.")
        compiled.append(re.compile(translate(_fold(pattern))))
    return compiled


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _any(patterns: Iterable[re.Pattern[str]], names: Iterable[str]) -> bool:
    return any(pattern.match(name) for pattern in patterns for name in names)
