"""A host that bears only so much: everything arrives, it is asked for less, and nobody else is held up."""

from __future__ import annotations

import threading
from pathlib import Path

import anyio
import pytest

from stabilitydl.domain.states import State
from stabilitydl.http.origins import Origin
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import PATIENCE, Harness
from tests.engine.real import contents, eventually, expand
from tests.fakes.origin import Exchange, FileOrigin

pytestmark = pytest.mark.anyio

BEARS = 3
JOBS = 8


class Strict:
    """Serves its file to `BEARS` requests at once; the others are told to come again, mostly with a time.

    Until `ready` is set it keeps those that it bears waiting, so that the ones beyond them are sure to be refused.
    ``most`` requests were asked at once, over ``most_connections``, the idle ones included.
    """

    def __init__(self, origin: FileOrigin) -> None:
        self.origin = origin
        self.lock = threading.Lock()
        self.ready = threading.Event()
        self.active = 0
        self.unanswered = 0
        self.most = 0
        self.most_connections = 0
        self.served = 0
        self.refused = 0

    def __call__(self, exchange: Exchange) -> None:
        with self.lock:
            self.active += 1
            self.unanswered += 1
            self.most = max(self.most, self.active)
            self.most_connections = max(self.most_connections, self.origin.held)
            is_refused = self.active > BEARS
            self.refused += is_refused
            wish = {"Retry-After": "1"} if self.refused % 3 else {}
        if not is_refused:
            self.ready.wait(PATIENCE)
        with self.lock:
            # Before the answer: whoever has it may ask for the next one at once.
            self.active -= 1
            self.served += not is_refused
        try:
            if is_refused:
                exchange.answer(429, wish)
            else:
                self.origin._file(exchange, self.origin.files[exchange.request.path])
        finally:
            with self.lock:
                self.unanswered -= 1


def budget_of(h: Harness, origin: FileOrigin) -> int:
    """Connections that the governor allows now."""
    return h.engine._on.services.client.governor.allowed(Origin.parse(origin.url()))


def is_asked(h: Harness, origin: FileOrigin) -> bool:
    """Is any request under way, its connection not given back yet?"""
    return any(line.running for line in h.engine._on.services.client.governor.lines() if line.host == origin.url(""))


async def test_two_hundred_files_of_a_host_that_refuses_now_and_then(tmp_path: Path) -> None:
    """H17, H24: what is open to it, idle connections included, is never more than what it is known to bear."""
    settings = Settings(jobs=JOBS, host_connections=JOBS, total_connections=2 * JOBS)
    with FileOrigin() as strict, FileOrigin(host="127.0.0.2") as other:
        busy = [strict.add(f"/busy-{number}.bin", contents(500, number)) for number in range(200)]
        free = [other.add(f"/free-{number}.bin", contents(500, 1000 + number)) for number in range(20)]
        step = Strict(strict)
        strict.routes = {file.path: step for file in busy}
        files = [*busy, *free]
        pack = expand(tmp_path / "to", [file.url for file in files], [file.sha256 for file in files])
        async with Harness(tmp_path, settings=settings, fetch=fetch, hubs=Registry([Direct()])) as h:
            ids = await h.get(pack)
            await h.until_state(State.DOWNLOADED, *ids[len(busy) :])
            await h.until(lambda: step.refused > 0)
            assert step.refused <= JOBS - BEARS, "the clock stands still: nobody came again"
            assert step.served == 0, "the others are served while these wait"
            step.ready.set()
            await h.until(lambda: not is_asked(h, strict))
            assert budget_of(h, strict) <= JOBS // 2
            await eventually(lambda: strict.held <= budget_of(h, strict))
            with anyio.fail_after(PATIENCE):
                while not all(h.state(each) is State.DOWNLOADED for each in ids):
                    # While an answer is on its way the clock stands still: nobody may give it up as stalled.
                    if step.unanswered == 0:
                        h.clock.advance(1)
                    await h.calm()
                    h.follow()
                    if not is_asked(h, strict):
                        await eventually(lambda: is_asked(h, strict) or strict.held <= budget_of(h, strict))
            allowed = {line.allowed for tick in h.ticks() for line in tick.hosts if line.host == strict.url("")}
        assert all((tmp_path / "to" / file.path[1:]).read_bytes() == file.data for file in files)
        assert step.served == len(busy), "each file once"
        assert step.most <= step.most_connections <= JOBS
        assert min(allowed) < JOBS, allowed
        assert step.refused < 60, "it is not tried over and over again"
