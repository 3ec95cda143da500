"""What became of the files that a command asked for: pure bookkeeping, fed by events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..domain.checksum import Verification
from ..domain.events import AnyEvent, Downloaded, ProgressTick, ResourcesRemoved, StateChanged
from ..domain.resource import Resource, ResourceSnapshot, Wait
from ..domain.states import State
from ..errors import HeldBack, InternalError, Problem
from .exit_codes import ExitCode


@dataclass
class Item:
    """One file that was asked for. ``size`` and ``received`` are bytes, ``size`` None while unknown."""

    resource: Resource
    state: State
    received: int = 0
    size: int | None = None
    path: str = ""
    problem: Problem | None = None
    wait: Wait | None = None
    brought: bool = False
    """It came over the network during this command."""
    is_arriving: bool = False
    """Its state says that it is here; the event that says where and how is still to come."""
    verification: Verification | None = None
    """Once it is here."""

    @property
    def is_settled(self) -> bool:
        return self.state.is_settled and not self.is_arriving


@dataclass
class Tally:
    """All files of a command. ``skip_blocked`` makes blocked ones no failure."""

    skip_blocked: bool = False
    items: dict[str, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """What went wrong before there was a resource to pin it to: an unreadable line, a hub that did not answer."""
    speed: float = 0.0
    """Bytes per second of everything that runs now."""

    def ask_for(self, snapshots: Iterable[ResourceSnapshot]) -> None:
        """Take in the files that the command is about, as they are before it starts."""
        for snapshot in snapshots:
            self.items[snapshot.id] = _item(snapshot)

    def expect(self, ids: Iterable[str]) -> None:
        """These are to be brought now, whatever their state was before."""
        for resource in ids:
            item = self.items[resource]
            item.state = State.QUEUED
            item.problem = item.wait = None
            item.path = ""

    def apply(self, events: Sequence[AnyEvent]) -> None:
        """Follow the engine. Events of other resources change nothing."""
        for event in events:
            match event:
                case StateChanged():
                    self._move(event)
                case Downloaded():
                    self._arrive(event)
                case ProgressTick():
                    self._tick(event)
                case ResourcesRemoved():
                    for resource in event.resources:
                        self._leave(resource)
                case _:
                    continue

    def refresh(self, snapshots: Iterable[ResourceSnapshot]) -> None:
        """Correct the states by what the store says; what this command brought stays known."""
        for snapshot in snapshots:
            item = self.items.get(snapshot.id)
            if item is not None:
                now = _item(snapshot)
                now.brought = item.brought
                self.items[snapshot.id] = now

    def missed(self, snapshots: Iterable[ResourceSnapshot]) -> list[AnyEvent]:
        """The events that would have brought the files to where they are now.

        The answer that everything is settled may overtake the last news of an engine in another process.
        """
        events: list[AnyEvent] = []
        for snapshot in snapshots:
            item = self.items.get(snapshot.id)
            if item is not None and item.state is not snapshot.state:
                events += _moves(item.state, snapshot)
        return events

    @property
    def is_settled(self) -> bool:
        """Nothing more happens by itself."""
        return all(item.is_settled for item in self.items.values())

    @property
    def here(self) -> list[Item]:
        return [item for item in self.items.values() if item.state is State.DOWNLOADED]

    @property
    def downloaded(self) -> list[Item]:
        """Those that this command brought."""
        return [item for item in self.here if item.brought]

    @property
    def unverified(self) -> list[Item]:
        """Those that this command brought and that nobody can say anything about."""
        return [item for item in self.downloaded if item.verification is Verification.UNVERIFIABLE]

    @property
    def skipped(self) -> list[Item]:
        """Those that were here already, and blocked ones where these may be skipped."""
        return [item for item in self.items.values() if self._is_skipped(item)]

    @property
    def failed(self) -> list[Item]:
        """Those that are settled and not here."""
        return [item for item in self.items.values() if self._is_failed(item)]

    def fails(self, resource: str) -> bool:
        """Is it settled and not here?"""
        return self._is_failed(self.items[resource])

    @property
    def bytes(self) -> int:
        """Bytes of the files that this command brought."""
        return sum(item.size or 0 for item in self.downloaded)

    @property
    def exit_code(self) -> ExitCode:
        """0 when everything that was asked for is here."""
        complete = all(item.state is State.DOWNLOADED or self._is_skipped(item) for item in self.items.values())
        return ExitCode.OK if complete and not self.problems else ExitCode.FAILED

    def _is_failed(self, item: Item) -> bool:
        return item.is_settled and item.state is not State.DOWNLOADED and not self._is_skipped(item)

    def _is_skipped(self, item: Item) -> bool:
        if item.state is State.DOWNLOADED:
            return not item.brought
        return item.state is State.BLOCKED and self.skip_blocked

    def _move(self, event: StateChanged) -> None:
        item = self.items.get(event.resource)
        if item is None:
            return
        item.state = event.new
        item.problem = event.problem
        item.wait = event.wait
        item.is_arriving = event.new is State.DOWNLOADED and not item.path
        if event.new is not State.DOWNLOADED:
            item.path = ""
            item.received = max(event.received, item.received if event.new.is_running else 0)

    def _arrive(self, event: Downloaded) -> None:
        item = self.items.get(event.resource)
        if item is None:
            return
        item.path = event.path
        item.is_arriving = False
        item.size = item.received = event.bytes
        item.verification = event.verification
        item.brought = item.brought or came(event)

    def _tick(self, event: ProgressTick) -> None:
        self.speed = event.speed
        for entry in event.entries:
            item = self.items.get(entry.resource)
            if item is not None:
                item.received = entry.received
                item.size = entry.size if entry.size is not None else item.size

    def _leave(self, resource: str) -> None:
        item = self.items.get(resource)
        if item is not None:
            item.state = State.MISSING
            item.problem = None


def _moves(old: State, row: ResourceSnapshot) -> list[AnyEvent]:
    child = row.resource
    events: list[AnyEvent] = [
        StateChanged(
            resource=row.id,
            collection=child.collection,
            name=child.name,
            old=old,
            new=row.state,
            received=row.received,
            problem=row.problem,
            wait=row.wait,
            position=row.position,
            priority=row.priority,
        )
    ]
    if row.state is State.DOWNLOADED and row.target is not None and row.verification is not None:
        size = row.file_size or 0
        events.append(
            Downloaded(
                resource=row.id,
                collection=child.collection,
                name=child.name,
                path=row.target,
                bytes=size,
                fetched=size,
                verification=row.verification,
                sha256=row.sha256,
            )
        )
    return events


def came(event: Downloaded) -> bool:
    """Did the file come over the network, or was an empty one made? False for one that was found here."""
    return event.fetched > 0 or event.bytes == 0


def problem_of(item: Item) -> Problem:
    """Why a settled file is not here."""
    if item.problem is not None:
        return item.problem
    if item.resource.blocked is not None:
        return item.resource.blocked
    if item.state in (State.PAUSED, State.MISSING):
        return HeldBack().problem
    return InternalError(detail=f"the file is {item.state} and nobody said why").problem


def _item(snapshot: ResourceSnapshot) -> Item:
    size = snapshot.resource.size if snapshot.resource.size is not None else snapshot.file_size
    here = snapshot.state is State.DOWNLOADED
    return Item(
        resource=snapshot.resource,
        state=snapshot.state,
        received=(snapshot.file_size or size or 0) if here else snapshot.received,
        size=snapshot.file_size if here and snapshot.file_size is not None else size,
        path=(snapshot.target or "") if here else "",
        problem=snapshot.problem,
        wait=snapshot.wait,
        verification=snapshot.verification if here else None,
    )
