"""Resources, snapshots and events with the fields that a test does not care about filled in."""

from __future__ import annotations

from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.events import Downloaded, Progress, ProgressTick, RetryScheduled, StateChanged
from stabilitydl.domain.resource import Resource, ResourceSnapshot, Wait, resource_id
from stabilitydl.domain.states import State
from stabilitydl.errors import Problem

KEY = CollectionKey("demo", "http://127.0.0.1", "model", "1")


def collection(title: str = "Pack") -> Collection:
    return Collection(id=KEY.id, key=KEY, title=title, target="/library/lora/pack")


def resource(name: str, size: int | None = 1000, *, path: str = "", blocked: Problem | None = None) -> Resource:
    return Resource(
        id=resource_id(KEY.id, path or name),
        collection=KEY.id,
        key=path or name,
        name=name,
        path=path or name,
        size=size,
        checksums=(Checksum.of("sha256", "ab" * 32),),
        blocked=blocked,
    )


def snapshot(name: str, state: State = State.QUEUED, *, size: int | None = 1000, **life: object) -> ResourceSnapshot:
    blocked = life.pop("blocked", None)
    assert blocked is None or isinstance(blocked, Problem)
    return ResourceSnapshot(resource=resource(name, size, blocked=blocked), state=state, **life)  # type: ignore[arg-type]


def moved(
    name: str, old: State, new: State, *, problem: Problem | None = None, wait: Wait | None = None, received: int = 0
) -> StateChanged:
    child = resource(name)
    return StateChanged(
        resource=child.id,
        collection=KEY.id,
        name=name,
        old=old,
        new=new,
        problem=problem,
        wait=wait,
        received=received,
    )


def downloaded(
    name: str,
    size: int = 1000,
    *,
    fetched: int | None = None,
    verification: Verification = Verification.VERIFIED,
) -> Downloaded:
    child = resource(name)
    return Downloaded(
        resource=child.id,
        collection=KEY.id,
        name=name,
        path=f"/library/lora/pack/{name}",
        bytes=size,
        fetched=size if fetched is None else fetched,
        verification=verification,
        sha256="ab" * 32,
    )


def tick(*entries: tuple[str, int], size: int | None = 1000, speed: float = 100.0) -> ProgressTick:
    return ProgressTick(
        entries=tuple(
            Progress(
                resource=resource(name).id,
                collection=KEY.id,
                received=received,
                size=size,
                speed=speed,
                eta=None if size is None else (size - received) / speed,
            )
            for name, received in entries
        ),
        speed=speed * len(entries),
    )


def retry(name: str, problem: Problem, after: float = 1.0) -> RetryScheduled:
    return RetryScheduled(resource=resource(name).id, collection=KEY.id, problem=problem, after=after)
