"""What the journal of a part keeps for the day on which the database is lost: what it is a part of, and from where."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..disk.names import is_dangerous
from ..disk.partfile import part_path
from ..disk.unfinished import Unfinished
from ..domain.collection import Collection
from ..domain.resource import Resource, ResourceSnapshot, resource_id

_LARGEST = 64 * 1024
"""Bytes of a record; a longer one (hundreds of addresses) is left out."""


class Record(msgspec.Struct, frozen=True, array_like=True):
    """``name`` is that of the target. Like the database it holds no secret."""

    name: str
    collection: Collection
    resource: Resource


def record_of(collection: Collection, row: ResourceSnapshot) -> bytes:
    """The record of ``row``, which has a target, without what only the window shows; empty where there is none."""
    plain = msgspec.structs.replace(collection, description="", avatar="", preview="", trigger_words=())
    try:
        record = msgspec.msgpack.encode(Record(Path(row.target or "").name, plain, row.resource))
    except UnicodeEncodeError:
        return b""
    return record if len(record) <= _LARGEST else b""


def read_record(found: Unfinished) -> tuple[Collection, ResourceSnapshot] | None:
    """What the journal of ``found`` says that it is a part of; None where it says nothing, or what cannot be.

    Whoever wrote it, the file goes where its part lies and nowhere else.
    """
    try:
        record = msgspec.msgpack.decode(found.header.record, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    collection, resource = record.collection, record.resource
    target = found.part.with_name(record.name) if record.name == Path(record.name).name else None
    if target is None or part_path(target, resource.tag) != found.part or is_dangerous(record.name):
        return None
    if resource.id != found.header.resource or resource.id != resource_id(collection.id, resource.key):
        return None
    if collection.id != collection.key.id or resource.collection != collection.id:
        return None
    return collection, ResourceSnapshot(resource=resource, received=found.received, target=str(target))
