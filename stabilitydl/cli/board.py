"""What the text renderers show, as plain words and numbers: the one place that decides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..domain.events import AnyEvent, ProgressTick, RetryScheduled, StateChanged
from ..domain.states import State, WaitReason
from ..text import format_bytes, format_count, format_duration, format_speed, plain
from .console import explain
from .describe import shown_path
from .tally import Item, Tally, problem_of

WAITS = {
    WaitReason.HOST: "the host asks to wait",
    WaitReason.NETWORK: "no network",
    WaitReason.SPACE: "not enough space",
    WaitReason.VOLUME: "the drive is not connected",
    WaitReason.DRIVE: "the drive does not answer",
    WaitReason.LOGIN: "a login is needed",
    WaitReason.TWIN: "the same file is coming already",
    WaitReason.PROCESS: "another process downloads it",
}


@dataclass(frozen=True)
class Row:
    """One active child, or all files together. Bytes, bytes per second, seconds."""

    name: str
    received: int
    size: int | None
    speed: float | None = None
    eta: float | None = None
    phase: str = ""

    @property
    def fraction(self) -> float | None:
        """0 to 1, None while the size is unknown."""
        if not self.size:
            return None
        return min(1.0, self.received / self.size)

    @property
    def amount(self) -> str:
        return f"{format_bytes(self.received)} of {format_bytes(self.size)}"

    @property
    def percent(self) -> str:
        return "" if self.fraction is None else f"{int(self.fraction * 100)} %"


@dataclass
class Board:
    """Follows the events and answers with rows."""

    _speeds: dict[str, tuple[float, float | None]] = field(default_factory=dict)
    _checked: dict[str, int] = field(default_factory=dict)
    _retries: dict[str, str] = field(default_factory=dict)

    def follow(self, batch: Sequence[AnyEvent]) -> None:
        """Take in what only matters while a child is active: its speed, its retries, its verification."""
        for event in batch:
            match event:
                case ProgressTick():
                    for entry in event.entries:
                        self._speeds[entry.resource] = (entry.speed, entry.eta)
                        self._checked[entry.resource] = entry.checked
                        if entry.speed > 0:
                            self._retries.pop(entry.resource, None)
                case RetryScheduled():
                    self._retries[event.resource] = f"tries again: {event.problem.message}"
                case StateChanged():
                    self._retries.pop(event.resource, None)
                case _:
                    continue

    def overall(self, tally: Tally) -> Row:
        """All files together. Files of unknown size count once their size is known."""
        items = [item for item in tally.items.values() if not item.state.is_trouble]
        received = sum(item.received for item in items)
        size = sum(max(item.size or 0, item.received) for item in items)
        active = any(item.state.is_running for item in items)
        speed = tally.speed if active else 0.0
        eta = (size - received) / speed if speed > 0 else None
        return Row("", received, size, speed, eta, f"{len(tally.here)} of {format_count(len(tally.items), 'file')}")

    def active(self, tally: Tally) -> list[Row]:
        """One row for each child that is at work or waits for something, in the order of the collection."""
        return [
            self._row(item) for item in tally.items.values() if item.state.is_running or item.state is State.WAITING
        ]

    def _row(self, item: Item) -> Row:
        name = plain(item.resource.name, 60)
        if item.state is State.WAITING and item.wait is not None:
            return Row(name, item.received, item.size, phase=WAITS[item.wait.reason])
        if item.state is State.RESOLVING:
            return Row(name, item.received, item.size, phase="asks the hub")
        if item.state is State.VERIFYING:
            checked = self._checked.get(item.resource.id, 0)
            return Row(name, checked, item.size, phase="checks the file")
        speed, eta = self._speeds.get(item.resource.id, (None, None))
        return Row(name, item.received, item.size, speed, eta, self._retries.get(item.resource.id, ""))


def progress_line(row: Row) -> str:
    """The overall row as one line of text."""
    parts = [row.phase, row.amount]
    if row.speed:
        parts.append(format_speed(row.speed))
    if row.eta is not None:
        parts.append(f"{format_duration(row.eta)} left")
    return ", ".join(part for part in parts if part)


def summary_lines(tally: Tally, seconds: float, *, interrupted: bool) -> list[str]:
    """The end of a command: failures with cause and remedy, then the totals in the last line."""
    lines = []
    failed = tally.failed
    if failed and not interrupted:
        lines.append(f"{format_count(len(failed), 'file')} could not be brought:")
        lines += [f"  {explain(problem_of(item), shown_path(item.resource))}" for item in failed]
    if tally.problems:
        lines.append(f"{format_count(len(tally.problems), 'problem')} besides:" if failed else "Not everything worked:")
        lines += [f"  {explain(problem)}" for problem in tally.problems]
    if tally.unverified:
        lines.append(f"{format_count(len(tally.unverified), 'file')} came unverified: no checksum says what is right.")
    lines.append(totals_line(tally, seconds))
    return lines


def totals_line(tally: Tally, seconds: float) -> str:
    """``78 of 80 files are here: 70 downloaded (293 MB in 4 s, 73 MB/s), 8 were here already; 2 failed.``"""
    count = len(tally.items)
    parts = []
    if tally.downloaded:
        speed = f", {format_speed(tally.bytes / seconds)}" if seconds > 0 else ""
        parts.append(f"{len(tally.downloaded):,} downloaded ({format_bytes(tally.bytes)} in {_time(seconds)}{speed})")
    already = sum(1 for item in tally.here if not item.brought)
    if already:
        parts.append(f"{already:,} here already")
    blocked = len(tally.skipped) - already
    if blocked:
        parts.append(f"{blocked:,} blocked and skipped")
    if tally.failed:
        parts.append(f"{len(tally.failed):,} failed")
    verb = "is" if count == 1 else "are"
    head = f"{len(tally.here):,} of {format_count(count, 'file')} {verb} here"
    return f"{head}: {', '.join(parts)}." if parts else f"{head}."


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else format_duration(seconds)
