"""The field for many locators: a line for each, with its number and a mark where it cannot be used."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from .locator_lines import shortened_lines
from .qt import override
from .theme import RADIUS, Appearance, mark

_MARK = "\u26a0"
_GAP = 6


class LocatorEdit(QPlainTextEdit):
    """Takes text, addresses and list files, pasted or dropped. Tab leaves it, as in a form."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._refused: Collection[int] = frozenset()
        mark(self, kind="lines")
        self._gutter = _Gutter(self)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # addresses are written from left to right
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        appearance.changed.connect(self._gutter.update)
        self._make_room()

    @property
    def gutter_width(self) -> int:
        """Pixels for the numbers and the mark."""
        digits = max(2, len(str(self.blockCount())))
        metrics = self.fontMetrics()
        return 3 * _GAP + metrics.horizontalAdvance("0" * digits) + metrics.horizontalAdvance(_MARK)

    def mark_refused(self, lines: Collection[int]) -> None:
        """Put a mark at these lines, counted from 0."""
        self._refused = frozenset(lines)
        self._gutter.update()

    def go_to(self, line: int) -> None:
        """Select a line, counted from 0, so that it can be corrected."""
        block = self.document().findBlockByNumber(line)
        if block.isValid():
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
            self.centerCursor()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_lines(self, lines: str) -> None:
        """Put ``lines`` on lines of their own where the cursor is; one step for undo."""
        cursor = self.textCursor()
        before = "" if cursor.block().text().strip() == "" else "\n"
        cursor.insertText(f"{before}{shortened_lines(lines)}\n")
        self.setTextCursor(cursor)

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or source.hasText()

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasUrls():
            self.add_lines("\n".join(_locator(url) for url in source.urls()))
        else:
            self.insertPlainText(shortened_lines(source.text()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._make_room()

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Numbers of the lines that are shown, and the marks."""
        theme, fonts = self._appearance.theme, self._appearance.fonts
        painter = QPainter(self._gutter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("window"))
        # Round only at its beginning, as the frame around it is.
        painter.drawRoundedRect(self._gutter.rect().adjusted(0, 0, RADIUS, 0), RADIUS - 1, RADIUS - 1)
        painter.setFont(fonts.small)
        for block, top in self._shown_blocks():
            number = block.blockNumber()
            box = QRect(0, top, self._gutter.width() - _GAP, self.fontMetrics().height())
            is_refused = number in self._refused
            painter.setPen(theme.color("trouble_text" if is_refused else "secondary"))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1))
            if is_refused:
                painter.drawText(
                    box.adjusted(_GAP, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, _MARK
                )
        painter.end()

    def _shown_blocks(self) -> list[tuple[QTextBlock, int]]:
        shown: list[tuple[QTextBlock, int]] = []
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= self.viewport().height():
            shown.append((block, round(top)))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        return shown

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_width, 0, 0, 0)
        self._place()

    def _place(self) -> None:
        inside = self.contentsRect()
        self._gutter.setGeometry(QRect(inside.topLeft(), QSize(self.gutter_width, inside.height())))

    def _follow(self, rect: QRect, moved: int) -> None:
        if moved:
            self._gutter.scroll(0, moved)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())


def _locator(url: QUrl) -> str:
    return url.toLocalFile() if url.isLocalFile() else url.toString(QUrl.ComponentFormattingOption.FullyEncoded)


class _Gutter(QWidget):
    """The strip beside the lines."""

    def __init__(self, editor: LocatorEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_width, 0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_gutter(event)
