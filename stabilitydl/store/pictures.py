"""Where pictures come from, as the metadata of collections and resources says."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.picture import CREATOR, PictureSource, creator_key_of
from .database import Database, Row

_COLLECTIONS = "SELECT id, hub, endpoint, preview FROM collections WHERE id = ?"
_CHILDREN = """
    SELECT resources.id, hub, endpoint, resources.preview
    FROM resources JOIN collections ON collections.id = resources.collection WHERE resources.id = ?
"""
_CREATORS = "SELECT hub, endpoint, creator, avatar FROM collections WHERE creator <> '' ORDER BY avatar <> ''"
_SHARE_AVATAR = "UPDATE collections SET avatar = ? WHERE hub = ? AND endpoint = ? AND creator = ? AND avatar <> ?"


def sources(database: Database, keys: Sequence[str]) -> list[PictureSource]:
    """The sources of the known ones among ``keys``."""
    wanted = [(key,) for key in keys]
    with database.snapshot():
        found = [row for query in (_COLLECTIONS, _CHILDREN) for row in database.read_each(query, wanted, _source)]
        if any(key.startswith(CREATOR) for key in keys):
            avatars = {source.key: source for source in database.read(_CREATORS, (), _avatar)}
            found += [avatars[key] for key in keys if key in avatars]
    return found


def share_avatar(database: Database, hub: str, endpoint: str, creator: str, avatar: str) -> None:
    """The newest avatar of a creator is that of all their collections."""
    if creator and avatar:
        database.write(_SHARE_AVATAR, (avatar, hub, endpoint, creator, avatar))


def _source(row: Row) -> PictureSource:
    key, hub, endpoint, reference = row
    return PictureSource(key=key, hub=hub, endpoint=endpoint, reference=reference)


def _avatar(row: Row) -> PictureSource:
    hub, endpoint, creator, avatar = row
    return PictureSource(key=creator_key_of(hub, endpoint, creator), hub=hub, endpoint=endpoint, reference=avatar)
