"""How a source is treated, and what follows when a fetch fails in it. Pure: what follows is done by `fetch`.

Each failure makes the mode simpler or is counted: a source that goes on failing is given up after a bounded number of
restarts.
"""

from __future__ import annotations

from enum import Enum, auto

from ..errors import ChecksumMismatch, PartChanged, RemoteChanged, StabilityError
from .retry import is_passing

_STREAM_RESTARTS = 5
_CHANGES = 1
_HARMS = 1
_REPAIRS = 2


class StreamCut(Exception):
    """A stream without ranges broke off; never leaves the byte path."""

    def __init__(self, cause: StabilityError) -> None:
        super().__init__()
        self.cause = cause


class Unreadable(Exception):
    """What was written cannot be read back; never leaves the byte path."""

    def __init__(self, cause: StabilityError) -> None:
        super().__init__()
        self.cause = cause


class Step(Enum):
    """What comes next: the part is begun again, or the fetch is given up."""

    BEGIN_AGAIN = auto()
    BEGIN_AGAIN_LATER = auto()
    SET_ASIDE = auto()
    """Begin again, but keep what is here until the file is whole: it is of another version."""
    EMPTY = auto()
    """Give up, and leave no bytes behind."""
    QUARANTINE = auto()
    """Give up, and keep the bytes where nobody takes them for the file."""
    GIVE_UP = auto()


class Mode:
    """``connections`` at most; ``whole``: as one stream, without ranges."""

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self.whole = False
        self._changes = 0
        self._harms = 0
        self._streams = 0
        self._repairs = 0

    @property
    def may_repair(self) -> bool:
        """May blocks that the disk lost be fetched once more?"""
        return self._repairs < _REPAIRS

    def repaired(self) -> None:
        """Some are fetched once more."""
        self._repairs += 1

    def after(
        self,
        error: StabilityError | StreamCut,
        *,
        is_resumed: bool,
        is_one_answer: bool,
        is_proven: bool,
        is_in_place: bool,
    ) -> Step:
        """What follows ``error``.

        Wrong bytes of an earlier run (``is_resumed``) prove nothing about the source; wrong bytes that came as one
        answer prove all. What says of a file that it changed may be two servers that name the same bytes differently,
        and one answer is of one of them: that is tried at once where a checksum will tell (``is_proven``), since
        another version would be refused anyway, unless the other name is of an earlier run; else when it changes
        again. ``is_in_place``: the part still lies under its name.
        """
        match error:
            case StreamCut():
                self._streams += 1
                is_hopeless = self._streams > _STREAM_RESTARTS or not is_passing(error.cause)
                return Step.GIVE_UP if is_hopeless else Step.BEGIN_AGAIN_LATER
            case ChecksumMismatch():
                if is_resumed:
                    return Step.BEGIN_AGAIN
                return Step.QUARANTINE if self.whole or is_one_answer else self._to_stream()
            case RemoteChanged():
                self._changes += 1
                if self.whole:
                    return Step.GIVE_UP
                if self._changes > _CHANGES or (is_proven and not is_resumed):
                    self._to_stream()
                return Step.SET_ASIDE if self._changes <= _CHANGES else Step.BEGIN_AGAIN
            case PartChanged():
                self._harms += 1
                return Step.EMPTY if self._harms > _HARMS or not is_in_place else Step.BEGIN_AGAIN
            case _:
                return Step.GIVE_UP if self.whole else self._to_stream()

    def _to_stream(self) -> Step:
        self.whole, self.connections = True, 1
        return Step.BEGIN_AGAIN

    def __repr__(self) -> str:
        return f"<Mode {'one stream' if self.whole else f'{self.connections} connections'}>"
