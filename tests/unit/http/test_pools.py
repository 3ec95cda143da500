"""Which connection an exchange gets, and what becomes of it afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpcore
import pytest

from stabilitydl.http.pools import KEPT, MOST_IDLE, Loan, Message, Pool
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio


class Inner(httpcore.AsyncConnectionInterface):
    """A connection without a network, idle until it is lent."""

    def __init__(self, origin: httpcore.Origin, number: int) -> None:
        self.origin = origin
        self.number = number
        self.requests = 0
        self.closed = False
        self.expired = False
        self.idle = True
        self.stays_busy = False
        self.failure: Exception | None = None

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        assert self.idle
        assert not self.closed
        self.requests += 1
        if self.failure is not None:
            raise self.failure
        self.idle = False
        return httpcore.Response(200, content=_End(self))

    async def aclose(self) -> None:
        self.closed = True

    def info(self) -> str:
        return f"number {self.number}"

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return origin == self.origin

    def is_available(self) -> bool:
        return self.idle

    def is_idle(self) -> bool:
        return self.idle

    def has_expired(self) -> bool:
        return self.expired

    def is_closed(self) -> bool:
        return self.closed


class _End:
    """A body whose end makes its connection idle."""

    def __init__(self, connection: Inner) -> None:
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""

    async def aclose(self) -> None:
        self._connection.idle = not self._connection.stays_busy


class Made:
    """A pool and the connections that were made for it, in order."""

    def __init__(self) -> None:
        self.connections: list[Inner] = []
        self.clock = ManualClock()
        self.allowed = 2 * MOST_IDLE
        self.pools: list[Pool] = []
        self.pool = self.add_pool()

    def add_pool(self) -> Pool:
        """One more route."""
        self.pools.append(Pool(self._make, self.clock, lambda: self.pools, proxied=False))
        return self.pools[-1]

    def _make(self, origin: httpcore.Origin) -> Inner:
        self.connections.append(Inner(origin, len(self.connections)))
        return self.connections[-1]

    async def ask(self, host: str = "one.test", pool: Pool | None = None) -> Loan:
        request = httpcore.Request("GET", f"http://{host}/")
        return await (pool or self.pool).send(Message(request.url.origin, lambda: request, lambda: self.allowed))

    @property
    def open(self) -> list[int]:
        return [connection.number for connection in self.connections if not connection.closed]

    @property
    def requests(self) -> list[int]:
        return [connection.requests for connection in self.connections]


@pytest.fixture
def made() -> Made:
    return Made()


async def test_what_was_used_last_is_used_again(made: Made) -> None:
    loans = [await made.ask() for _ in range(3)]
    for loan in (loans[1], loans[2], loans[0]):
        await loan.aclose()
    again = await made.ask()
    assert made.requests == [2, 1, 1]
    other = await made.ask()
    assert made.requests == [2, 1, 2]
    await again.aclose()
    await other.aclose()
    assert repr(made.pool) == "<Pool 0 busy, 3 idle>"


async def test_each_origin_has_its_own(made: Made) -> None:
    await (await made.ask("one.test")).aclose()
    await (await made.ask("two.test")).aclose()
    await (await made.ask("one.test")).aclose()
    assert made.requests == [2, 1]
    assert len(made.pool.connections) == 2


async def test_those_that_are_over_are_let_go_of(made: Made) -> None:
    """Also of other origins, so that they do not lie about for ever."""
    loans = [await made.ask("one.test"), await made.ask("two.test"), await made.ask("one.test")]
    for loan in loans:
        await loan.aclose()
    made.connections[1].expired = made.connections[2].expired = True
    loan = await made.ask("one.test")
    assert [connection.closed for connection in made.connections] == [False, True, True]
    assert made.requests == [2, 1, 1]
    await loan.aclose()


async def test_one_that_is_not_idle_after_its_answer_is_closed(made: Made) -> None:
    loan = await made.ask()
    made.connections[0].stays_busy = True
    await loan.aclose()
    await loan.aclose()
    assert made.connections[0].closed
    assert repr(made.pool) == "<Pool 0 busy, 0 idle>"
    await made.ask()
    assert made.requests == [1, 1]


async def test_one_that_failed_is_gone(made: Made) -> None:
    await (await made.ask()).aclose()
    made.connections[0].failure = httpcore.ReadError("broken")
    with pytest.raises(httpcore.ReadError):
        await made.ask()
    assert made.connections[0].closed
    assert made.pool.connections == []
    await (await made.ask()).aclose()
    assert made.requests == [2, 1]


async def test_no_more_than_so_many_are_kept(made: Made) -> None:
    loans = [await made.ask(f"{number}.test") for number in range(MOST_IDLE + 2)]
    for loan in loans:
        await loan.aclose()
    assert [connection.number for connection in made.connections if connection.closed] == [0, 1]
    assert len(made.pool.connections) == MOST_IDLE


async def test_closing_ends_those_in_use_too(made: Made) -> None:
    loan = await made.ask()
    await (await made.ask("two.test")).aclose()
    assert len(made.pool.connections) == 2
    await made.pool.aclose()
    assert all(connection.closed for connection in made.connections)
    await loan.aclose()
    assert made.pool.connections == []


async def test_what_is_idle_for_too_long_is_not_used_again(made: Made) -> None:
    for _ in range(3):
        await (await made.ask()).aclose()
        made.clock.advance(KEPT)
    assert made.requests == [3], "each use counts anew"
    made.clock.advance(1)
    await (await made.ask()).aclose()
    assert made.requests == [3, 1]
    assert made.open == [1]


async def test_idle_ones_are_never_more_than_their_origin_bears(made: Made) -> None:
    """H24: a host counts connections, whether or not somebody uses them."""
    loans = [await made.ask() for _ in range(4)]
    other = await made.ask("two.test")
    made.allowed = 2
    await loans[0].aclose()
    assert made.open == [1, 2, 3, 4], "three are in use beside it"
    await loans[1].aclose()
    await loans[2].aclose()
    assert made.open == [2, 3, 4]
    made.allowed = 1
    await loans[3].aclose()
    assert made.open == [3, 4], "the one that was used last"
    await other.aclose()
    assert made.open == [3, 4], "each origin for itself"


async def test_idle_ones_of_other_routes_make_room(made: Made) -> None:
    second = made.add_pool()
    made.allowed = 2
    loans = [await made.ask(), await made.ask()]
    for loan in loans:
        await loan.aclose()
    loan = await made.ask(pool=second)
    assert made.open == [1, 2], "the oldest went before another one was opened"
    await loan.aclose()
    await (await made.ask("two.test", second)).aclose()
    assert made.open == [1, 2, 3]


async def test_idle_ones_that_are_too_many_by_now_are_closed_at_once(made: Made) -> None:
    """H24: of all routes, the oldest first; what is in use ends by itself."""
    second = made.add_pool()
    loans = [await made.ask(), await made.ask(pool=second), await made.ask(), await made.ask("two.test")]
    running = await made.ask()
    for loan in loans:
        made.clock.advance(1)
        await loan.aclose()
    made.allowed = 2
    for pool in made.pools:
        pool.shrink()
    assert [repr(pool) for pool in made.pools] == ["<Pool 1 busy, 2 idle>", "<Pool 0 busy, 0 idle>"]
    made.allowed = 0
    for pool in made.pools:
        pool.shrink()
    assert [repr(pool) for pool in made.pools] == ["<Pool 1 busy, 0 idle>", "<Pool 0 busy, 0 idle>"]
    await running.aclose()
    assert [repr(pool) for pool in made.pools] == ["<Pool 0 busy, 0 idle>", "<Pool 0 busy, 0 idle>"]
