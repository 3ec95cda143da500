"""The settings, made from the declared fields: a page for each section, an editor for each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..paths import Paths
from ..settings import Field, Section, Settings, fields
from .accounts_page import Accounts, AccountsPage
from .desktop_links import DesktopLinks
from .dialog import Dialog
from .editor import HEIGHT, Editor
from .links_setting import LinksSetting
from .qt import override
from .remedies import ACCOUNTS
from .setting_editors import SwitchEditor, editor_for
from .theme import SPACE, Appearance, mark
from .tr import QT_TRANSLATE_NOOP, translate

_SIDE = 160
_ROW = 30
SECTIONS: Mapping[Section, str] = {
    Section.DOWNLOADS: QT_TRANSLATE_NOOP("SettingsDialog", "Downloads"),
    Section.NETWORK: QT_TRANSLATE_NOOP("SettingsDialog", "Network"),
    Section.WINDOW: QT_TRANSLATE_NOOP("SettingsDialog", "Window"),
}


class SettingsDialog(Dialog):
    """Shows settings; ``saved`` carries the new ones as a `Settings` when they are taken.

    Logins and who opens links are no settings: what is done about them is done at once.
    """

    saved = Signal(object)

    def __init__(
        self,
        settings: Settings,
        appearance: Appearance,
        paths: Paths,
        parent: QWidget | None = None,
        accounts: Accounts | None = None,
        links: DesktopLinks | None = None,
    ) -> None:
        super().__init__(parent)
        self.links = LinksSetting(links) if links is not None else None
        self._settings = settings
        self.editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._helps: dict[str, QLabel] = {}
        self._page_names: list[str] = []
        self._was_refused = False
        self.pages = _Pages()
        self._stack = QStackedWidget()
        self.pages.currentRowChanged.connect(self._stack.setCurrentIndex)
        for section in SECTIONS:
            chosen = [field for field in fields() if field.section is section]
            self._add_page(section.value, self._form(chosen, appearance, paths))
        self.accounts = AccountsPage(accounts)
        self._add_page(ACCOUNTS, self.accounts)
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
        self.resize(680, 580)

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
            editor.edited.connect(self._show_helps)
            self.editors[field.name] = editor
            hint = self._helps[field.name] = QLabel()
            hint.setWordWrap(True)
            # The widest that a column grows to is what the narrowest of its widgets bears, unless one of them expands.
            policy = hint.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
            hint.setSizePolicy(policy)
            mark(hint, kind="small")
            if isinstance(editor, SwitchEditor):
                grid.addWidget(editor.widget, row, 0, 1, 2)
                hint.setIndent(editor.indent)
                grid.addWidget(hint, row + 1, 0, 1, 2)
            else:
                label = self._labels[field.name] = QLabel()
                label.setBuddy(editor.focus)
                label.setMinimumHeight(HEIGHT)
                grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(editor.widget, row, 1)
                grid.addWidget(hint, row + 1, 1)
            grid.setRowMinimumHeight(row + 2, SPACE)
            row += 3
        if self.links is not None and chosen[0].section is Section.WINDOW:
            grid.addWidget(self.links, row, 0, 1, 2)
            row += 1
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
        """Take what is entered; where something of it cannot be taken, show that instead."""
        wrong = next((field for field in fields() if self.editors[field.name].fault()), None)
        if wrong is not None:
            self._was_refused = True
            self.show_page(wrong.section.value)
            self.editors[wrong.name].focus.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_helps()
            return
        self.saved.emit(self.settings())
        super().accept()

    @override
    def done(self, result: int) -> None:
        """End, with nothing under way."""
        if self.links is not None:
            self.links.close_down()
        super().done(result)

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("SettingsDialog", "Settings"))
        self.pages.setAccessibleName(translate("SettingsDialog", "Pages"))
        names = [translate("SettingsDialog", words) for words in SECTIONS.values()]
        self.pages.name_rows([*names, translate("SettingsDialog", "Accounts")])
        for field in fields():
            self.editors[field.name].retranslate()
            if field.name in self._labels:
                self._labels[field.name].setText(translate("Settings", field.title))
        self._show_helps()
        self.accounts.retranslate()
        if self.links is not None:
            self.links.retranslate()
        self.defaults.setText(translate("SettingsDialog", "Restore defaults"))
        self.cancel.setText(translate("SettingsDialog", "Cancel"))
        self.save.setText(translate("SettingsDialog", "Save"))

    def _show_helps(self) -> None:
        """Say what each field is for, or what is wrong with it once something could not be taken."""
        for field in fields():
            hint, fault = self._helps[field.name], self.editors[field.name].fault() if self._was_refused else ""
            hint.setText(fault or translate("Settings", field.help))
            kind = "trouble" if fault else "small"
            if hint.property("kind") != kind:
                mark(hint, kind=kind)

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
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A line that is added may need more width than the page had before.
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

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
