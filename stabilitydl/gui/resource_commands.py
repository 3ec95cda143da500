"""What the user asks for one or many children, carried to the engine. What destroys nothing can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from ..domain.collection import Collection
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..hubs.protocol import Expansion
from ..text import format_bytes
from . import offer as offers
from .bridge import EngineBridge
from .collection_tree_model import CollectionTreeModel
from .planning import Planning
from .remedies import Remedies
from .resource_table_model import ResourceTableModel
from .resource_wishes import ResourceWishes
from .row_action import RowAction
from .toast import Toast
from .tr import fill, translate

MOST_RANK = 9
"""How far a child can be put before or behind the others."""
_WITH_PARTS = offers.CANCEL | {State.FAILED}


class ResourceCommands(QObject):
    """Nothing here changes a row: rows change when the engine's events come."""

    def __init__(
        self,
        bridge: EngineBridge,
        children: ResourceTableModel,
        collections: CollectionTreeModel,
        planning: Planning,
        remedies: Remedies,
        toast: Toast,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._children = children
        self._collections = collections
        self._planning = planning
        self._remedies = remedies
        self._toast = toast

    def follow(self, wishes: ResourceWishes) -> None:
        """Carry out what is wanted, wherever in the window that is."""
        wishes.download.connect(self.download)
        wishes.pause.connect(self._bridge.pause)
        wishes.resume.connect(self._bridge.resume)
        wishes.retry.connect(self._bridge.retry)
        wishes.cancel.connect(self.cancel)
        wishes.remove.connect(self.remove)
        wishes.rank.connect(self.rank)
        wishes.limit.connect(self._bridge.set_resource_limit)
        wishes.other_limit.connect(self.limit_to_other)
        wishes.open.connect(self.open)
        wishes.folder.connect(self.open_folder)
        wishes.page.connect(self.open_page)
        wishes.act.connect(self.act)

    def download(self, ids: Sequence[str]) -> None:
        """One child starts at once; for many the plan is shown first."""
        if len(ids) == 1:
            self._bridge.enqueue(ids)
        elif ids:
            self._planning.plan_again(ids)

    def cancel(self, ids: Sequence[str]) -> None:
        """Give up what is not here yet."""
        self._bridge.cancel(ids)
        template = (
            translate("ResourceCommands", "{count} download cancelled.")
            if len(ids) == 1
            else translate("ResourceCommands", "{count} downloads cancelled.")
        )
        self._toast.say(
            fill(template, count=f"{len(ids):,}"),
            action=translate("ResourceCommands", "Undo"),
            call=lambda: self._bridge.undo_cancel(ids),
        )

    def remove(
        self, ids: Sequence[str], with_files: bool = False, *, rows: Sequence[ResourceSnapshot] | None = None
    ) -> None:
        """Take children off the list; their files stay, or go to the trash ``with_files``.

        What has come of unfinished ones is lost with them, which is asked before. ``rows`` are how they stand, where
        the list does not show them.
        """
        if rows is None:
            rows = [row for each in ids if (row := self._children.snapshot_of(each)) is not None]
        lost = sum(self._received(row) for row in rows if row.state in _WITH_PARTS)
        if not lost:
            self._remove(ids, rows, with_files=with_files)
            return
        from .question import Question

        template = (
            translate("ResourceCommands", "Remove {count} file?")
            if len(ids) == 1
            else translate("ResourceCommands", "Remove {count} files?")
        )
        more = translate("ResourceCommands", "{bytes} that have come of unfinished files are thrown away.")
        Question(
            self._window,
            fill(template, count=f"{len(ids):,}"),
            fill(more, bytes=format_bytes(lost)),
            translate("ResourceCommands", "Remove"),
            lambda: self._remove(ids, rows, with_files=with_files),
        ).open()

    def _received(self, row: ResourceSnapshot) -> int:
        progress = self._children.progress_of(row.id)
        return row.received if progress is None else max(row.received, progress.received)

    def _remove(self, ids: Sequence[str], rows: Sequence[ResourceSnapshot], *, with_files: bool) -> None:
        parents = {row.resource.collection for row in rows}
        known = {each: found.collection for each in parents if (found := self._collections.snapshot_of(each))}
        self._bridge.remove(ids, with_files=with_files)
        if with_files:
            return
        template = (
            translate("ResourceCommands", "{count} file taken off the list.")
            if len(ids) == 1
            else translate("ResourceCommands", "{count} files taken off the list.")
        )
        self._toast.say(
            fill(template, count=f"{len(ids):,}"),
            action=translate("ResourceCommands", "Undo"),
            call=partial(self._put_back, rows, known),
        )

    def rank(self, ids: Sequence[str], step: int) -> None:
        """Let children start earlier (1), later (-1), or as usual (0)."""
        wanted: dict[int, list[str]] = {}
        for each in ids:
            row = self._children.snapshot_of(each)
            if row is not None:
                priority = max(-MOST_RANK, min(MOST_RANK, row.priority + step)) if step else 0
                wanted.setdefault(priority, []).append(each)
        for priority, some in wanted.items():
            self._bridge.set_priority(some, priority, self._children.take_priorities)

    def repair(self, ids: Sequence[str]) -> None:
        """Read these files back, bring again what is damaged, and say both."""
        template = (
            translate("ResourceCommands", "Reading {count} file back\u2026")
            if len(ids) == 1
            else translate("ResourceCommands", "Reading {count} files back\u2026")
        )
        self._toast.say(fill(template, count=f"{len(ids):,}"))
        self._bridge.repair(ids, self._say_damaged)

    def _say_damaged(self, damaged: Sequence[str]) -> None:
        if not damaged:
            self._toast.say(translate("ResourceCommands", "Nothing is damaged."))
            return
        template = (
            translate("ResourceCommands", "{count} damaged file is brought again.")
            if len(damaged) == 1
            else translate("ResourceCommands", "{count} damaged files are brought again.")
        )
        self._toast.say(fill(template, count=f"{len(damaged):,}"))

    def limit_to_other(self, ids: Sequence[str]) -> None:
        """Ask how fast each of them may come at most."""
        from .rate_dialog import RateDialog

        dialog = RateDialog(len(ids), self._children.common_rate(ids) or 0, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(lambda rate: self._bridge.set_resource_limit(ids, rate))
        dialog.open()

    def open(self, resource: str) -> None:
        """Enter or a double click: what the row offers, else the folder of a file, else its download."""
        row = self._children.snapshot_of(resource)
        if row is None:
            return
        action = self._children.state_text(row).action
        if action is not None:
            self._remedies.act(self._with_target(row), action)
        elif row.state is State.DOWNLOADED and row.target is not None:
            self._remedies.open_folder_of(row)
        elif row.state is State.MISSING:
            self._bridge.enqueue([resource])

    def open_folder(self, resource: str) -> None:
        """Show the folder of a file in the file manager."""
        row = self._children.snapshot_of(resource)
        if row is not None:
            self._remedies.open_folder_of(self._with_target(row))

    def open_page(self, resource: str) -> None:
        """Show the page of a file in the browser."""
        row = self._children.snapshot_of(resource)
        if row is not None:
            self._remedies.open_page_of(row)

    def act(self, resource: str, action: RowAction) -> None:
        """The command in a row was pressed."""
        row = self._children.snapshot_of(resource)
        if row is not None:
            self._remedies.act(self._with_target(row), action)

    def _with_target(self, row: ResourceSnapshot) -> ResourceSnapshot:
        """The row with the place where its file goes, which no event tells before the file is there."""
        found = self._collections.snapshot_of(row.resource.collection)
        if row.target is not None or found is None or not found.collection.target:
            return row
        return msgspec.structs.replace(row, target=str(Path(found.collection.target, row.resource.path)))

    def _put_back(self, rows: Sequence[ResourceSnapshot], parents: dict[str, Collection]) -> None:
        """Put removed children on the list again; what was on its way or here is brought, or found, again."""
        expansions = [
            Expansion(
                collection=collection,
                resources=tuple(row.resource for row in rows if row.resource.collection == collection.id),
            )
            for collection in parents.values()
        ]
        self._bridge.add(expansions, lambda _done: self._put_back_life(rows))

    def _put_back_life(self, rows: Sequence[ResourceSnapshot]) -> None:
        """The choices of the user first, so that what starts again starts with them."""
        for priority, ids in _by(rows, lambda row: row.priority).items():
            self._bridge.set_priority(ids, priority, self._children.take_priorities)
        for rate, ids in _by(rows, lambda row: row.rate_limit).items():
            self._bridge.set_resource_limit(ids, rate)
        wanted = [row.id for row in rows if row.state.is_unfinished or row.state in (State.DOWNLOADED, State.PAUSED)]
        if wanted:
            self._bridge.enqueue(wanted)
        paused = [row.id for row in rows if row.state is State.PAUSED]
        if paused:
            self._bridge.pause(paused)


def _by(rows: Sequence[ResourceSnapshot], value: Callable[[ResourceSnapshot], int]) -> dict[int, list[str]]:
    """The ids of those for which ``value`` is not 0, by it."""
    found: dict[int, list[str]] = {}
    for row in rows:
        if value(row):
            found.setdefault(value(row), []).append(row.id)
    return found
