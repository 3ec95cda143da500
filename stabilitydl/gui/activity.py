"""The dock at the bottom: the speed of the last minutes, one line per host, and everything that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from ..domain.events import HostLine, Progress, ProgressTick
from ..text import format_bytes, format_count, format_duration, format_speed
from .speed_curve import SpeedCurve
from .theme import ACTIVITY_HEIGHT, Appearance, mark
from .tr import fill, translate

_LINES = 5


class Activity(QFrame):
    """Three panels side by side; collapsible, and remembered by the window."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        mark(self, surface="panel", edge="top")
        self.setFixedHeight(ACTIVITY_HEIGHT)
        self.curve = SpeedCurve(appearance)
        self.peak = QLabel()
        self.totals = QLabel()
        self.hosts = _Lines()
        self.running = _Lines()
        self._titles = [QLabel() for _ in range(3)]
        self._today = (0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._panel(0, self.peak, self.curve, self.totals), 3)
        row.addWidget(self._panel(1, None, self.hosts), 3)
        row.addWidget(self._panel(2, None, self.running), 4)
        self.retranslate()

    def show_tick(self, tick: ProgressTick, names: Mapping[str, str]) -> None:
        """One tick; ``names`` maps resource ids to what they are called."""
        self.curve.add(tick.speed)
        self.peak.setText(
            fill(translate("Activity", "last 2 min \u00b7 peak {speed}"), speed=format_speed(self.curve.peak))
        )
        self.hosts.show_lines([(_host_name(line), _host_text(line), line.cooling > 0) for line in tick.hosts])
        self.running.show_lines([(names.get(one.resource, ""), _running_text(one), False) for one in tick.entries])

    def show_totals(self, today_bytes: int, today_files: int) -> None:
        """What has come since midnight."""
        self._today = (today_bytes, today_files)
        files = format_count(today_files, translate("Activity", "file"), translate("Activity", "files"))
        self.totals.setText(
            fill(translate("Activity", "today {bytes} \u00b7 {files}"), bytes=format_bytes(today_bytes), files=files)
        )

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        texts = (
            translate("Activity", "Activity"),
            translate("Activity", "Hosts"),
            translate("Activity", "Running"),
        )
        for label, text in zip(self._titles, texts, strict=True):
            label.setText(text)
        self.curve.setAccessibleName(translate("Activity", "Speed of the last two minutes"))
        self.hosts.show_empty(translate("Activity", "No host is asked right now."))
        self.running.show_empty(translate("Activity", "Nothing is running."))
        self.show_totals(*self._today)

    def _panel(self, number: int, corner: QLabel | None, *content: QLabel | SpeedCurve | _Lines) -> QFrame:
        panel = QFrame()
        if number:
            mark(panel, edge="left")
        title = self._titles[number]
        mark(title, kind="strong")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        if corner is not None:
            mark(corner, kind="secondary")
            head.addWidget(corner)
        column = QVBoxLayout(panel)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addLayout(head)
        for widget in content:
            if isinstance(widget, QLabel):
                mark(widget, kind="secondary")
            column.addWidget(widget, 1 if isinstance(widget, SpeedCurve) else 0)
        if not any(isinstance(widget, SpeedCurve) for widget in content):
            column.addStretch(1)
        return panel


class _Lines(QFrame):
    """A few lines of text, each with something at its right end; what does not fit is counted."""

    def __init__(self) -> None:
        super().__init__()
        self._empty = ""
        self._shown = False
        self._labels: list[tuple[QLabel, QLabel]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for number in range(_LINES):
            left, right = QLabel(), QLabel()
            for label in (left, right):
                label.setTextFormat(Qt.TextFormat.PlainText)
                mark(label, kind="secondary")
            right.setAlignment(Qt.AlignmentFlag.AlignRight)
            left.setMinimumWidth(40)
            grid.addWidget(left, number, 0)
            grid.addWidget(right, number, 1)
            self._labels.append((left, right))

    def show_lines(self, lines: Sequence[tuple[str, str, bool]]) -> None:
        """Left text, right text, and whether it deserves attention."""
        self._shown = bool(lines)
        rest = len(lines) - _LINES
        shown = list(lines if rest <= 0 else lines[: _LINES - 1])
        if rest > 0:
            shown.append((fill(translate("Activity", "and {count} more"), count=f"{rest + 1:,}"), "", False))
        if not shown:
            shown = [(self._empty, "", False)]
        for number, (left, right) in enumerate(self._labels):
            text, value, attention = shown[number] if number < len(shown) else ("", "", False)
            kind = "attention" if attention else "secondary"
            for label, words in ((left, text), (right, value)):
                if label.text() != words:
                    label.setText(words)
                if label.property("kind") != kind:
                    mark(label, kind=kind)

    def show_empty(self, text: str) -> None:
        """What to say while there is nothing."""
        self._empty = text
        if not self._shown:
            self.show_lines([])


def _host_name(line: HostLine) -> str:
    return line.host.partition("://")[2] or line.host


def _host_text(line: HostLine) -> str:
    if line.cooling > 0:
        return fill(translate("Activity", "waiting {time}"), time=format_duration(line.cooling))
    if not line.limit:
        return fill(translate("Activity", "{count} connections"), count=line.running)
    return fill(translate("Activity", "{count} of {limit} connections"), count=line.running, limit=line.limit)


def _running_text(one: Progress) -> str:
    percent = f"{100 * one.received // one.size} %" if one.size else format_bytes(one.received)
    return f"{percent} \u00b7 {format_speed(one.speed)}"
