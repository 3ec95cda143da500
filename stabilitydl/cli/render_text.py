"""Progress for people: bars on a terminal, sparse plain lines anywhere else.

Both write to stderr. When stdout is not a terminal the paths of the files that are here are written to it at the
end, one a line, so that another program can go on with them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..domain.collection import Collection
from ..domain.events import AnyEvent
from ..domain.resource import Resource
from ..errors import Problem
from ..text import format_duration, format_speed
from . import console
from .board import Board, Row, progress_line, summary_lines
from .describe import headline
from .tally import Tally

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

LINE_PERIOD = 10.0
"""Seconds between two progress lines where there is no terminal."""

REDRAW_PERIOD = 1.0
"""Seconds after which bars are drawn again although nothing happened."""

MEDIUM, WIDE = 50, 90
"""Columns of a terminal from which speeds, and from which amounts and remaining times, have room beside the names."""


class PlainRenderer:
    """Sparse lines: what is asked for, how far it is every ten seconds, how it ended."""

    def __init__(self) -> None:
        self._board = Board()
        self._next = 0.0

    def note(self, text: str) -> None:
        console.say(text)

    def ask_secret(self, question: str) -> str:
        return console.ask_secret(question)

    def collection(self, collection: Collection, children: Sequence[Resource]) -> None:
        self.note(headline(collection, children))

    def problem(self, problem: Problem) -> None:
        self.note(console.explain(problem))

    def begin(self, tally: Tally, now: float) -> None:
        self._next = now + LINE_PERIOD

    def events(self, batch: Sequence[AnyEvent], tally: Tally, now: float) -> None:
        self._board.follow(batch)
        if now >= self._next:
            self._next = now + LINE_PERIOD
            self.note(progress_line(self._board.overall(tally)))
            for row in self._board.active(tally):
                if row.phase and not row.speed:
                    self.note(f"  {row.name}: {row.phase}")

    def end(self, tally: Tally, seconds: float, *, interrupted: bool) -> None:
        self.close()
        for line in summary_lines(tally, seconds, interrupted=interrupted):
            self.note(line)
        if not console.is_terminal(sys.stdout):
            for item in tally.here:
                if item.path:
                    console.data(item.path)

    def close(self) -> None:
        """Nothing is held."""


class BarRenderer(PlainRenderer):
    """One overall bar and one for each active child, drawn by rich on stderr."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console: Console = Console(stderr=True, highlight=False, markup=False)
        self._live: Live | None = None

    def note(self, text: str) -> None:
        if self._live is None:
            console.say(text)
        else:
            self._console.print(text, soft_wrap=True)

    def ask_secret(self, question: str) -> str:
        if self._live is None:
            return console.ask_secret(question)
        self._live.stop()
        try:
            return console.ask_secret(question)
        finally:
            self._live.start(refresh=True)

    def begin(self, tally: Tally, now: float) -> None:
        from rich.live import Live

        # Drawn by the main thread at each batch: a thread that refreshes could not be interrupted.
        self._live = Live(
            self._draw(tally), console=self._console, auto_refresh=False, transient=True, redirect_stdout=False
        )
        self._live.start(refresh=True)

    def events(self, batch: Sequence[AnyEvent], tally: Tally, now: float) -> None:
        self._board.follow(batch)
        if self._live is not None and (batch or now >= self._next):
            self._next = now + REDRAW_PERIOD
            self._live.update(self._draw(tally), refresh=True)

    def close(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def _draw(self, tally: Tally) -> RenderableType:
        from rich.table import Column, Table

        width = self._console.width
        columns = [Column(ratio=3, no_wrap=True, overflow="ellipsis"), Column(ratio=2)]
        columns += [Column(justify="right", no_wrap=True) for _ in _numbers(Row("", 0, None), width)]
        table = Table.grid(*columns, padding=(0, 1), expand=True)
        room = max(1, self._console.height - 3)
        active = self._board.active(tally)
        for row in active[:room]:
            table.add_row(*_cells(row, row.name, row.phase, width))
        if len(active) > room:
            table.add_row(f"and {len(active) - room} more")
        overall = self._board.overall(tally)
        table.add_row(*_cells(overall, overall.phase, "", width))
        return table


def _cells(row: Row, title: str, phase: str, width: int) -> list[RenderableType]:
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    middle: RenderableType
    if phase:
        middle = Text(phase, no_wrap=True, overflow="ellipsis")
    elif row.fraction is None:
        middle = Text("")
    else:
        middle = ProgressBar(total=1.0, completed=row.fraction)
    return [Text(title), middle, *map(Text, _numbers(row, width))]


def _numbers(row: Row, width: int) -> list[str]:
    """What fits beside name and bar on a terminal of ``width`` columns, the percentage before everything else."""
    speed = format_speed(row.speed) if row.speed else ""
    if width < MEDIUM:
        return [row.percent]
    if width < WIDE:
        return [row.percent, speed]
    remaining = format_duration(row.eta) if row.eta is not None else ""
    return [f"{row.percent}  {row.amount}", speed, remaining]
