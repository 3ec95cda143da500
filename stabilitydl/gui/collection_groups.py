"""How collections are grouped and filtered in the side bar."""

from __future__ import annotations

from enum import StrEnum

from ..domain.collection import Collection, CollectionSnapshot
from .hub_names import hub_title
from .tr import translate


class Grouping(StrEnum):
    """Below which groups collections are shown. The value is kept in the settings of the window."""

    NONE = "none"
    HUB = "hub"
    TYPE = "type"
    BASE_MODEL = "base-model"
    CREATOR = "creator"


class CollectionFilter(StrEnum):
    """Which collections are shown."""

    ALL = "all"
    ACTIVE = "active"
    INCOMPLETE = "incomplete"
    FAILURES = "failures"


def passes(snapshot: CollectionSnapshot, which: CollectionFilter) -> bool:
    """Does a collection belong under a filter?"""
    match which:
        case CollectionFilter.ACTIVE:
            return snapshot.summary.is_active
        case CollectionFilter.INCOMPLETE:
            return not snapshot.summary.is_complete
        case CollectionFilter.FAILURES:
            return snapshot.summary.has_failures
        case CollectionFilter.ALL:
            return True


def groups_of(collection: Collection, grouping: Grouping) -> tuple[str, ...]:
    """The titles of the groups above a collection, from the outside in: hub, type, base model or creator."""
    titles = [hub_title(collection.hub)]
    if grouping in (Grouping.TYPE, Grouping.BASE_MODEL, Grouping.CREATOR):
        titles.append(collection.type or translate("CollectionTree", "No type"))
    if grouping is Grouping.BASE_MODEL:
        titles.append(collection.base_model or translate("CollectionTree", "No base model"))
    if grouping is Grouping.CREATOR:
        titles.append(collection.creator or translate("CollectionTree", "No creator"))
    return () if grouping is Grouping.NONE else tuple(titles)
