"""Pictures: what stands for a collection, a child or a creator, the same everywhere.

A picture is known by the *key* of what it shows, never by an address: a collection's id, a resource's id, or the
`creator_key` that all collections of one creator share. Its *version* is the digest of its bytes, so whoever holds a
key and a version knows whether what he shows is out of date.
"""

from __future__ import annotations

import hashlib

import msgspec

from .collection import Collection

CREATOR = "creator-"
"""How the key of an avatar begins."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What ``key`` shows now. ``path`` is the file with its bytes.

    An empty ``version`` means that there is none, at all or as long as ``is_loading``.
    """

    key: str
    version: str = ""
    path: str = ""
    is_loading: bool = False


class PictureSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where the picture of ``key`` comes from: what the hub put into the metadata, empty where it has none."""

    key: str
    hub: str
    endpoint: str
    reference: str

    @property
    def name(self) -> str:
        """The same for all keys that show the same picture of the same hub."""
        return f"{self.hub}\0{self.endpoint}\0{self.reference}"


def creator_key(collection: Collection) -> str:
    """The key of the creator's avatar; empty where no creator is known."""
    if not collection.creator:
        return ""
    return creator_key_of(collection.key.hub, collection.key.endpoint, collection.creator)


def creator_key_of(hub: str, endpoint: str, creator: str) -> str:
    """The key of the avatar of ``creator``, who may have namesakes on other hubs."""
    text = "\0".join((hub, endpoint, creator))
    return CREATOR + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
