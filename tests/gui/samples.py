"""Children and collections in every state, with what a test does not care about filled in."""

from __future__ import annotations

from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.collection import Collection, CollectionKey, CollectionSnapshot, CollectionSummary
from stabilitydl.domain.events import Progress, ProgressTick, StateChanged
from stabilitydl.domain.resource import Address, Resource, ResourceSnapshot, Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import CODES, Problem

MB = 1_000_000
COLLECTION = "c" * 32


def key(number: int) -> str:
    return f"{number:032x}"


def child(
    number: int, state: State = State.MISSING, *, size: int | None = 144 * MB, **more: object
) -> ResourceSnapshot:
    """The child ``number``; fields of a resource and of its life in ``more``."""
    own = {field: more.pop(field) for field in list(more) if field in Resource.__struct_fields__}
    fields: dict[str, object] = {
        "id": key(number),
        "collection": COLLECTION,
        "key": str(number),
        "name": f"file-{number:03}.safetensors",
        "path": f"file-{number:03}.safetensors",
        "size": size,
        "checksums": (Checksum.of("sha256", "ab" * 32),),
        "addresses": (Address("civitai", f"https://civitai.com/{number}"),),
        "type": "LoRA",
        "base_model": "SDXL",
        "version": "v1.0",
        "order": number,
    }
    if "name" in own:
        fields["path"] = own["name"]
    resource = Resource(**{**fields, **own})  # type: ignore[arg-type]
    return ResourceSnapshot(resource=resource, state=state, **more)  # type: ignore[arg-type]


def moved(number: int, old: State, new: State, **more: object) -> StateChanged:
    return StateChanged(
        resource=key(number),
        collection=COLLECTION,
        name=f"file-{number:03}.safetensors",
        old=old,
        new=new,
        **more,  # type: ignore[arg-type]
    )


def progress(number: int, received: int = 83 * MB, *, size: int | None = 144 * MB, **more: object) -> Progress:
    fields: dict[str, object] = {"speed": 14.2 * MB, "eta": 4.3, "ranges": ((0, received),)}
    return Progress(
        resource=key(number),
        collection=COLLECTION,
        received=received,
        size=size,
        **{**fields, **more},  # type: ignore[arg-type]
    )


def tick(*entries: Progress) -> ProgressTick:
    return ProgressTick(entries=entries, speed=sum(entry.speed for entry in entries))


def every_state() -> list[ResourceSnapshot]:
    """A child in each state, for each reason to wait, each verification and each error."""
    found: list[ResourceSnapshot] = []

    def add(state: State, **more: object) -> None:
        found.append(child(len(found), state, **more))

    for state in State:
        add(state)
        add(state, received=48 * MB)
        add(state, size=None, received=48 * MB)
    for reason in WaitReason:
        add(State.WAITING, wait=Wait(reason))
        add(State.WAITING, wait=Wait(reason, 1.7e9 + 38), received=48 * MB)
    for verification in Verification:
        add(State.DOWNLOADED, verification=verification)
    for code in CODES:
        for state in (State.FAILED, State.BLOCKED, State.GONE):
            add(state, problem=Problem(code, {"host": "civitai.com", "until": "2026-12-03", "status": 500}))
    for code in ("content", "checksum-mismatch", "size-mismatch"):
        add(State.QUARANTINED, problem=Problem(code))
    add(State.BLOCKED, blocked=Problem("gated"))
    add(State.FAILED, problem=Problem("a-code-of-a-later-version"))
    return found


def pack(
    number: int, title: str, states: dict[State, int], *, hub: str = "civitai", **more: object
) -> CollectionSnapshot:
    """A collection with so many children in each state."""
    identity = CollectionKey(hub, "https://civitai.com", "model", str(number))
    count = sum(states.values())
    collection = Collection(id=identity.id, key=identity, title=title, **more)  # type: ignore[arg-type]
    summary = CollectionSummary(states=states, resources=count, bytes=count * MB, received=0)
    return CollectionSnapshot(collection=collection, summary=summary)
