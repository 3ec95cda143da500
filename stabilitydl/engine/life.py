"""The life of one resource while its job runs: every move is legal, published at once, and noted to be written."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ..domain.attempt import Outcome
from ..domain.checksum import Verification
from ..domain.events import Downloaded, StateChanged
from ..domain.resource import ResourceSnapshot, Wait
from ..domain.states import State, WaitReason
from ..errors import Problem
from ..store.change import Change
from ..transfer.order import Arrival, Live
from .here import Found
from .publisher import Publisher
from .recorder import Recorder
from .undo import still_there


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended. ``adopted`` means that the row says so already."""

    state: State
    problem: Problem | None = None
    file: Arrival | Found | None = None
    adopted: bool = False

    @property
    def outcome(self) -> Outcome:
        """For the attempt."""
        if self.state is State.DOWNLOADED:
            return Outcome.DOWNLOADED if isinstance(self.file, Arrival) else Outcome.FOUND
        return Outcome.FAILED if self.state.is_trouble else Outcome.STOPPED

    @property
    def fetched(self) -> int:
        """Bytes of the file that came over the network."""
        return self.file.fetched if isinstance(self.file, Arrival) else 0


class Life:
    """``row`` is how everybody sees the resource, ``live`` the counts of the byte path.

    ``is_ours`` is set while this engine holds the lock of the resource and has found it unfinished under that lock;
    only then anything is written. Before, the row may be what another process made of it, and ``row`` outdated.
    """

    def __init__(self, row: ResourceSnapshot, publisher: Publisher, recorder: Recorder) -> None:
        self.row = row
        self.live = Live(received=row.received)
        self.is_ours = False
        self._publisher = publisher
        self._recorder = recorder

    @property
    def state(self) -> State:
        return self.row.state

    @property
    def reason(self) -> WaitReason | None:
        """What it waits for."""
        return self.row.wait.reason if self.row.wait is not None else None

    @property
    def snapshot(self) -> ResourceSnapshot:
        """The row with the bytes that are there right now."""
        return msgspec.structs.replace(self.row, received=self.live.received)

    def take_over(self, row: ResourceSnapshot) -> None:
        """The row as it is under the lock: everything but what is ours to change."""
        self.row = msgspec.structs.replace(
            row,
            state=self.row.state,
            wait=self.row.wait,
            problem=None,
            priority=self.row.priority,
            rate_limit=self.row.rate_limit,
        )

    def adjust(self, row: ResourceSnapshot) -> None:
        """Know what the user has changed in ``row``."""
        self.row = msgspec.structs.replace(self.row, priority=row.priority, rate_limit=row.rate_limit)

    def move(self, state: State, *, problem: Problem | None = None, wait: Wait | None = None) -> None:
        """Go to ``state``; nothing happens when it is there. Raises RuntimeError for a move that is not legal."""
        old = self.row.state
        if state is old and wait == self.row.wait:
            return
        if state is not old and not old.may_become(state):
            raise RuntimeError(f"{old} cannot become {state}")
        self.row = msgspec.structs.replace(self.row, state=state, problem=problem, wait=wait)
        self._publisher.publish(
            StateChanged(
                resource=self.row.id,
                collection=self.row.resource.collection,
                name=self.row.resource.name,
                old=old,
                new=state,
                received=self.live.received,
                problem=problem,
                wait=wait,
                position=self.row.position,
                priority=self.row.priority,
            )
        )
        self.note()

    def note(self) -> None:
        """Have the state and the count written with the next batch. A wait for another process is never written."""
        if self.is_ours and self.state.is_unfinished and self.reason is not WaitReason.PROCESS:
            self._recorder.note(Change(self.row.id, self.state, received=self.live.received, wait=self.row.wait))

    def remember(self, sha256: str, verification: Verification) -> Change:
        """What arrived is about to get its name; what the store is to say before that."""
        self.row = msgspec.structs.replace(self.row, sha256=sha256, verification=verification)
        return Change(self.row.id, self.state, received=self.live.received, verification=verification, sha256=sha256)

    def change(self, ending: Ending) -> Change:
        """What the store is to say about ``ending``."""
        file = ending.file
        return Change(
            self.row.id,
            ending.state,
            received=self._received(ending),
            problem=ending.problem,
            verification=file.verification if file else None,
            sha256=file.sha256 if file else None,
            file_size=file.size if file else None,
            file_mtime=file.mtime_ns if file else None,
            blocks=file.blocks if file else b"",
        )

    def end(self, ending: Ending) -> None:
        """Tell everybody how it ended; it is written already."""
        self.is_ours = False
        self._recorder.forget(self.row.id)
        if self.state is State.DOWNLOADING and ending.state is State.DOWNLOADED:
            self.move(State.VERIFYING)
        self.live.received = self._received(ending)
        if self.state.may_become(ending.state):
            self.move(ending.state, problem=ending.problem)
        file = ending.file
        if file is None:
            return
        self.row = msgspec.structs.replace(
            self.row,
            verification=file.verification,
            sha256=file.sha256,
            file_size=file.size,
            file_mtime=file.mtime_ns,
        )
        self._publisher.publish(
            Downloaded(
                resource=self.row.id,
                collection=self.row.resource.collection,
                name=self.row.resource.name,
                path=str(file.path),
                bytes=file.size,
                fetched=ending.fetched,
                verification=file.verification,
                sha256=file.sha256,
            )
        )

    def _received(self, ending: Ending) -> int:
        if ending.file is not None:
            return ending.file.size
        if ending.state is State.MISSING and not ending.adopted:
            return still_there(self.live.received)
        return 0 if ending.state is State.QUARANTINED else self.live.received

    def __repr__(self) -> str:
        return f"<Life {self.row.id[:8]} {self.state} received={self.live.received}>"
