"""A resource: one remote file, child of one collection, with a life of its own.

The values here are invisible to the garbage collector (``gc=False``), which would walk a hundred thousand of them again
and again: being frozen, they cannot refer to themselves.
"""

from __future__ import annotations

import hashlib

import msgspec

from ..errors import Problem
from .checksum import Checksum, Verification, strongest
from .states import State, Tab, WaitReason, tab_of


class Address(msgspec.Struct, frozen=True, gc=False):
    """One place where a resource's bytes can be had.

    ``reference`` is a URL, or what its hub needs to make one; it never holds a secret. Lower ``priority`` is
    tried first.
    """

    hub: str
    reference: str
    priority: int = 0


class Wait(msgspec.Struct, frozen=True, gc=False):
    """Why a resource waits. ``until`` is seconds since 1970, None when no end is known.

    ``detail`` names the host, hub or path that it waits for, ``status`` is what a host answered, 0 when nothing.
    """

    reason: WaitReason
    until: float | None = None
    detail: str = ""
    status: int = 0


class Resource(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a hub says about one file. Sizes are bytes; None means the hub does not say.

    ``path`` is relative, with ``/``, and safe to create below a folder. ``type``, ``base_model``, ``creator`` and
    ``version`` are open strings: hubs invent new ones. ``version_id`` is the hub's own number of the version;
    ``file_type`` is what the hub calls this one file (``Pruned Model``), where ``type`` says what it is used as;
    ``precision`` is that of its numbers (``fp16``, ``Q4_K_M``). ``blocked`` is set when the hub lists the file but
    will not give it.
    """

    id: str
    collection: str
    key: str
    name: str
    path: str
    size: int | None = None
    checksums: tuple[Checksum, ...] = ()
    addresses: tuple[Address, ...] = ()
    type: str = ""
    base_model: str = ""
    creator: str = ""
    version: str = ""
    version_id: str = ""
    file_type: str = ""
    precision: str = ""
    page: str = ""
    preview: str = ""
    order: int = 0
    blocked: Problem | None = None

    @property
    def tag(self) -> str:
        """Eight hexadecimal digits that tell this resource from its siblings in file names."""
        return resource_tag(self.id)

    @property
    def checksum(self) -> Checksum | None:
        """The strongest known checksum."""
        return strongest(self.checksums)


class ResourceSnapshot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A resource and its life at one moment.

    ``target`` is the absolute path that is reserved for it, None before it is first enqueued. ``received`` and
    ``file_size`` are bytes; ``file_mtime`` is nanoseconds; ``sha256`` is the digest of the file that arrived.
    ``position`` is its place in the queue, lower first. ``rate_limit`` is bytes per second, 0 for none. ``superseded``:
    its hub does not list it any more, or lists other contents in its place.
    """

    resource: Resource
    state: State = State.MISSING
    received: int = 0
    target: str | None = None
    problem: Problem | None = None
    wait: Wait | None = None
    verification: Verification | None = None
    sha256: str | None = None
    file_size: int | None = None
    file_mtime: int | None = None
    position: int = 0
    priority: int = 0
    superseded: bool = False
    rate_limit: int = 0

    @property
    def id(self) -> str:
        return self.resource.id

    @property
    def is_listed(self) -> bool:
        """Is it still to be had, or is there more of it here than a name?"""
        return not self.superseded or self.tab is not Tab.MISSING

    @property
    def tab(self) -> Tab:
        return tab_of(self.state)

    def is_file(self, size: int, mtime_ns: int) -> bool:
        """Is a file of ``size`` bytes and ``mtime_ns`` (nanoseconds since 1970) still the one that arrived?"""
        return (size, mtime_ns) == (self.file_size, self.file_mtime)


def resource_tag(resource: str) -> str:
    """The tag of the resource with this id."""
    return resource[:8]


def resource_id(collection_id: str, key: str) -> str:
    """The id of the child ``key`` of a collection: 32 hexadecimal digits, the same on every machine."""
    return hashlib.sha256(f"{collection_id}\0{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
