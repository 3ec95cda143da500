"""The filter field and the menus for type, base model, version and size beside the tabs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QWidget

from .icons import Sign, put
from .menu_button import MenuButton
from .resource_index import Query
from .rows import Facets
from .theme import SPACE
from .tr import QT_TRANSLATE_NOOP, fill, translate

_MOST_VALUES = 40
_LEAST, _MOST = 96, 190
"""Pixels of the field."""
SIZES = (
    (QT_TRANSLATE_NOOP("Filters", "Any size"), None, None),
    (QT_TRANSLATE_NOOP("Filters", "Below 100 MB"), None, 100_000_000),
    (QT_TRANSLATE_NOOP("Filters", "100 MB to 1 GB"), 100_000_000, 1_000_000_000),
    (QT_TRANSLATE_NOOP("Filters", "1 to 8 GB"), 1_000_000_000, 8_000_000_000),
    (QT_TRANSLATE_NOOP("Filters", "Above 8 GB"), 8_000_000_000, None),
)


class Filters(QWidget):
    """Changes a `Query`, all but its tab. ``changed`` carries the whole query."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._query = Query()
        self._facets = Facets()
        self.field = QLineEdit()
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(_LEAST)
        self.field.setMaximumWidth(_MOST)
        self.field.textChanged.connect(lambda text: self._change(replace(self._query, text=text)))
        QShortcut(QKeySequence.StandardKey.Find, self, self.field.setFocus)
        self.button = MenuButton("tool")
        put(self.button, Sign.FILTER)
        self.button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.field)
        row.addWidget(self.button)
        self.retranslate()

    @property
    def query(self) -> Query:
        """Everything that is asked for besides the tab."""
        return self._query

    def offer(self, facets: Facets) -> None:
        """The values that there are to choose from."""
        self._facets = facets

    def clear(self) -> None:
        """Ask for nothing."""
        self.field.clear()
        self._change(Query())

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.field.setPlaceholderText(translate("Filters", "Filter"))
        self.field.setAccessibleName(translate("Filters", "Filter files by words"))
        self.field.setToolTip(translate("Filters", "Words of the name, version, type, base model or creator (Ctrl+F)"))
        self.button.setAccessibleName(translate("Filters", "More filters"))
        self.button.setToolTip(translate("Filters", "Type, base model, version and size"))
        self._show_state()

    def _change(self, query: Query) -> None:
        if query != self._query:
            self._query = query
            self._show_state()
            self.changed.emit(query)

    def _show_state(self) -> None:
        chosen = len(self._query.types) + len(self._query.base_models) + len(self._query.versions)
        chosen += self._query.at_least is not None or self._query.at_most is not None
        beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        self.button.setText(f"{chosen}" if chosen else "")
        self.button.setToolButtonStyle(beside if chosen else alone)

    def _fill(self) -> None:
        self.menu.clear()
        titles = (
            ("types", translate("Filters", "Type"), self._facets.types),
            ("base_models", translate("Filters", "Base model"), self._facets.base_models),
            ("versions", translate("Filters", "Version"), self._facets.versions),
        )
        for field, title, values in titles:
            if len(values) > 1:
                self._fill_values(self.menu.addMenu(title), field, values)
        self._fill_sizes(self.menu.addMenu(translate("Filters", "Size")))
        self.menu.addSeparator()
        clear = self.menu.addAction(translate("Filters", "Clear all filters"), self.clear)
        clear.setEnabled(self._query.is_narrowed)

    def _fill_values(self, menu: QMenu, field: str, values: tuple[tuple[str, int], ...]) -> None:
        chosen: frozenset[str] = getattr(self._query, field)
        for value, count in values[:_MOST_VALUES]:
            name = value or translate("Filters", "(not said)")
            action = QAction(fill(translate("Filters", "{name} ({count})"), name=name, count=f"{count:,}"), menu)
            action.setCheckable(True)
            action.setChecked(value in chosen)
            changes = {field: chosen.symmetric_difference({value})}
            action.triggered.connect(lambda _checked, changes=changes: self._change(replace(self._query, **changes)))
            menu.addAction(action)

    def _fill_sizes(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for title, low, high in SIZES:
            action = QAction(translate("Filters", title), menu)
            action.setCheckable(True)
            action.setChecked((self._query.at_least, self._query.at_most) == (low, high))
            action.triggered.connect(
                lambda _checked, low=low, high=high: self._change(replace(self._query, at_least=low, at_most=high))
            )
            group.addAction(action)
            menu.addAction(action)
