"""What is in the collections of the pictures: believable names and sizes, and where each file stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stabilitydl.demo.names import style
from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.kept import Kept
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.domain.states import State
from stabilitydl.errors import Problem
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.store.change import Change

MB = 1_000_000
LIBRARY = "/home/me/Models"
NOW = 1_795_000_000.0
"""Seconds since 1970 that the pictures take for the present."""
_DAY = 86_400
_SIZES = (144, 218, 36, 612, 144, 228, 36, 74, 151)


@dataclass(frozen=True)
class File:
    """One file of a pack. ``here`` is the part of it that is on the disk, between 0 and 1."""

    name: str
    megabytes: float = 144.0
    state: State = State.MISSING
    here: float = 0.0
    version: str = "v1.0"
    base_model: str = ""
    problem: Problem | None = None
    blocked: Problem | None = None
    checked: bool = True

    @property
    def size(self) -> int:
        return round(self.megabytes * MB)

    @property
    def was_started(self) -> bool:
        """Does the list know more of it than its hub tells?"""
        return self.state is not State.MISSING and not self.state.is_unfinished


@dataclass(frozen=True)
class Pack:
    """One collection.

    ``downloads`` is how often files of it have been downloaded before, ``updated`` how many days ago it was updated;
    ``pictures``: its hub has some.
    """

    hub: str
    identity: str
    title: str
    files: tuple[File, ...]
    type: str = ""
    base_model: str = ""
    creator: str = ""
    words: tuple[str, ...] = ()
    page: str = ""
    downloads: int = 0
    updated: float = 3
    pictures: bool = True

    @property
    def target(self) -> str:
        return str(PurePosixPath(LIBRARY, self.type, self.title))

    @property
    def id(self) -> str:
        return self._key.id

    @property
    def locator(self) -> str:
        return self.page

    @property
    def _key(self) -> CollectionKey:
        return CollectionKey(self.hub, self.hub, "model", self.identity, target=self.target)

    def expansion(self) -> Expansion:
        """As its hub lists it."""
        collection = Collection(
            id=self.id,
            key=self._key,
            title=self.title,
            locator=self.locator,
            page=self.page,
            target=self.target,
            type=self.type,
            base_model=self.base_model,
            creator=self.creator,
            trigger_words=self.words,
            updated=NOW - self.updated * _DAY,
        )
        return Expansion(collection=collection, resources=tuple(self._resources()))

    def _resources(self) -> Iterator[Resource]:
        for order, file in enumerate(self.files):
            digest = hashlib.sha256(f"{self.title}/{file.name}".encode()).hexdigest()
            yield Resource(
                id=self.child(file.name),
                collection=self.id,
                key=file.name,
                name=file.name,
                path=file.name,
                size=file.size,
                checksums=(Checksum.of("sha256", digest),) if file.checked else (),
                addresses=(Address(self.hub, f"https://{self.hub}.test/{file.name}"),),
                type=self.type,
                base_model=file.base_model or self.base_model,
                creator=self.creator,
                version=file.version,
                page=self.page,
                order=order,
                blocked=file.blocked,
            )

    def kept(self) -> list[Kept]:
        """The files that are in quarantine."""
        return [
            Kept(
                path=f"{LIBRARY}/.stabilitydl-quarantine/{file.name}.{self.child(file.name)[:8]}",
                size=file.size,
                name=file.name,
                resource=self.child(file.name),
                collection=self.id,
                problem=file.problem,
            )
            for file in self.files
            if file.state is State.QUARANTINED
        ]

    def child(self, name: str) -> str:
        """The id of a file."""
        return resource_id(self.id, name)

    def targets(self) -> list[tuple[str, str]]:
        """The files that have a place on the disk already: all that were ever started."""
        return [(self.child(file.name), f"{self.target}/{file.name}") for file in self.files if file.was_started]

    def changes(self) -> list[Change]:
        """What the list knows of them."""
        return [
            Change(
                self.child(file.name),
                file.state,
                received=round(file.size * file.here),
                problem=file.problem,
                verification=_verification(file),
                file_size=file.size if file.state is State.DOWNLOADED else None,
                file_mtime=0 if file.state is State.DOWNLOADED else None,
            )
            for file in self.files
            if file.was_started
        ]

    def unfinished(self) -> list[str]:
        """The files that are on their way, in their order; they get there by being started."""
        return [self.child(file.name) for file in self.files if file.state.is_unfinished]


def _verification(file: File) -> Verification | None:
    if file.state is not State.DOWNLOADED:
        return None
    return Verification.VERIFIED if file.checked else Verification.UNVERIFIABLE


def styles(count: int, *states: tuple[State, int], first: int = 0, suffix: str = "") -> Iterator[File]:
    """``count`` LoRA files of different styles; the first ones are in ``states``, the rest is missing."""
    standing = [state for state, many in states for _ in range(many)]
    for number in range(count):
        made = style(first + number)
        name = made.file_name.replace(".safetensors", suffix) if suffix else made.file_name
        state = standing[number] if number < len(standing) else State.MISSING
        version = f"{made.file_name.rpartition('_')[2].removesuffix('.safetensors')} \u00b7 {made.title}"
        yield File(name, _SIZES[number % len(_SIZES)], state, version=version, base_model=made.base.label)


def quants(name: str, here: int, sizes: Sequence[tuple[str, float]]) -> tuple[File, ...]:
    """Quantised files of one model; the first ``here`` are downloaded."""
    return tuple(
        File(f"{name}-{quant}.gguf", size, State.DOWNLOADED if number < here else State.MISSING, version=quant)
        for number, (quant, size) in enumerate(sizes)
    )
