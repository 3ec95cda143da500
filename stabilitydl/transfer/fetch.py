"""Bring one resource: open, plan, segments, verify, finalize. Read this first.

`fetch` opens the part of the target and recovers what an earlier run left. The first request is the probe: a ranged GET
whose answer says how large the file is and whether parts of it can be had, and whose body is the first range. The
missing rest is brought by segments. The digest follows the growing prefix, so the file is judged as its last byte is
written, and only then it gets its name.

When the source turns out to be wrong - it changed in between, cannot send ranges, or sent bytes that do not match -
or somebody else wrote into the part, the part is begun again in a simpler mode, a bounded number of times.
"""

from __future__ import annotations

import contextlib

from ..disk.digests import Digests
from ..disk.journal import Header
from ..disk.openpart import OpenPart
from ..disk.partfile import PartIdentity
from ..domain.checksum import Verification
from ..domain.kept import keep_at
from ..domain.states import State
from ..errors import (
    ChecksumMismatch,
    ConnectionLost,
    DiskFault,
    LengthUnknown,
    LfsPointer,
    PartChanged,
    RangesUnusable,
    RemoteChanged,
    SizeMismatch,
    StabilityError,
    WebPage,
    WrongRange,
)
from .bandwidth import Flow
from .beginning import Beginning
from .body import Body, Remote, Wanted
from .mode import Mode, Step, StreamCut, Unreadable
from .order import Arrival, Live, Order, Services, Source, Watcher
from .plan import SHORTEST_RANGE, Plan
from .reader import Reader
from .retry import LEAST, RetryBudget, is_passing, may_have_expired
from .route import Route
from .run import Run
from .sniff import SNIFFED
from .validator import is_strong

_LOOK_SECONDS = 5.0


async def fetch(order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
    """Bring the resource of ``order`` to its target, verified, and return what arrived.

    Cancelling keeps what came: the part is checkpointed and the next fetch goes on from there. Raises StabilityError:
    PartInUse when another process brings this file, TargetTaken when the target exists, ChecksumMismatch when the bytes
    were wrong (they lie in quarantine then), and the errors of network, server, hub and disk.
    """
    part, header = await services.disk.open_part(order.target, order.resource.tag)
    flow = services.bandwidth.flow(order.resource.id, order.resource.collection)
    fetching = _Fetch(order, source, live, watcher, services, part, flow)
    try:
        return await fetching.run(header)
    except StabilityError as error:
        if isinstance(error, WebPage | LfsPointer):
            # Where that fails, the next run looks at the beginning again.
            with contextlib.suppress(StabilityError):
                await fetching.forget_beginning()
        if not part.written and not part.pending:
            await part.discard()
        raise
    finally:
        flow.close()
        await part.close()


class _Fetch:
    def __init__(
        self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services, part: OpenPart, flow: Flow
    ) -> None:
        self._order = order
        self._live = live
        self._watcher = watcher
        self._services = services
        self._part = part
        self._flow = flow
        self._route = Route(source, services.clock)
        self._retries = RetryBudget(services.clock.monotonic())
        self._beginning = Beginning(order)
        self._mode = Mode(order.connections)
        self._answers = 0
        self._is_strong = False
        part.on_written = self._note_written

    async def run(self, header: Header | None) -> Arrival:
        """Try until the file is here or nothing simpler is left to try."""
        resumed = await self._usable(header)
        while True:
            try:
                remote = await self._download(resumed)
                digests = await self._digest()
                return await self._finalize(digests, self._judge(digests, remote))
            except (RemoteChanged, RangesUnusable, WrongRange, ChecksumMismatch, PartChanged, StreamCut) as error:
                repaired = await self._repair() if isinstance(error, ChecksumMismatch) else None
                if repaired is None:
                    await self._simplify(error, resumed)
                resumed = repaired
            except Unreadable as error:
                resumed = await self._repair()
                if resumed is None:
                    raise error.cause from None

    # -- open ---------------------------------------------------------------------------------------------------

    async def _usable(self, header: Header | None) -> Header | None:
        """The header of the part when its bytes may be continued; everything else is begun again."""
        if header is None:
            return None
        checksum = self._order.resource.checksum
        same = header.resource == self._order.resource.id and header.checksum == (str(checksum) if checksum else "")
        same = same and self._order.resource.size in (None, header.size)
        if same and (checksum is not None or is_strong(header.validator)):
            if checksum is None and self._part.is_older(header):
                # No checksum will tell at the end what a drive lost that only said it had synced.
                bad = await self._part.bad_blocks(unproven=False)
                if bad:
                    await self._part.forget(bad)
            await self.forget_beginning()
            self._note_written(0)
            return header
        if self._part.written:
            await self._set_aside()
        else:
            await self._part.start_over()
        return None

    async def forget_beginning(self) -> None:
        """Take back the first bytes where nobody saw yet what the file begins like, or it was refused for that."""
        header = self._part.header
        if header is None:
            # A part without a journal is never gone on with.
            await self._part.start_over()
        elif self._part.written.prefix < min(SNIFFED, header.size):
            await self._part.forget([0])

    async def _open_first(self, wanted: Wanted) -> Body:
        """The probe. Raises StabilityError when no try brings a usable answer."""
        while True:
            generation = self._route.generation
            try:
                body = await Body.open(self._services.client, await self._route.request(), wanted, self._services.clock)
            except StabilityError as error:
                if may_have_expired(error) and self._route.expire(generation):
                    continue
                if not is_passing(error):
                    raise
                await self._back_off(error)
            else:
                self._answers = 1
                self._route.works(body.url)
                self._live.host = self._flow.host = body.host
                self._flow.named = self._route.named
                return body

    async def _back_off(self, error: StabilityError) -> None:
        delay = self._retries.next_delay(self._services.clock.monotonic())
        if delay is None:
            raise error
        self._watcher.retrying(error.problem, delay)
        await self._services.clock.sleep(delay)

    # -- plan and segments ----------------------------------------------------------------------------------------

    async def _download(self, resumed: Header | None) -> Remote:
        """Bring every missing byte; what the source says about the file."""
        self._watcher.phase(State.RESOLVING)
        if resumed is not None and next(self._part.written.missing(resumed.size), None) is None:
            self._part.follow(self._order.resource.checksums, resumed.size)
            self._live.size = resumed.size
            return Remote(resumed.size, resumed.validator, has_ranges=True)
        body = await self._open_first(self._first_wanted(resumed))
        try:
            return await self._receive(body, resumed)
        finally:
            await body.close()

    def _first_wanted(self, resumed: Header | None) -> Wanted:
        name = self._order.resource.path
        if resumed is None:
            size = self._order.resource.size
            stop = min(size or SHORTEST_RANGE, SHORTEST_RANGE)
            return Wanted(name=name, start=0, stop=stop, whole=self._mode.whole)
        start, end = next(self._part.written.missing(resumed.size))
        is_proven = self._order.resource.checksum is not None
        return Wanted(
            name=name,
            start=start,
            stop=min(end, start + SHORTEST_RANGE),
            size=resumed.size,
            validator="" if is_proven and self._order.is_one_of_many else resumed.validator,
            is_proven=is_proven,
        )

    async def _receive(self, body: Body, resumed: Header | None) -> Remote:
        remote, resource = body.remote, self._order.resource
        self._is_strong = remote.is_strong
        await self._check_size(body)
        size = remote.size if remote.size is not None else resource.size
        self._live.size = size
        if resumed is None:
            identity = PartIdentity(
                resource=resource.id,
                size=size or 0,
                validator=remote.validator,
                checksum=str(resource.checksum) if resource.checksum else "",
                record=self._order.record,
            )
            await self._part.begin(identity)
            self._live.allocated = self._part.file.allocated
        self._watcher.phase(State.DOWNLOADING)
        if size is not None:
            self._part.follow(resource.checksums, size)
        if not remote.has_ranges or size is None:
            return await self._stream(body, size)
        plan = Plan(size, self._part.written, self._mode.connections)
        claim = plan.take(stop=body.stop)
        if claim is None:
            return remote
        run = Run(
            self._order,
            self._services,
            route=self._route,
            part=self._part,
            live=self._live,
            watcher=self._watcher,
            retries=self._retries,
            remote=remote,
            plan=plan,
            flow=self._flow,
            beginning=self._beginning,
        )
        try:
            await run.fill(self._connections(remote, plan), claim, body)
        finally:
            self._answers += run.opened
        return remote

    async def _check_size(self, body: Body) -> None:
        promised, offered = self._order.resource.size, body.remote.size
        if promised is not None and offered is not None and promised != offered:
            with contextlib.suppress(TimeoutError), self._services.clock.fail_after(_LOOK_SECONDS):
                await self._look_at(body, offered)
            raise SizeMismatch(host=body.host, actual_bytes=offered, expected_bytes=promised)
        if promised is None and not body.remote.is_delimited and self._order.resource.checksum is None:
            raise LengthUnknown(host=body.host)

    async def _look_at(self, body: Body, size: int) -> None:
        """Raise WebPage or LfsPointer where the answer begins like one."""
        came = 0
        while body.start == 0 and came < min(SNIFFED, size):
            chunk = await body.read()
            if not chunk:
                return
            self._beginning.look(body, chunk, came, size)
            came += len(chunk)

    def _connections(self, remote: Remote, plan: Plan) -> int:
        """How many connections are worth it, and allowed: parts of unproven versions are never mixed."""
        if not remote.is_strong and self._order.resource.checksum is None:
            return 1
        return min(self._mode.connections, 1 + -(-plan.unclaimed // SHORTEST_RANGE))

    async def _stream(self, body: Body, size: int | None) -> Remote:
        """The whole file as one stream, for sources without ranges."""
        position = 0
        reader = Reader(body, self._flow, self._live, self._services.clock)
        if size == 0:
            await self._check_end(body, 0, size)
        while size is None or position < size:
            try:
                chunk = await reader.read()
            except StabilityError as error:
                raise StreamCut(error) from error
            if not chunk:
                break
            self._beginning.look(body, chunk, position, size)
            self._live.fetched += len(chunk)
            if position + len(chunk) >= LEAST:
                self._retries.progress(self._services.clock.monotonic())
            if size is not None and position + len(chunk) >= size:
                await self._check_end(body, position + len(chunk), size)
                chunk = chunk[: size - position]
            await self._part.write(position, chunk)
            position += len(chunk)
        if size is not None and position < size:
            raise StreamCut(ConnectionLost(host=body.host))
        if size is None:
            self._live.size = position
            self._part.follow(self._order.resource.checksums, position)
        return Remote(position, body.remote.validator, has_ranges=False)

    async def _check_end(self, body: Body, came: int, size: int) -> None:
        """Does the stream end where the file does? Asked before its last bytes are written, where only this can tell.

        Raises SizeMismatch.
        """
        if self._order.resource.checksum is not None:
            return
        if came == size and body.remote.size is None:
            with contextlib.suppress(StabilityError):
                came += len(await body.read())
        if came > size:
            raise SizeMismatch(host=body.host, actual_bytes=came, expected_bytes=size)

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

    async def _repair(self) -> Header | None:
        """Take back the blocks that the disk did not keep or cannot read, or that nobody can vouch for; what to go on
        with then.

        None when every block is what came in: then the source is wrong.
        """
        header = self._part.header
        if header is None or not self._mode.may_repair:
            return None
        bad = await self._part.bad_blocks(unproven=True)
        if not bad:
            return None
        self._mode.repaired()
        await self._part.forget(bad)
        self._note_written(0)
        return header

    async def _simplify(self, error: StabilityError | StreamCut, resumed: Header | None) -> None:
        """Begin again as the mode says; raises ``error``, or what cut the stream, when nothing simpler is left."""
        failure = error.cause if isinstance(error, StreamCut) else error
        step = self._mode.after(
            error,
            is_resumed=resumed is not None,
            is_one_answer=self._answers == 1,
            is_strong=self._is_strong,
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
                await self._back_off(failure)
        await self._part.start_over()
        self._note_written(0)

    async def _set_aside(self) -> None:
        """What is here is of another version of the file: begin again, and say so."""
        addresses = self._order.resource.addresses
        host = self._live.host or (addresses[0].hub if addresses else "")
        self._watcher.retrying(RemoteChanged(host=host).problem, 0.0)
        await self._part.set_aside()
        self._note_written(0)

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

    def _note_written(self, count: int) -> None:
        written = self._part.written
        self._live.received = written.total
        self._live.ranges = written.items
        self._live.checked = self._part.checked
        self._live.allocated = self._part.file.allocated
