"""The dock at the bottom: the speed of the last minutes, one line per host, and everything that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ..clock import Clock
from ..domain.events import HostLine, Progress, ProgressTick
from ..text import format_bytes, format_count, format_speed
from .amounts import duration_text, percent_text
from .elided_label import ElidedLabel
from .icons import Sign, Tone, put
from .qt import override
from .speed_curve import SpeedCurve
from .theme import ACTIVITY_HEIGHT, Appearance, mark
from .toolbar import ACTIVITY
from .tr import fill, translate

_LINES = 5
_STRIP = 28
_BUTTON = 20


class Activity(QFrame):
    """Three panels side by side, or one line where it is closed. ``opened`` tells of a change by the user."""

    opened = Signal(bool)

    def __init__(self, appearance: Appearance, clock: Clock | None = None) -> None:
        super().__init__()
        mark(self, surface="panel", edge="top")
        self.curve = SpeedCurve(appearance, clock)
        self.curve.moved.connect(self._show_peak)
        self.peak = ElidedLabel()
        self.today = ElidedLabel()
        self.ever = ElidedLabel()
        self.line = ElidedLabel()
        self.hosts = _Lines()
        self.running = _Lines()
        self.close_button = QToolButton()
        self.open_button = QToolButton()
        self._titles = [QLabel() for _ in range(3)]
        self._totals = (0, 0), (0, 0)
        self._running, self._speed = 0, 0.0
        self._panels = QWidget()
        self._divided: list[QFrame] = []
        self._strip = QWidget()
        self._arrange()
        self.show_open(True)
        self.retranslate()

    def _arrange(self) -> None:
        for button, sign in ((self.close_button, Sign.DOWN), (self.open_button, Sign.UP)):
            mark(button, role="flat", small="true")
            put(button, sign, Tone.QUIET)
            button.setFixedSize(_BUTTON, _BUTTON)
            button.clicked.connect(self.toggle)
        for label in (self.peak, self.today, self.ever, self.line):
            mark(label, kind="secondary")
        panels = QHBoxLayout(self._panels)
        panels.setContentsMargins(0, 0, 0, 0)
        panels.setSpacing(0)
        panels.addWidget(self._panel(0, self.peak, self.curve, self.today, self.ever), 3)
        panels.addWidget(self._panel(1, None, self.hosts), 3)
        panels.addWidget(self._panel(2, self.close_button, self.running), 4)
        self._divide()
        strip = QHBoxLayout(self._strip)
        strip.setContentsMargins(14, 0, 14, 0)
        strip.addWidget(self.line, 1)
        strip.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._panels, 1)
        column.addWidget(self._strip)

    @property
    def is_open(self) -> bool:
        """Are the panels shown, not just the line?"""
        return not self._panels.isHidden()

    def show_open(self, is_open: bool) -> None:
        """Show the panels, or just one line."""
        self._panels.setVisible(is_open)
        self._strip.setVisible(not is_open)
        self.setFixedHeight(ACTIVITY_HEIGHT if is_open else _STRIP)

    def toggle(self) -> None:
        """Open or close it, as the user asked."""
        self.show_open(not self.is_open)
        (self.close_button if self.is_open else self.open_button).setFocus()
        self.opened.emit(self.is_open)

    def show_tick(self, tick: ProgressTick, names: Mapping[str, str]) -> None:
        """One tick; ``names`` maps the ids of what runs to what it is called."""
        self._speed = tick.speed
        # The last tick of a child may come after its end.
        running = [(names[one.resource], _running_text(one), False) for one in tick.entries if one.resource in names]
        self._running = len(running)
        self.curve.add(tick.speed)
        self._show_peak()
        self.hosts.show_lines([(_host_name(line), _host_text(line), line.cooling > 0) for line in tick.hosts])
        self.running.show_lines(running)
        self._show_line()

    def show_totals(self, today: tuple[int, int], ever: tuple[int, int]) -> None:
        """Bytes and files that have come since midnight, and since the first start."""
        self._totals = today, ever
        self.today.setText(fill(translate("Activity", "today {bytes}, {files}"), **_amounts(*today)))
        self.ever.setText(fill(translate("Activity", "in all {bytes}, {files}"), **_amounts(*ever)))
        self._show_line()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._divide()

    def _divide(self) -> None:
        """Draw a line at the side of each panel where the one before it is."""
        for panel in self._divided:
            mark(panel, edge="right" if self.isRightToLeft() else "left")

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
        for button, text in (
            (self.close_button, translate("Activity", "Close the activity panel")),
            (self.open_button, translate("Activity", "Open the activity panel")),
        ):
            button.setAccessibleName(text)
            button.setToolTip(f"{text} ({ACTIVITY.toString(ACTIVITY.SequenceFormat.NativeText)})")
        self._show_peak()
        self.show_totals(*self._totals)

    def _show_peak(self) -> None:
        peak = self.curve.peak
        words = fill(translate("Activity", "last 2 min \u00b7 peak {speed}"), speed=format_speed(peak)) if peak else ""
        self.peak.setText(words)
        self.curve.setAccessibleDescription(words)

    def _show_line(self) -> None:
        parts = [fill(translate("Activity", "{count} running"), count=self._running), format_speed(self._speed)]
        self.line.setText(" \u00b7 ".join([*(parts if self._running else []), self.today.text(), self.ever.text()]))

    def _panel(self, number: int, corner: QWidget | None, *content: QWidget) -> QFrame:
        panel = QFrame()
        if number:
            self._divided.append(panel)
        title = self._titles[number]
        mark(title, kind="strong")
        # As high with a button as without one, so that the titles stand on one line.
        title.setMinimumHeight(_BUTTON)
        head = QHBoxLayout()
        head.addWidget(title)
        if isinstance(corner, QLabel):
            corner.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            head.addWidget(corner, 1)
        else:
            head.addStretch(1)
            if corner is not None:
                head.addWidget(corner)
        column = QVBoxLayout(panel)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(6)
        column.addLayout(head)
        for widget in content:
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
        self._labels: list[tuple[ElidedLabel, QLabel]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for number in range(_LINES):
            left, right = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), QLabel()
            for label in (left, right):
                label.setTextFormat(Qt.TextFormat.PlainText)
                mark(label, kind="secondary")
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
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
        return _waiting_text(line)
    if not line.limit:
        return fill(translate("Activity", "{count} connections"), count=line.running)
    if not line.running:
        return translate("Activity", "idle")
    return fill(translate("Activity", "{count} of {limit} connections"), count=line.running, limit=line.limit)


def _waiting_text(line: HostLine) -> str:
    time = duration_text(line.cooling)
    if line.status:
        time = f"{time} ({line.status})"
    if 0 < line.allowed < line.limit:
        words = translate("Activity", "waiting {time}, then {count} of {limit} connections")
        return fill(words, time=time, count=line.allowed, limit=line.limit)
    if line.limit and line.running:
        words = translate("Activity", "waiting {time}, {count} of {limit} connections")
        return fill(words, time=time, count=line.running, limit=line.limit)
    return fill(translate("Activity", "waiting {time}"), time=time)


def _amounts(total: int, files: int) -> dict[str, object]:
    words = format_count(files, translate("Activity", "file"), translate("Activity", "files"))
    return {"bytes": format_bytes(total), "files": words}


def _running_text(one: Progress) -> str:
    if one.size and one.received >= one.size:
        return translate("Activity", "checking")
    percent = percent_text(one.received, one.size) if one.size else format_bytes(one.received)
    return f"{percent} \u00b7 {format_speed(one.speed)}"
