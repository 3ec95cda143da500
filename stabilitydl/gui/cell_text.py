"""What the cells of a child say, column by column, in the language of the window."""

from __future__ import annotations

from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..text import format_bytes, plain
from .rate_menu import limit_text
from .resource_index import Column
from .rows import size_of
from .state_text import StateText, explain
from .tip import tip
from .tr import QT_TRANSLATE_NOOP, fill, translate

_HEADERS = {
    Column.NAME: QT_TRANSLATE_NOOP("ResourceTable", "Name"),
    Column.TYPE: QT_TRANSLATE_NOOP("ResourceTable", "Type"),
    Column.BASE_MODEL: QT_TRANSLATE_NOOP("ResourceTable", "Base model"),
    Column.SIZE: QT_TRANSLATE_NOOP("ResourceTable", "Size"),
    Column.STATE: QT_TRANSLATE_NOOP("ResourceTable", "State"),
}
_SPOKEN_HEADERS = {
    **_HEADERS,
    Column.MARK: QT_TRANSLATE_NOOP("ResourceTable", "Selected"),
    Column.MENU: QT_TRANSLATE_NOOP("ResourceTable", "Commands"),
}


def header(column: Column) -> str:
    """The title of a column; empty where a picture says it."""
    return translate("ResourceTable", _HEADERS[column]) if column in _HEADERS else ""


def spoken_header(column: Column) -> str:
    """The title of a column for a screen reader."""
    return translate("ResourceTable", _SPOKEN_HEADERS[column])


def display(snapshot: ResourceSnapshot, column: Column, state: StateText) -> str | None:
    """The text of a cell; None where a picture says it."""
    child = snapshot.resource
    match column:
        case Column.NAME:
            return plain(child.name)
        case Column.TYPE:
            return plain(child.type)
        case Column.BASE_MODEL:
            return plain(child.base_model)
        case Column.SIZE:
            return format_bytes(size_of(snapshot))
        case Column.STATE:
            return state.left
        case _:
            return None


def second_line(snapshot: ResourceSnapshot) -> str:
    """What stands below the name: a limit, that it is superseded, the version, and the folder where it lies in one."""
    child = snapshot.resource
    folder, _, _ = child.path.rpartition("/")
    return plain(" · ".join(part for part in (limit_line(snapshot), tag(snapshot), child.version, folder) if part))


def tag(snapshot: ResourceSnapshot) -> str:
    """One word about a child that is not like the others; empty for those."""
    return translate("ResourceTable", "Superseded") if snapshot.superseded else ""


def limit_line(snapshot: ResourceSnapshot) -> str:
    """How fast a child may come at most, empty where that has no meaning."""
    return limit_text(snapshot.rate_limit) if snapshot.rate_limit and snapshot.state is not State.DOWNLOADED else ""


def _superseded() -> str:
    return translate("ResourceTable", "The hub has something newer in its place, or does not list it any more.")


def spoken(snapshot: ResourceSnapshot, column: Column, state: StateText, *, selected: bool) -> str | None:
    """The text of a cell for a screen reader."""
    match column:
        case Column.MARK:
            if selected:
                return translate("ResourceTable", "Selected")
            return translate("ResourceTable", "Not selected")
        case Column.NAME:
            return ", ".join(part for part in (plain(snapshot.resource.name), second_line(snapshot)) if part)
        case Column.STATE:
            return ", ".join(part for part in (state.left, state.right) if part)
        case Column.MENU:
            return translate("ResourceTable", "Commands")
        case _:
            return display(snapshot, column, state)


def tool_tip(snapshot: ResourceSnapshot, column: Column, state: StateText) -> str | None:
    """What a cell says when the pointer rests on it: whole names and whole sentences."""
    text = _resting(snapshot, column, state)
    return tip(text) if text else None


def _resting(snapshot: ResourceSnapshot, column: Column, state: StateText) -> str | None:
    match column:
        case Column.NAME:
            here = snapshot.target if snapshot.state is State.DOWNLOADED else None
            place = plain(here or snapshot.resource.path, 4096)
            return f"{place}\n{_superseded()}" if snapshot.superseded else place
        case Column.SIZE:
            size = size_of(snapshot)
            if size is None:
                return translate("ResourceTable", "The hub does not say how large it is")
            return fill(translate("ResourceTable", "{count} bytes"), count=f"{size:,}")
        case Column.STATE:
            return explain(snapshot) or state.spoken
        case _:
            return None
