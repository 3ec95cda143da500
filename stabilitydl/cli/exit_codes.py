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
    if isinstance(error, NothingMatched | UnknownCollection):
        return ExitCode.NOTHING
    if isinstance(error, UsageError):
        return ExitCode.USAGE
    return ExitCode.FAILED
