"""The ledger: store and resource locks together, so that only the holder of a resource's lock writes its states.

Everything here blocks and runs in the lane of the store, one call after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ..domain.attempt import Outcome
from ..domain.collection import Collection
from ..domain.resource import Resource, ResourceSnapshot
from ..domain.states import State
from ..errors import NoLongerListed, StoreBusy, StoreFull, TargetTaken
from ..store.change import Change
from ..store.store import Store
from .locks import ResourceLocks
from .targets import plain_targets, settle

_RESERVE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """The lock of a resource is held. ``row`` is None when it left the list; ``attempt`` is None unless one began.

    ``has_twins``: the file of another resource has the same digest.
    """

    row: ResourceSnapshot | None
    attempt: int | None = None
    collection: Collection | None = None
    has_twins: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """A job wants the lock of ``resource``; ``now`` is seconds since 1970."""

    resource: str
    now: float


@dataclass(frozen=True, slots=True)
class Finish:
    """How the job of ``resource`` ended: what becomes of its row, and of its attempt where there is one.

    ``bytes`` came over the network.
    """

    resource: str
    attempt: int | None
    change: Change | None
    outcome: Outcome
    end: float
    bytes: int = 0
    host: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a command did: the rows before and after, and the ids whose lock another process holds."""

    before: tuple[ResourceSnapshot, ...] = ()
    after: tuple[ResourceSnapshot, ...] = ()
    held: tuple[str, ...] = ()


class Ledger:
    """See the module. Every call may raise StoreError."""

    def __init__(self, store: Store, locks: ResourceLocks) -> None:
        self.store = store
        self.locks = locks

    def serve(self, wishes: Sequence[Start | Finish]) -> list[Claim | Exception | None]:
        """Let jobs begin and end, all in one transaction; for each its claim (see `claim`), or what went wrong.

        Those that end let go of their locks when that is durable.
        """
        try:
            return self._serve(wishes)
        except (StoreBusy, StoreFull) as error:
            return [error] * len(wishes)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the answer
            if len(wishes) == 1:
                return [error]
            return [result for wish in wishes for result in self.serve([wish])]

    def _serve(self, wishes: Sequence[Start | Finish]) -> list[Claim | Exception | None]:
        ends = [wish for wish in wishes if isinstance(wish, Finish)]
        claims: dict[str, Claim | None] = {}
        parents: dict[str, Collection | None] = {}
        try:
            with self.store.together():
                for end in ends:
                    self.finish(end)
                for wish in wishes:
                    if isinstance(wish, Start):
                        claims[wish.resource] = self.claim(wish.resource, wish.now, parents)
        except BaseException:
            for each, claim in claims.items():
                if claim is not None:
                    self.locks.release(each)
            raise
        for end in ends:
            self.locks.release(end.resource)
        return [claims[wish.resource] if isinstance(wish, Start) else None for wish in wishes]

    def claim(self, resource_id: str, now: float, known: dict[str, Collection | None] | None = None) -> Claim | None:
        """Take the lock of ``resource_id`` and read its row again; None when a job elsewhere has it.

        Where something is to be done an attempt begins at ``now`` (seconds since 1970). ``known`` are collections that
        were read a moment ago, and keeps that of this one.
        """
        parents = {} if known is None else known
        if not self.locks.take(resource_id):
            return None
        try:
            row = next(iter(self.store.snapshots([resource_id])), None)
            if row is None or row.state.is_settled:
                return Claim(row)
            attempt = self.store.begin_attempt(resource_id, now)
            parent = row.resource.collection
            if parent not in parents:
                parents[parent] = self.store.parent(parent)
            return Claim(row, attempt, parents[parent], self.store.has_twins(resource_id))
        except NoLongerListed:
            return Claim(None)
        except BaseException:
            self.locks.release(resource_id)
            raise

    def begin(self, resource_id: str, now: float) -> int:
        """Begin an attempt of a resource whose lock is held. Raises NoLongerListed."""
        return self.store.begin_attempt(resource_id, now)

    def finish(self, finish: Finish) -> None:
        """Write how a job ended, in a transaction of the caller, who lets go of its lock after that."""
        change = finish.change
        if finish.attempt is not None:
            self.store.finish(
                finish.attempt,
                change,
                end=finish.end,
                bytes=finish.bytes,
                host=finish.host,
                outcome=finish.outcome,
                code=finish.code,
                verification=change.verification if change is not None else None,
            )
        elif change is not None:
            self.store.apply([change])

    def note(self, changes: Sequence[Change]) -> None:
        """Write the states of running jobs; those whose lock is not held here any more are left out."""
        self.store.apply([change for change in changes if change.id in self.locks])

    def settle(self, ids: Sequence[str], decide: Callable[[ResourceSnapshot], Change | None]) -> Applied:
        """Change rows that no job of this engine works on, in one transaction.

        ``decide`` makes the change of a row, or None to leave it. What would be no legal move is left.
        """
        before: list[ResourceSnapshot] = []
        changes: list[Change] = []
        held: list[str] = []
        taken: list[str] = []
        try:
            for row in self.store.snapshots(ids):
                change = decide(row)
                if change is None or (change.state is not row.state and not row.state.may_become(change.state)):
                    continue
                if not self.locks.take(row.id):
                    held.append(row.id)
                    continue
                taken.append(row.id)
                before.append(row)
                changes.append(change)
            self.store.apply(changes)
            after = {row.id: row for row in self.store.snapshots(taken)}
            kept = [row for row in before if row.id in after]
            return Applied(tuple(kept), tuple(after[row.id] for row in kept), tuple(held))
        finally:
            for each in taken:
                self.locks.release(each)

    def remove(self, ids: Sequence[str]) -> Applied:
        """Take resources off the list; those that another process works on stay. Attempts stay."""
        taken: list[str] = []
        held: list[str] = []
        for each in ids:
            (taken if self.locks.take(each) else held).append(each)
        try:
            before = self.store.snapshots(taken)
            self.store.remove(taken)
            self.locks.forget(taken)
        finally:
            for each in taken:
                self.locks.release(each)
        return Applied(tuple(before), (), tuple(held))

    def drop_if_empty(self, collection: str) -> bool:
        """Take a collection without children off the list; True when that was done."""
        snapshot = self.store.collection(collection)
        if snapshot is None or snapshot.summary.resources:
            return False
        self.store.remove_collection(collection)
        return True

    def foresee(self, collection: Collection, resources: Sequence[Resource]) -> list[ResourceSnapshot]:
        """How the children of a collection stand, or would stand once added, each with the target it has or would get.

        Nothing is written. Raises UnsafeName, NameTooLong.
        """
        known = {row.id: row for row in self.store.snapshots([resource.id for resource in resources])}
        plain = plain_targets(collection, resources)
        places = settle(plain, resources, plain.keys(), self.store.reserved(list(plain.values())))
        rows: list[ResourceSnapshot] = []
        for resource in resources:
            state = State.MISSING if resource.blocked is None else State.BLOCKED
            row = known.get(resource.id, ResourceSnapshot(resource=resource, state=state, problem=resource.blocked))
            rows.append(msgspec.structs.replace(row, resource=resource, target=row.target or places[resource.id]))
        return rows

    def enqueue(self, ids: Sequence[str]) -> Applied:
        """Reserve targets and queue ``ids``, in one transaction.

        A target that is reserved stays the same. Raises UnsafeName, NameTooLong, TargetTaken, NoLongerListed.
        """
        before = {row.id: row for row in self.store.snapshots(ids)}
        for _ in range(_RESERVE_TRIES):
            places = {each: row.target for each, row in before.items() if row.target is not None}
            places.update(self._new_targets([row.resource for row in before.values() if row.target is None]))
            try:
                after = self.store.enqueue([(each, places[each]) for each in before])
            except TargetTaken:
                # Another process reserved it since we looked.
                continue
            return Applied(tuple(before[row.id] for row in after), tuple(after))
        raise TargetTaken(path=next(iter(places.values()), ""))

    def _new_targets(self, resources: Sequence[Resource]) -> Mapping[str, str]:
        result: dict[str, str] = {}
        for parent, wanted in _by_collection(resources).items():
            collection = self._collection(parent)
            # A superseded child is no twin of what took over from it, and is perhaps not listed any more.
            listed = {row.id: row.resource for row in self.store.resources(parent) if not row.superseded}
            children = list({**listed, **{each.id: each for each in resources if each.id in wanted}}.values())
            plain = plain_targets(collection, children)
            reserved = self.store.reserved([plain[each] for each in wanted])
            result.update(settle(plain, children, wanted, reserved))
        return result

    def _collection(self, collection_id: str) -> Collection:
        snapshot = self.store.collection(collection_id)
        if snapshot is None:
            raise NoLongerListed
        return snapshot.collection

    def close(self) -> None:
        """Let go of all locks and close the database."""
        self.locks.close()
        self.store.close()

    def __repr__(self) -> str:
        return f"<Ledger {self.store!r} {self.locks!r}>"


def _by_collection(resources: Iterable[Resource]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for resource in resources:
        groups.setdefault(resource.collection, set()).add(resource.id)
    return {parent: frozenset(ids) for parent, ids in groups.items()}
