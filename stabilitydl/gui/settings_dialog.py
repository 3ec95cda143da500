"""The settings, made from the declared fields: a page for each section, an editor for each field."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..http.credentials import VARIABLES
from ..paths import Paths
from ..settings import Field, Section, Settings, fields
from .hub_names import hub_title
from .qt import override
from .remedies import ACCOUNTS
from .setting_editors import Editor, SwitchEditor, editor_for
from .theme import SPACE, Appearance, mark
from .tr import QT_TRANSLATE_NOOP, fill, translate

_SIDE = 160
_ROW = 30
SECTIONS: Mapping[Section, str] = {
    Section.DOWNLOADS: QT_TRANSLATE_NOOP("SettingsDialog", "Downloads"),
    Section.NETWORK: QT_TRANSLATE_NOOP("SettingsDialog", "Network"),
    Section.WINDOW: QT_TRANSLATE_NOOP("SettingsDialog", "Window"),
}
TOKEN_PAGES: Mapping[str, str] = {"civitai": "https://civitai.com/user/account"}
"""Where a hub hands out tokens; only hubs that this program knows."""


class SettingsDialog(QDialog):
    """Shows settings; ``saved`` carries the new ones as a `Settings` when they are taken."""

    saved = Signal(object)

    def __init__(self, settings: Settings, appearance: Appearance, paths: Paths, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._helps: dict[str, QLabel] = {}
        self._page_names: list[str] = []
        self.pages = _Pages()
        self._stack = QStackedWidget()
        self.pages.currentRowChanged.connect(self._stack.setCurrentIndex)
        for section in SECTIONS:
            chosen = [field for field in fields() if field.section is section]
            self._add_page(section.value, self._form(chosen, appearance, paths))
        self._accounts = _AccountsPage()
        self._add_page(ACCOUNTS, self._accounts)
        self.defaults = QPushButton()
        self.defaults.setAutoDefault(False)
        self.defaults.clicked.connect(self._restore_defaults)
        self.cancel = QPushButton()
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.save = QPushButton()
        mark(self.save, role="primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.accept)
        self._arrange()
        for name, editor in self.editors.items():
            editor.show_value(getattr(settings, name))
        self.pages.setCurrentRow(0)
        self.retranslate()
        self.resize(680, 520)

    def _add_page(self, name: str, page: QWidget) -> None:
        self._stack.addWidget(_Page(page))
        self._page_names.append(name)
        self.pages.add_row()

    def _form(self, chosen: list[Field], appearance: Appearance, paths: Paths) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        row = 0
        for field in chosen:
            editor = editor_for(field, appearance, paths.library)
            editor.widget.setParent(page)
            self.editors[field.name] = editor
            hint = self._helps[field.name] = QLabel()
            hint.setWordWrap(True)
            mark(hint, kind="small")
            if isinstance(editor, SwitchEditor):
                grid.addWidget(editor.widget, row, 0, 1, 2)
                hint.setIndent(editor.indent)
                grid.addWidget(hint, row + 1, 0, 1, 2)
            else:
                label = self._labels[field.name] = QLabel()
                label.setBuddy(editor.focus)
                grid.addWidget(label, row, 0)
                grid.addWidget(editor.widget, row, 1)
                grid.addWidget(hint, row + 1, 1)
            grid.setRowMinimumHeight(row + 2, SPACE)
            row += 3
        grid.setRowStretch(row, 1)
        return page

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.pages)
        top.addWidget(self._stack, 1)
        bottom = QFrame()
        mark(bottom, edge="top")
        buttons = QHBoxLayout(bottom)
        buttons.setContentsMargins(16, 10, 16, 10)
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.defaults)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top, 1)
        column.addWidget(bottom)

    @property
    def page(self) -> str:
        """The name of the page that is shown: a section, or ``accounts``."""
        return self._page_names[self._stack.currentIndex()]

    def show_page(self, name: str) -> None:
        """Turn to a page; an unknown name changes nothing."""
        if name in self._page_names:
            self.pages.setCurrentRow(self._page_names.index(name))

    def settings(self) -> Settings:
        """What is entered now."""
        values = {name: editor.value() for name, editor in self.editors.items()}
        whole = {**msgspec.to_builtins(self._settings), **values}
        return msgspec.convert(whole, Settings)

    @override
    def accept(self) -> None:
        """Take what is entered."""
        self.saved.emit(self.settings())
        super().accept()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("SettingsDialog", "Settings"))
        self.pages.setAccessibleName(translate("SettingsDialog", "Pages"))
        names = [translate("SettingsDialog", words) for words in SECTIONS.values()]
        self.pages.name_rows([*names, translate("SettingsDialog", "Accounts")])
        for field in fields():
            self.editors[field.name].retranslate()
            self._helps[field.name].setText(translate("Settings", field.help))
            if field.name in self._labels:
                self._labels[field.name].setText(translate("Settings", field.title))
        self._accounts.retranslate()
        self.defaults.setText(translate("SettingsDialog", "Restore defaults"))
        self.cancel.setText(translate("SettingsDialog", "Cancel"))
        self.save.setText(translate("SettingsDialog", "Save"))

    def _restore_defaults(self) -> None:
        """Enter the defaults of the page that is shown; nothing is taken before it is saved."""
        for field in fields():
            if field.section.value == self.page:
                self.editors[field.name].show_value(field.default)


class _Page(QScrollArea):
    """One page: as wide as it has to be, and scrolled where it is too high."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)

    @override
    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._page.minimumSizeHint().width() + bar, super().minimumSizeHint().height())


class _Pages(QListWidget):
    """The names of the pages."""

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="sidebar", kind="pages")
        self.setViewportMargins(SPACE, SPACE, SPACE, SPACE)
        self.setMinimumWidth(_SIDE)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add_row(self) -> None:
        """One more page, without a name yet."""
        item = QListWidgetItem()
        item.setSizeHint(QSize(0, _ROW))
        self.addItem(item)

    def name_rows(self, names: Sequence[str]) -> None:
        """Name all pages, and be as wide as the longest name."""
        for row, name in enumerate(names):
            self.item(row).setText(name)
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in names)
        self.setFixedWidth(max(_SIDE, widest + 5 * SPACE))


class _AccountsPage(QWidget):
    """Which hubs can be logged in to, and how."""

    def __init__(self) -> None:
        super().__init__()
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        mark(self._hint, kind="secondary")
        self._rows: list[tuple[str, QLabel, QPushButton]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._hint, 0, 0, 1, 3)
        for row, (hub, page) in enumerate(TOKEN_PAGES.items(), 1):
            name = QLabel(hub_title(hub))
            mark(name, kind="strong")
            state = QLabel()
            state.setWordWrap(True)
            button = QPushButton()
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked, page=page: QDesktopServices.openUrl(QUrl(page)))
            grid.addWidget(name, row, 0)
            grid.addWidget(state, row, 1)
            grid.addWidget(button, row, 2)
            self._rows.append((hub, state, button))
        grid.setRowStretch(len(self._rows) + 1, 1)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self._hint.setText(
            translate(
                "SettingsDialog",
                "Some files are given only to people who are logged in. Make a token on the page of the hub, put it"
                " into the environment variable, and start stabilitydl again.",
            )
        )
        for hub, state, button in self._rows:
            variable = VARIABLES[hub]
            if os.environ.get(variable, "").strip():
                words = translate("SettingsDialog", "✓ A token is set in {variable}")
            else:
                words = translate("SettingsDialog", "No token in {variable}")
            state.setText(fill(words, variable=variable))
            button.setText(translate("SettingsDialog", "Open token page"))
            button.setAccessibleName(f"{button.text()} · {hub_title(hub)}")
