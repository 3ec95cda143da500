"""What every way of showing a running command can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..domain.collection import Collection
from ..domain.events import AnyEvent
from ..domain.resource import Resource
from ..errors import Problem
from .tally import Tally


class Renderer(Protocol):
    """Shows one command. Times are seconds of a monotonic clock."""

    def note(self, text: str) -> None:
        """A sentence for the person."""
        ...

    def ask_secret(self, question: str) -> str:
        """Ask the person for a line that is not shown."""
        ...

    def collection(self, collection: Collection, children: Sequence[Resource]) -> None:
        """A collection that the command is about, with all its children."""
        ...

    def problem(self, problem: Problem) -> None:
        """Something that went wrong before there was a resource to pin it to."""
        ...

    def begin(self, tally: Tally, now: float) -> None:
        """The files are known and start now."""
        ...

    def events(self, batch: Sequence[AnyEvent], tally: Tally, now: float) -> None:
        """The engine said something; ``tally`` has taken it in already. An empty batch means that time passed."""
        ...

    def end(self, tally: Tally, seconds: float, *, interrupted: bool) -> None:
        """The command is over after ``seconds``. Nothing is shown afterwards except notes."""
        ...

    def close(self) -> None:
        """Give the terminal back. May be called more than once."""
        ...
