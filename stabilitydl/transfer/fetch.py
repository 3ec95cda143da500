"""Bring one resource: open, plan, segments, verify, finalize. Read this first.

`fetch` opens the part of the target and recovers what an earlier run left. The first request is the probe: a ranged GET
whose answer says how large the file is and whether parts of it can be had, and whose body is the first range. The
missing rest is brought by segments; but where nothing would tell parts of two versions of the file apart, all of it
comes in this one answer. The digest follows the growing prefix, so the file is judged as its last byte is written, and
only then it gets its name.

When the source turns out to be wrong - it changed in between, cannot send ranges, or sent bytes that do not match -
or somebody else wrote into the part, the part is begun again in a simpler mode, a bounded number of times.
"""

from __future__ import annotations

import contextlib

from ..disk.digests import Digests
from ..disk.journal import Header
from ..disk.openpart import CLOSE_SECONDS
from ..disk.partfile import PartIdentity
from ..domain.checksum import Verification
from ..domain.kept import keep_at
from ..domain.states import State
from ..errors import (
    ChecksumMismatch,
    ConnectionLost,
    DiskFault,
    LfsPointer,
    PartChanged,
    RangesUnusable,
    RemoteChanged,
    StabilityError,
    WebPage,
    WrongRange,
)
from .body import Body, Remote
from .fetching import Fetching
from .had import Had
from .mode import Mode, Step, StreamCut, Unreadable
from .order import Arrival, Live, Order, Services, Source, Watcher
from .plan import SHORTEST_RANGE, Plan
from .probe import beginning_of, check_size, probe, rest_of
from .run import Run
from .sniff import SNIFFED
from .stream import bring_stream
from .validator import is_strong


async def fetch(order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
    """Bring the resource of ``order`` to its target, verified, and return what arrived.

    Cancelling keeps what came: the part is checkpointed and the next fetch goes on from there. Raises StabilityError:
    PartInUse when another process brings this file, TargetTaken when the target exists, ChecksumMismatch when the bytes
    were wrong (they lie in quarantine then), and the errors of network, server, hub and disk.
    """
    part, header = await services.disk.open_part(order.target, order.resource.tag)
    flow = services.bandwidth.flow(order.resource.id, order.resource.collection)
    work = _Fetch(Fetching(order, source, live, watcher, services, part, flow))
    try:
        return await work.run(header)
    except StabilityError as error:
        if isinstance(error, WebPage | LfsPointer):
            # Where that fails, the next run looks at the beginning again.
            with contextlib.suppress(StabilityError):
                await work.forget_beginning()
        await work.leave()
        raise
    finally:
        flow.close()
        await part.close()


class _Fetch:
    """Brings the file in one mode after the other, until it is here or nothing simpler is left to try."""

    def __init__(self, fetching: Fetching) -> None:
        self._fetching = fetching
        self._order = fetching.order
        self._part = fetching.part
        self._live = fetching.live
        self._watcher = fetching.watcher
        self._mode = Mode(fetching.order.connections)
        self._answers = 0

    async def run(self, header: Header | None) -> Arrival:
        """Try until the file is here or nothing simpler is left to try."""
        resumed = await self._usable(header)
        while True:
            try:
                remote = await self._download(resumed)
                digests = await self._digest()
                return await self._finalize(digests, self._judge(digests, remote))
            except (RemoteChanged, RangesUnusable, WrongRange, ChecksumMismatch, PartChanged, StreamCut) as error:
                if not isinstance(error, ChecksumMismatch) or not await self._repair():
                    await self._simplify(error, resumed)
                resumed = self._part.header
            except Unreadable as error:
                if not await self._repair():
                    raise error.cause from None
                resumed = self._part.header

    async def leave(self) -> None:
        """Remove the part where no other fetch could go on with it, and what was kept of another version before it."""
        part, header = self._part, self._part.header
        if header is not None and self._may_be_divided(header.validator) and (part.written or part.pending):
            return
        with contextlib.suppress(StabilityError, TimeoutError), self._fetching.clock.fail_after(CLOSE_SECONDS):
            # Where it cannot be removed now, the next fetch or a start does that.
            await part.discard()
        self._live.received, self._live.ranges = 0, ()

    # -- what is here already -----------------------------------------------------------------------------------

    async def _usable(self, header: Header | None) -> Header | None:
        """The header of the part when its bytes may be continued; everything else is begun again."""
        if header is None:
            return None
        checksum = self._order.resource.checksum
        same = header.resource == self._order.resource.id and header.checksum == (str(checksum) if checksum else "")
        same = same and self._order.resource.size in (None, header.size)
        if same and self._may_be_divided(header.validator):
            if checksum is None:
                self._fetching.show_written()
                # No checksum will tell at the end what a drive lost, or what somebody wrote into the part meanwhile.
                bad = await self._part.bad_blocks(unproven=False)
                if bad:
                    await self._part.forget(bad)
            await self.forget_beginning()
            self._fetching.show_written()
            return header
        if self._part.written and not same:
            await self._set_aside()
        else:
            await self._part.start_over()
        return None

    def _may_be_divided(self, validator: str) -> bool:
        """May bytes of several answers make one file? Else nothing would tell that they are of two versions of it."""
        return self._fetching.is_proven or is_strong(validator)

    async def forget_beginning(self) -> None:
        """Take back the first bytes where nobody saw yet what the file begins like, or it was refused for that."""
        header = self._part.header
        if header is None:
            # A part without a journal is never gone on with.
            await self._part.start_over()
        elif self._part.written.prefix < min(SNIFFED, header.size):
            await self._part.forget([0])

    # -- every byte -----------------------------------------------------------------------------------------------

    async def _download(self, resumed: Header | None) -> Remote:
        """Bring every missing byte; what the source says about the file."""
        self._watcher.phase(State.RESOLVING)
        self._fetching.had.begin_again()
        if resumed is None:
            wanted = beginning_of(self._order, whole=self._mode.whole)
        elif next(self._part.written.missing(resumed.size), None) is None:
            self._part.follow(self._order.resource.checksums, resumed.size)
            self._live.size = resumed.size
            return Remote(resumed.size, resumed.validator, has_ranges=True)
        else:
            wanted = rest_of(self._order, resumed, self._part.written)
        body = await probe(self._fetching, wanted)
        self._answers = 1
        try:
            return await self._receive(body, is_resumed=resumed is not None)
        finally:
            await body.close()

    async def _receive(self, body: Body, *, is_resumed: bool) -> Remote:
        remote, resource = body.remote, self._order.resource
        await check_size(self._fetching, body)
        size = remote.size if remote.size is not None else resource.size
        self._live.size = size
        if not is_resumed:
            await self._begin(remote.validator, size or 0)
        self._watcher.phase(State.DOWNLOADING)
        if size is not None:
            self._part.follow(resource.checksums, size)
        if not remote.has_ranges or size is None:
            return await bring_stream(self._fetching, body, size)
        stop = size if body.stop is None else body.stop
        if not self._may_be_divided(remote.validator):
            if stop < size:
                raise RangesUnusable(host=body.host)
            return await bring_stream(self._fetching, body, size)
        if not self._mode.whole and stop > body.start + SHORTEST_RANGE:
            stop = body.start + SHORTEST_RANGE
            body.end_at(stop)
        plan = Plan(size, self._part.written, self._mode.connections)
        claim = plan.take(stop=stop)
        if claim is None:
            return remote
        run = Run(self._fetching, remote, plan)
        try:
            await run.fill(self._connections(plan), claim, body)
        except (RemoteChanged, RangesUnusable, WrongRange) as error:
            if self._mode.whole:
                # Who would not go on behind a cut may send all of it the next time.
                raise StreamCut(ConnectionLost(host=body.host)) from error
            raise
        finally:
            self._answers += run.opened
        return remote

    async def _begin(self, validator: str, size: int) -> None:
        resource = self._order.resource
        identity = PartIdentity(
            resource=resource.id,
            size=size,
            validator=validator,
            checksum=str(resource.checksum) if resource.checksum else "",
            record=self._order.record,
        )
        await self._part.begin(identity)
        self._live.allocated = self._part.file.allocated

    def _connections(self, plan: Plan) -> int:
        """How many connections are worth it."""
        return min(self._mode.connections, 1 + -(-plan.unclaimed // SHORTEST_RANGE))

    # -- verify and finalize --------------------------------------------------------------------------------------

    async def _digest(self) -> Digests:
        await self._part.flush()
        self._watcher.phase(State.VERIFYING)
        try:
            return await self._part.digest()
        except DiskFault as error:
            raise Unreadable(error) from error

    def _judge(self, digests: Digests, remote: Remote) -> Verification:
        proven = digests.judge()
        if proven is not None:
            return proven
        return Verification.WEAK if remote.is_strong and remote.has_ranges else Verification.UNVERIFIABLE

    async def _repair(self) -> bool:
        """Take back the blocks that the disk did not keep or cannot read, or that nobody can vouch for; all of them
        where none may come by itself.

        False when every block is what came in: then the source is wrong.
        """
        header = self._part.header
        if header is None or not self._mode.may_repair:
            return False
        bad = await self._part.bad_blocks(unproven=True)
        if not bad:
            return False
        self._mode.repaired()
        if self._may_be_divided(header.validator):
            await self._part.forget(bad)
        else:
            await self._part.start_over()
        self._fetching.show_written()
        return True

    async def _simplify(self, error: StabilityError | StreamCut, resumed: Header | None) -> None:
        """Begin again as the mode says; raises ``error``, or what cut the stream, when nothing simpler is left."""
        failure = error.cause if isinstance(error, StreamCut) else error
        step = self._mode.after(
            error,
            is_resumed=resumed is not None,
            is_one_answer=self._answers == 1,
            is_proven=self._fetching.is_proven,
            is_in_place=not isinstance(error, PartChanged) or self._part.is_in_place,
        )
        match step:
            case Step.GIVE_UP:
                raise failure
            case Step.QUARANTINE:
                place = await self._part.quarantine(self._order.root, str(failure.arguments.get("sha256", "")))
                raise keep_at(failure, str(place))
            case Step.EMPTY:
                await self._part.start_over()
                raise failure
            case Step.SET_ASIDE if self._part.written:
                await self._set_aside()
            case Step.BEGIN_AGAIN_LATER:
                await self._fetching.back_off(failure)
        await self._part.start_over()
        self._fetching.show_written()

    async def _set_aside(self) -> None:
        """What is here is of another version of the file: begin again, and say so."""
        addresses = self._order.resource.addresses
        host = self._live.host or (addresses[0].hub if addresses else "")
        self._watcher.retrying(RemoteChanged(host=host).problem, 0.0)
        await self._part.set_aside()
        # Nothing of the version that comes now was ever there: all of it is news.
        self._fetching.had = Had()
        self._fetching.show_written()

    async def _finalize(self, digests: Digests, verification: Verification) -> Arrival:
        await self._watcher.publishing(digests.sha256, verification)
        blocks = self._part.blocks
        found = await self._part.finalize()
        return Arrival(
            path=self._order.target,
            size=found.st_size,
            fetched=self._live.fetched,
            verification=verification,
            sha256=digests.sha256,
            mtime_ns=found.st_mtime_ns,
            host=self._live.host,
            blocks=blocks,
        )
