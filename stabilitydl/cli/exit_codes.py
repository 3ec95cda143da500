"""What the process says to the shell when it ends."""

from __future__ import annotations

from enum import IntEnum

from ..errors import NothingMatched, StabilityError, UnknownCollection, UsageError


class ExitCode(IntEnum):
    """The codes that scripts rely on."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING = 3
    INTERRUPTED = 130


def exit_code_for(error: StabilityError) -> ExitCode:
    """The code of a command that ``error`` ended before it could begin."""
    return exit_code_for_kind(type(error))


def exit_code_for_kind(kind: type[StabilityError]) -> ExitCode:
    """The same for a class of errors."""
    if issubclass(kind, NothingMatched | UnknownCollection):
        return ExitCode.NOTHING
    return ExitCode.USAGE if issubclass(kind, UsageError) else ExitCode.FAILED
