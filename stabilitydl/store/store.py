"""The facade of the store: everything that is asked of it, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from pathlib import Path

from ..domain.attempt import Attempt, Outcome
from ..domain.checksum import Verification
from ..domain.collection import Collection, CollectionSnapshot
from ..domain.picture import PictureSource
from ..domain.resource import Resource, ResourceSnapshot
from ..domain.states import State
from . import attempts, blocks, chores, collections, pictures, queue, resources
from .blocks import Blocks
from .change import Change
from .database import Database
from .queue import Idle, Place
from .rows import ATTEMPT_COLUMNS, COLLECTION_COLUMNS, SNAPSHOT_COLUMNS

_NEEDS = (
    f"SELECT {COLLECTION_COLUMNS} FROM collections LIMIT 0",  # noqa: S608
    f"SELECT {SNAPSHOT_COLUMNS} FROM resources LIMIT 0",  # noqa: S608
    f"SELECT {ATTEMPT_COLUMNS} FROM attempts LIMIT 0",  # noqa: S608
)
"""What has to be readable of a database that a newer version wrote."""


class Store:
    """An open database. Every call blocks, and every writing call is one durable transaction.

    Times are seconds since 1970. Every call may raise StoreBusy (another process writes for longer than 5 s),
    StoreDamaged, StoreFull, StoreNotWritable or StoreError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path, *, may_be_new: bool = True) -> Store:
        """Open or make the database at ``path``.

        Raises StoreNewer when a newer version wrote it, StoreDamaged when it is damaged or no database of ours, or has
        nothing in it and cannot be new.
        """
        return cls(Database.open(path, may_be_new=may_be_new))

    @classmethod
    def open_for_reading(cls, path: Path) -> Store:
        """Open a database that a newer version wrote, or that cannot be written: every writing call raises StoreNewer
        or StoreNotWritable. So does this one when not even reading is possible.
        """
        return cls(Database.open_for_reading(path, _NEEDS))

    @property
    def database(self) -> Database:
        """The open database, for making copies of it."""
        return self._database

    def together(self) -> AbstractContextManager[None]:
        """A scope whose writing calls are one durable transaction: all of them count, or none."""
        return self._database.transaction()

    def close(self) -> None:
        """Close the file. More than once is fine."""
        self._database.close()

    def add(
        self, collection: Collection, resources_: Sequence[Resource], now: float, *, is_whole: bool = False
    ) -> None:
        """Insert a collection and its children, or refresh the metadata of those that are known.

        The life of a known child stays, except that a MISSING one which its hub no longer gives becomes BLOCKED
        and the reverse. ``now`` becomes the time at which a new collection was added. Where ``resources_`` are
        all that the hub lists (``is_whole``), the other known children are superseded.
        """
        collections.add(self._database, collection, resources_, now, is_whole=is_whole)

    def collections(self) -> list[CollectionSnapshot]:
        """All collections with what their children add up to, in the order they were added."""
        return collections.snapshots(self._database)

    def collection(self, collection_id: str) -> CollectionSnapshot | None:
        """One collection with what its children add up to."""
        return next(iter(collections.snapshots(self._database, collection_id)), None)

    def roots(self) -> list[str]:
        """The folders below which the files of all collections go, each once."""
        return collections.roots(self._database)

    def weights(self) -> dict[str, float]:
        """The weights of those collections that do not weigh as much as others usually do, by their ids."""
        return collections.weights(self._database)

    def set_weight(self, ids: Sequence[str], weight: float) -> None:
        """Let each of these collections have this many times the share of others."""
        if ids:
            collections.set_weight(self._database, ids, weight)

    def parent(self, collection_id: str) -> Collection | None:
        """One collection, without what its children add up to."""
        return collections.find_one(self._database, collection_id)

    def chores(self) -> list[str]:
        """What is left to be done once with a database that an older version made; see `chores`."""
        return chores.left(self._database)

    def finish_chore(self, name: str) -> None:
        """A chore is done. Takes a while: the file is written anew."""
        chores.finish(self._database, name)

    def volumes(self) -> dict[str, str]:
        """For folders on volumes that can be taken away: where that volume is mounted."""
        return collections.volumes(self._database)

    def set_volume(self, folder: str, place: str) -> None:
        """Remember where the volume of ``folder`` is mounted."""
        collections.set_volume(self._database, folder, place)

    def find_collections(self, text: str) -> list[Collection]:
        """What ``text`` names: an id, else a locator, else the beginning of an id (at least 4 characters).

        More than one means that the text is ambiguous.
        """
        return collections.find(self._database, text)

    def picture_sources(self, keys: Sequence[str]) -> list[PictureSource]:
        """Where the pictures of the known ones among ``keys`` come from."""
        return pictures.sources(self._database, keys)

    def set_last_checked(self, collection_id: str, value: float | None) -> None:
        """When the hub was last asked for news."""
        collections.remember(self._database, collection_id, "last_checked", value)

    def set_lock_old(self, collection_id: str, value: str | None) -> None:
        """The digest of what the hub listed when the user last looked."""
        collections.remember(self._database, collection_id, "lock_old", value)

    def set_lock_new(self, collection_id: str, value: str | None) -> None:
        """The digest of what the hub lists now."""
        collections.remember(self._database, collection_id, "lock_new", value)

    def set_last_notified(self, collection_id: str, value: float | None) -> None:
        """When the user was last told of news."""
        collections.remember(self._database, collection_id, "last_notified", value)

    def restore(self, collection: Collection, rows: Sequence[ResourceSnapshot]) -> None:
        """Bring back children of ``collection`` with the lives that ``rows`` tell; one without its target where that is
        reserved for another resource."""
        with self._database.transaction():
            queue.restore(self._database, collection, rows)

    def remove_collection(self, collection_id: str) -> None:
        """Take a collection, its children and their reservations off the list. Attempts stay."""
        collections.remove(self._database, collection_id)

    def resources(
        self, collection_id: str | None = None, states: AbstractSet[State] | None = None
    ) -> list[ResourceSnapshot]:
        """The listed children of one collection or of all, in the order in which their hub lists them; those in one
        of ``states`` only, if given."""
        return resources.children(self._database, collection_id, states)

    def snapshots(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        """The known ones among ``ids``, in that order."""
        return resources.snapshots(self._database, ids)

    def same_content(self, sha256: str) -> list[ResourceSnapshot]:
        """All resources whose file has this digest, as their hub says or as it arrived."""
        return resources.same_content(self._database, sha256)

    def has_twins(self, resource_id: str) -> bool:
        """Does the file of another resource have the same digest as that of this one?"""
        return resources.has_twins(self._database, resource_id)

    def blocks(self, resource_id: str) -> Blocks | None:
        """The digests of the blocks of the file that arrived for a resource; none of small files."""
        return blocks.find(self._database, resource_id)

    def keep_damaged(self, resource_id: str, place: str) -> None:
        """Remember where the damaged file of a resource lies now; forgotten when its file arrives again."""
        blocks.keep(self._database, resource_id, place)

    def apply(self, changes: Sequence[Change]) -> None:
        """Write new states, all in one transaction. Unknown ids are left out; whether a move is legal is not asked."""
        if changes:
            resources.apply(self._database, changes)

    def remove(self, ids: Sequence[str]) -> None:
        """Take resources and their reservations off the list. Attempts stay."""
        if ids:
            resources.remove(self._database, ids)

    def unfinished(self) -> list[ResourceSnapshot]:
        """All that goes on by itself after a restart (not PAUSED), in queue order."""
        return queue.unfinished(self._database)

    def idle_targets(self, after: int, limit: int) -> list[Idle]:
        """What is MISSING or DOWNLOADED and has a target: nothing unfinished should lie there.

        At most ``limit`` of them, with numbers above ``after``, in their order.
        """
        return queue.idle_targets(self._database, after, limit)

    def enqueue(self, targets: Sequence[tuple[str, str]]) -> list[ResourceSnapshot]:
        """Reserve an absolute target path for each id and append it to the queue, all in one transaction.

        What is queued, at work or downloaded already is left as it is. Returns how the known ones stand now.
        Raises TargetTaken with the path, and changes nothing, when one is reserved for another resource.
        """
        return queue.enqueue(self._database, targets) if targets else []

    def reserved(self, paths: Sequence[str]) -> dict[str, str]:
        """For each of ``paths`` that is reserved: the id of the resource that holds it.

        Two paths are the same one when they differ only in case or in Unicode composition.
        """
        return queue.reserved(self._database, paths)

    def set_priority(self, ids: Sequence[str], priority: int) -> None:
        """Give resources a priority."""
        if ids:
            queue.set_priority(self._database, ids, priority)

    def set_rate_limit(self, ids: Sequence[str], rate: int) -> None:
        """Let each of them have so many bytes per second at most, 0 for as many as come."""
        if ids:
            queue.set_rate_limit(self._database, ids, rate)

    def move(self, ids: Sequence[str], place: Place, anchor: str | None = None) -> None:
        """Move the unfinished ones among ``ids`` within the queue; among each other they keep their order.

        ``anchor`` is the resource to stand BEFORE or AFTER. Raises NoLongerListed when it is not in the queue.
        """
        if ids:
            queue.move(self._database, ids, place, anchor)

    def begin_attempt(self, resource_id: str, start: float) -> int:
        """Note that a job begins; the result is what ``finish`` wants.

        An attempt of this resource that a crash left open becomes interrupted. Raises NoLongerListed.
        """
        return attempts.begin(self._database, resource_id, start)

    def finish(
        self,
        attempt: int,
        change: Change | None,
        *,
        end: float,
        bytes: int,  # noqa: A002 - the name of the field
        host: str,
        outcome: Outcome,
        code: str = "",
        verification: Verification | None = None,
    ) -> None:
        """Note how a job ended and what became of its resource, in one transaction.

        ``bytes`` came over the network; ``code`` is the error's.
        """
        attempts.finish(
            self._database,
            attempt,
            change,
            end=end,
            bytes=bytes,
            host=host,
            outcome=outcome,
            code=code,
            verification=verification,
        )

    def attempts(self, resource_id: str) -> list[Attempt]:
        """All attempts of one resource, oldest first, also after it was removed."""
        return attempts.of_resource(self._database, resource_id)

    def totals(self, since: float) -> tuple[int, int]:
        """Bytes over the network and files that they brought, in attempts that ended at ``since`` or later."""
        return attempts.totals(self._database, since)

    def __repr__(self) -> str:
        return f"<Store {self._database!r}>"
