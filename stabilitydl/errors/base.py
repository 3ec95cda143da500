"""The parent of all errors, its value, its remedies, and the one place where a template is filled."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

import msgspec

from ..text import format_bytes, format_duration, plain

Argument = str | int | float | None


class Remedy(StrEnum):
    """What the user can do about a failure. The value is part of the JSON contract."""

    NONE = "none"
    RETRY = "retry"
    LOG_IN = "log-in"
    WAIT = "wait"
    FREE_SPACE = "free-space"
    OPEN_PAGE = "open-page"
    OTHER_FILE = "other-file"
    CORRECT_INPUT = "correct-input"
    CONNECT_VOLUME = "connect-volume"
    CHECK_NETWORK = "check-network"
    CHECK_FOLDER = "check-folder"
    REPORT = "report"


REMEDIES: Mapping[Remedy, str] = {
    Remedy.NONE: "",
    Remedy.RETRY: "Try again.",
    Remedy.LOG_IN: "Log in to the hub, then try again.",
    Remedy.WAIT: "Wait; it goes on by itself.",
    Remedy.FREE_SPACE: "Free some space, then try again.",
    Remedy.OPEN_PAGE: "Open the page of the file to see what it asks for.",
    Remedy.OTHER_FILE: "Choose another file of the collection.",
    Remedy.CORRECT_INPUT: "Correct what was typed.",
    Remedy.CONNECT_VOLUME: "Connect the drive again.",
    Remedy.CHECK_NETWORK: "Check the network settings.",
    Remedy.CHECK_FOLDER: "Choose another folder, or change its permissions.",
    Remedy.REPORT: "Please report this.",
}


class Problem(msgspec.Struct, frozen=True):
    """A failure as a value: what crosses threads and processes and is kept in the store."""

    code: str
    arguments: dict[str, Argument] = {}

    @property
    def message(self) -> str:
        """The English sentence."""
        return render(template_of(self.code), self.arguments)

    @property
    def remedy(self) -> Remedy:
        kind = CODES.get(self.code)
        return kind.remedy if kind else Remedy.NONE


class StabilityError(Exception):
    """Parent of all errors. Keyword arguments fill the template; ``X_bytes`` and ``X_seconds`` are formatted."""

    code: ClassVar[str] = "error"
    template: ClassVar[str] = "Something went wrong."
    remedy: ClassVar[Remedy] = Remedy.NONE

    def __init__(self, **arguments: Argument) -> None:
        super().__init__()
        self.arguments = arguments

    def __init_subclass__(cls) -> None:
        known = CODES.setdefault(cls.code, cls)
        if known is not cls and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"{cls.__name__} and {known.__name__} share the code {cls.code!r}")

    def __str__(self) -> str:
        return render(self.template, self.arguments)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.arguments.items())})"

    @property
    def problem(self) -> Problem:
        """This error as a value."""
        return Problem(self.code, dict(self.arguments))


CODES: dict[str, type[StabilityError]] = {}


def template_of(code: str) -> str:
    """The English template of ``code``; a general sentence for a code that a newer version wrote."""
    kind = CODES.get(code)
    return kind.template if kind else StabilityError.template


def render(template: str, arguments: Mapping[str, Argument]) -> str:
    """Fill a template (English or translated). Text from outside is made safe to print; missing ones show ``?``."""
    return template.format_map(_Shown({name: _show(name, value) for name, value in arguments.items()}))


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _show(name: str, value: Argument) -> str:
    if isinstance(value, str):
        # A hint is our own text, which lists everything that is accepted.
        return plain(value, 1500) if name == "hint" else plain(value)
    if name.endswith("_bytes"):
        return format_bytes(value)
    if name.endswith("_seconds"):
        return format_duration(value)
    return "?" if value is None else str(value)


class InternalError(StabilityError):
    """A bug, or a foreign exception that nobody mapped."""

    code = "internal"
    template = "Something unexpected happened: {detail}."
    remedy = Remedy.REPORT
