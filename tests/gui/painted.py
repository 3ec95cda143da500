"""What a widget writes when it is painted, read off by a paint device that keeps texts instead of pixels.

It sees everything: labels, buttons, what delegates draw, and what styles shorten by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPaintDevice, QPaintEngine, QPaintEngineState, QTextItem, QTextLayout
from PySide6.QtWidgets import QWidget

from stabilitydl.gui.qt import override

ELLIPSIS = "\u2026"
_LINE = 8.0
"""Pixels between lines of text, at least."""
_TOLERANCE = 1.5
"""Pixels: widths are rounded, and glyphs lean over their advance."""


@dataclass(frozen=True)
class Written:
    """One piece of text: where it begins and ends, and between where it can be seen, in pixels of its widget.

    ``x`` and ``y`` are where the widget lies in what was painted.
    """

    text: str
    left: float
    right: float
    line: float
    seen_left: float
    seen_right: float
    missing: str
    x: int = 0
    y: int = 0

    @property
    def is_cut(self) -> bool:
        """Does it begin or end where nothing can be seen?"""
        return self.left < self.seen_left - _TOLERANCE or self.right > self.seen_right + _TOLERANCE

    def is_over(self, other: Written) -> bool:
        """Is it written over ``other``?"""
        is_beside = (
            self.x + self.right < other.x + other.left + _TOLERANCE
            or other.x + other.right < self.x + self.left + _TOLERANCE
        )
        return not is_beside and abs(self.y + self.line - other.y - other.line) < _LINE

    def joins(self, other: Written) -> bool:
        """Is ``other`` the piece that goes on beside it, in another font?"""
        beside = min(abs(self.right - other.left), abs(other.right - self.left)) < 1.0
        return beside and self.line == other.line and self.seen_right == other.seen_right

    def joined(self, other: Written) -> Written:
        """Both as one."""
        return replace(
            self,
            text=self.text + other.text,
            left=min(self.left, other.left),
            right=max(self.right, other.right),
            missing=self.missing + other.missing,
        )


def written_by(widget: QWidget) -> list[Written]:
    """Everything that ``widget`` and what lies in it write."""
    device = _Texts(widget)
    widget.render(device)
    whole: list[Written] = []
    for piece in device.engine.pieces:
        if whole and whole[-1].joins(piece):
            whole[-1] = whole[-1].joined(piece)
        else:
            whole.append(piece)
    return whole


def missing_glyphs(text: str, font: QFont) -> str:
    """The characters of ``text`` that neither ``font`` nor a font that stands in for it has."""
    if not _has_holes(text, font):
        return ""
    return "".join(character for character in dict.fromkeys(text) if _has_holes(character, font))


def _has_holes(text: str, font: QFont) -> bool:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())


class _Engine(QPaintEngine):
    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.pieces: list[Written] = []

    @override
    def begin(self, pdev: QPaintDevice) -> bool:
        self.setActive(True)
        return True

    @override
    def end(self) -> bool:
        self.setActive(False)
        return True

    @override
    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    @override
    def updateState(self, state: QPaintEngineState) -> None:
        """Looked up when it is needed."""

    @override
    def drawTextItem(self, p: QPointF, textItem: QTextItem) -> None:
        text = textItem.text()
        if not text.strip():
            return
        painter = self.painter()
        place = painter.combinedTransform().map(p)
        widget = self.systemClip().boundingRect()
        if not 0 <= place.y() <= widget.height():
            # Rows that are scrolled out of sight are painted, too.
            return
        seen = QRectF(0, 0, widget.width(), 1)
        if painter.hasClipping():
            clip = painter.combinedTransform().mapRect(painter.clipBoundingRect())
            seen.setLeft(max(seen.left(), clip.left()))
            seen.setRight(min(seen.right(), clip.right()))
        self.pieces.append(
            Written(
                text,
                place.x(),
                place.x() + textItem.width(),
                place.y(),
                seen.left(),
                seen.right(),
                missing_glyphs(text, textItem.font()),
                widget.x(),
                widget.y(),
            )
        )

    @override
    def drawPath(self, *_: object) -> None:
        """Not a text."""

    drawPixmap = drawImage = drawTiledPixmap = drawPath  # noqa: N815 - Qt's names
    drawPolygon = drawRects = drawLines = drawEllipse = drawPoints = drawPath  # noqa: N815


class _Texts(QPaintDevice):
    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.engine = _Engine()
        self._widget = widget

    @override
    def paintEngine(self) -> QPaintEngine:
        return self.engine

    @override
    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        kind = QPaintDevice.PaintDeviceMetric
        widget = self._widget
        return {
            kind.PdmWidth: widget.width(),
            kind.PdmHeight: widget.height(),
            kind.PdmWidthMM: widget.widthMM(),
            kind.PdmHeightMM: widget.heightMM(),
            kind.PdmDpiX: widget.logicalDpiX(),
            kind.PdmDpiY: widget.logicalDpiY(),
            kind.PdmPhysicalDpiX: widget.physicalDpiX(),
            kind.PdmPhysicalDpiY: widget.physicalDpiY(),
            kind.PdmDepth: 32,
            kind.PdmNumColors: 1 << 24,
            kind.PdmDevicePixelRatio: 1,
            kind.PdmDevicePixelRatioScaled: 1 << 16,
        }.get(metric, 0)
