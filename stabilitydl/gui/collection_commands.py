"""What the user asks for a whole collection: a menu, and the commands behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from ..domain.collection import Collection
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from . import offer as offers
from .bridge import EngineBridge
from .collection_menu import CollectionMenu
from .collection_tree_model import CollectionTreeModel
from .remedies import Remedies
from .resource_commands import ResourceCommands


class CollectionCommands(QObject):
    """A collection has no life of its own: each command is one for some of its children."""

    def __init__(
        self,
        bridge: EngineBridge,
        collections: CollectionTreeModel,
        children: ResourceCommands,
        remedies: Remedies,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._collections = collections
        self._children = children
        self._remedies = remedies
        self._window = window
        self._menus: list[CollectionMenu] = []
        self._popup = self.menu(lambda: "")

    def menu(self, current: Callable[[], str]) -> CollectionMenu:
        """A menu that is about the collection whose id ``current`` gives when it opens, if any."""
        menu = CollectionMenu(self._window)
        menu.aboutToShow.connect(lambda: self._fill(menu, current()))
        menu.missing_wanted.connect(self._on(offers.DOWNLOAD, lambda rows: self._children.download(_ids(rows))))
        menu.pause_wanted.connect(self._on(offers.PAUSE, lambda rows: self._bridge.pause(_ids(rows))))
        menu.resume_wanted.connect(self._on(offers.RESUME, lambda rows: self._bridge.resume(_ids(rows))))
        menu.remove_wanted.connect(self._on(offers.ALL, lambda rows: self._children.remove(_ids(rows), rows=rows)))
        menu.weight_wanted.connect(self._bridge.set_weight)
        menu.repair_wanted.connect(self._on(offers.HERE, lambda rows: self._children.repair(_ids(rows))))
        menu.check_wanted.connect(self._bridge.refresh)
        menu.page_wanted.connect(self.open_page)
        menu.folder_wanted.connect(self.open_folder)
        self._menus.append(menu)
        return menu

    def open_page(self, collection: str) -> None:
        """Show the page of a collection in the browser."""
        self._with(lambda one: self._remedies.open_page(one.hub, one.page), collection)

    def open_folder(self, collection: str) -> None:
        """Show the folder that holds the files of a collection in the file manager."""

        def show(rows: Sequence[ResourceSnapshot]) -> None:
            folders = {Path(row.target).parent for row in rows if row.target is not None}
            if len({folder.anchor for folder in folders}) == 1:
                self._remedies.open_folder(os.path.commonpath(folders))
            else:
                self._with(lambda one: self._remedies.open_folder(one.target), collection)

        self._bridge.load_resources(collection, show)

    def show_menu(self, collection: str, place: QPoint) -> None:
        """Open the menu of a collection at a place on the screen."""
        self._fill(self._popup, collection)
        self._popup.popup(place)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        for menu in self._menus:
            menu.retranslate()

    def _fill(self, menu: CollectionMenu, collection: str) -> None:
        snapshot = self._collections.snapshot_of(collection)
        if snapshot is not None:
            menu.show_for(snapshot)

    def _on(
        self, states: AbstractSet[State], call: Callable[[Sequence[ResourceSnapshot]], object]
    ) -> Callable[[str], None]:
        def take(rows: Sequence[ResourceSnapshot]) -> None:
            call([row for row in rows if row.state in states])

        def ask(collection: str) -> None:
            self._bridge.load_resources(collection, take)

        return ask

    def _with(self, call: Callable[[Collection], object], collection: str) -> None:
        snapshot = self._collections.snapshot_of(collection)
        if snapshot is not None:
            call(snapshot.collection)


def _ids(rows: Sequence[ResourceSnapshot]) -> tuple[str, ...]:
    return tuple(row.id for row in rows)
