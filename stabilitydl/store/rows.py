"""Values to columns and back. The order of the columns is written down once, here."""

from __future__ import annotations

import json
from sys import intern
from typing import Any, TypeVar

import msgspec

from ..domain.attempt import Attempt, Outcome
from ..domain.checksum import Checksum, Verification
from ..domain.collection import Collection, CollectionKey, Layout
from ..domain.resource import Address, Resource, ResourceSnapshot, Wait
from ..domain.states import State
from ..errors import Problem
from .database import Row, Value

T = TypeVar("T")

COLLECTION_COLUMNS = (
    "id, hub, endpoint, kind, identity, revision, key_target, title, locator, page, layout, target, commit_id, type,"
    " base_model, creator, avatar, preview, trigger_words, description, added, last_checked, lock_old, lock_new,"
    " last_notified, updated, weight"
)
RESOURCE_COLUMNS = (
    "id, collection, key, name, path, size, checksums, addresses, type, base_model, creator, version, version_id,"
    " file_type, precision, page, preview, place, blocked"
)
LIFE_COLUMNS = (
    "state, received, target, problem, wait, verification, sha256, file_size, file_mtime, position, priority,"
    " superseded, rate_limit"
)
SNAPSHOT_COLUMNS = f"{RESOURCE_COLUMNS}, {LIFE_COLUMNS}"
ATTEMPT_COLUMNS = 'resource, start, "end", bytes, host, outcome, code, verification'

_ENCODER = msgspec.json.Encoder()
_CHECKSUMS = msgspec.json.Decoder(tuple[Checksum, ...])
_ADDRESSES = msgspec.json.Decoder(tuple[Address, ...])
_WORDS = msgspec.json.Decoder(tuple[str, ...])
_PROBLEM = msgspec.json.Decoder(Problem)
_WAIT = msgspec.json.Decoder(Wait)


def marks(columns: str) -> str:
    """As many question marks as ``columns`` names columns."""
    return ", ".join("?" * (columns.count(",") + 1))


def collection_row(collection: Collection, added: float) -> tuple[Value, ...]:
    """The bindings for COLLECTION_COLUMNS."""
    key = collection.key
    return (
        collection.id,
        key.hub,
        key.endpoint,
        key.kind,
        key.identity,
        key.revision,
        key.target,
        collection.title,
        collection.locator,
        collection.page,
        collection.layout.value,
        collection.target,
        collection.commit,
        collection.type,
        collection.base_model,
        collection.creator,
        collection.avatar,
        collection.preview,
        pack(collection.trigger_words),
        collection.description,
        added,
        collection.last_checked,
        collection.lock_old,
        collection.lock_new,
        collection.last_notified,
        collection.updated,
        collection.weight,
    )


def collection_of(row: Row) -> Collection:
    """The collection of a row of COLLECTION_COLUMNS. Raises ValueError."""
    return Collection(
        id=row[0],
        key=CollectionKey(*row[1:7]),
        title=row[7],
        locator=row[8],
        page=row[9],
        layout=Layout(row[10]),
        target=row[11],
        commit=row[12],
        type=row[13],
        base_model=row[14],
        creator=row[15],
        avatar=row[16],
        preview=row[17],
        trigger_words=_unpack(_WORDS, row[18]),
        description=row[19],
        added=row[20],
        last_checked=row[21],
        lock_old=row[22],
        lock_new=row[23],
        last_notified=row[24],
        updated=row[25],
        # Empty in what a version without weights has left.
        weight=row[26] or 1.0,
    )


def resource_row(resource: Resource) -> tuple[Value, ...]:
    """The bindings for RESOURCE_COLUMNS."""
    return (
        resource.id,
        resource.collection,
        resource.key,
        resource.name,
        resource.path,
        resource.size,
        pack(resource.checksums),
        pack(resource.addresses),
        resource.type,
        resource.base_model,
        resource.creator,
        resource.version,
        resource.version_id,
        resource.file_type,
        resource.precision,
        resource.page,
        resource.preview,
        resource.order,
        pack_or_none(resource.blocked),
    )


def snapshot_of(row: Row) -> ResourceSnapshot:
    """The resource and its life of a row of SNAPSHOT_COLUMNS. Raises ValueError.

    Texts that many children have in common are one and the same in memory: of a hundred thousand children they would
    take tens of megabytes.
    """
    name, path = row[3], row[4]
    return ResourceSnapshot(
        resource=Resource(
            id=row[0],
            collection=intern(row[1]),
            key=row[2],
            name=name,
            path=name if path == name else path,
            size=row[5],
            checksums=_unpack(_CHECKSUMS, row[6]),
            addresses=tuple(_shared(each) for each in _unpack(_ADDRESSES, row[7])),
            type=intern(row[8]),
            base_model=intern(row[9]),
            creator=intern(row[10]),
            version=intern(row[11]),
            version_id=intern(row[12]),
            file_type=intern(row[13]),
            precision=intern(row[14]),
            page=intern(row[15]),
            preview=row[16],
            order=row[17],
            blocked=_unpack(_PROBLEM, row[18]) if row[18] is not None else None,
        ),
        state=State(row[19]),
        received=row[20],
        target=row[21],
        problem=_unpack(_PROBLEM, row[22]) if row[22] is not None else None,
        wait=_unpack(_WAIT, row[23]) if row[23] is not None else None,
        verification=Verification(row[24]) if row[24] is not None else None,
        sha256=row[25],
        file_size=row[26],
        file_mtime=row[27],
        position=row[28] or 0,
        priority=row[29],
        superseded=bool(row[30]),
        rate_limit=row[31],
    )


def attempt_of(row: Row) -> Attempt:
    """The attempt of a row of ATTEMPT_COLUMNS. Raises ValueError."""
    return Attempt(
        resource=row[0],
        start=row[1],
        end=row[2],
        bytes=row[3],
        host=row[4],
        outcome=Outcome(row[5]) if row[5] is not None else None,
        code=row[6],
        verification=Verification(row[7]) if row[7] is not None else None,
    )


def pack(value: Any) -> str:
    """A value as JSON text."""
    try:
        return _ENCODER.encode(value).decode()
    except UnicodeEncodeError:
        # A lone surrogate, which only the escaped form can hold.
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def pack_or_none(value: Any) -> str | None:
    """A value as JSON text, None as None."""
    return None if value is None else pack(value)


def _shared(address: Address) -> Address:
    return Address(intern(address.hub), address.reference, address.priority)


def _unpack(decoder: msgspec.json.Decoder[T], text: str) -> T:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(text), decoder.type)
