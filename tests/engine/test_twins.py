"""Equal bytes are fetched once, from wherever they can be had: twins wait for each other, addresses take over."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest

from stabilitydl import errors
from stabilitydl.disk.disk import Disk, Match
from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.resource import Address
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine.life import Ending
from stabilitydl.engine.pace import WINDOW
from stabilitydl.engine.remedies import PROCESS_POLL
from stabilitydl.engine.tenure import Tenure
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.settings import Settings
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store
from tests.engine.harness import Harness
from tests.engine.real import MIB, contents, expand, real
from tests.fakes.hub import pack
from tests.fakes.origin import Exchange, FileOrigin
from tests.fakes.transfer import fail, hold

pytestmark = pytest.mark.anyio

ONE_CONNECTION = Settings(connections=1)


def two(folder: Path) -> tuple[Expansion, Expansion]:
    """The same file in two collections."""
    return pack(folder / "one", "a.bin", title="One"), pack(folder / "two", "a.bin", title="Two")


async def test_a_twin_waits_and_takes_the_file_that_came(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        one, other = await h.get(*two(tmp_path))
        await h.until_state(State.DOWNLOADING, one)
        await h.until_state(State.WAITING, other)
        wait = h.changes(other)[-1].wait
        assert wait is not None
        assert (wait.reason, wait.detail) == (WaitReason.TWIN, "a.bin")
        step.go.set()
        await h.advance_until(lambda: h.state(other) is State.DOWNLOADED)
        first, second = await h.settled([one, other])
        assert h.fetch.calls == ["a.bin"]
        assert second.verification is Verification.VERIFIED
        assert second.sha256 == first.sha256
        assert Path(second.target or "").read_bytes() == Path(first.target or "").read_bytes()
        assert not Path(second.target or "").samefile(first.target or ""), "each may be changed without the other"
        assert [event.fetched > 0 for event in h.downloads()] == [True, False]
        assert sorted(path.name for path in (tmp_path / "two").iterdir()) == ["a.bin"]


async def test_a_twin_waits_for_a_file_that_is_being_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C06: after a crash the file of the one is there and nobody knows it yet; the other fetches nothing."""
    async with Harness(tmp_path) as h:
        first, second = two(tmp_path)
        await h.settled(await h.get(first))
        await h.add(second)
    one, other = first.resources[0].id, second.resources[0].id
    store = Store.open(h.paths.database)
    store.apply([Change(one, State.QUEUED)])
    store.close()
    async with Harness(tmp_path) as h:
        go, matches = anyio.Event(), Disk.matches

        async def slow(*arguments: Any) -> Match | None:
            await go.wait()
            return await matches(*arguments)

        monkeypatch.setattr(Disk, "matches", slow)
        assert await h.engine.go_on() == [one]
        await h.until_state(State.VERIFYING, one)
        await h.engine.enqueue([other])
        await h.until_state(State.WAITING, other)
        go.set()
        await h.advance_until(lambda: h.state(other) is State.DOWNLOADED)
        assert h.fetch.calls == []


async def test_a_twin_waits_until_it_is_written_down_that_the_file_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the database takes: until then nobody could tell that there is a file to be copied."""
    async with Harness(tmp_path) as h:
        go, end = anyio.Event(), Tenure.end

        async def slow(tenure: Tenure, ending: Ending) -> Ending:
            await go.wait()
            return await end(tenure, ending)

        monkeypatch.setattr(Tenure, "end", slow)
        one, other = await h.get(*two(tmp_path))
        await h.until_state(State.VERIFYING, one)
        await h.until_state(State.WAITING, other)
        for _ in range(5):
            h.clock.advance(PROCESS_POLL)
            await h.calm()
        assert h.state(other) is State.WAITING
        go.set()
        await h.advance_until(lambda: h.state(other) is State.DOWNLOADED)
        assert h.fetch.calls == ["a.bin"]


@pytest.mark.parametrize(
    "error", [errors.ServerFailed(host="h", status=500), errors.ServerBusy(host="h", status=429, after_seconds=20)]
)
async def test_when_the_first_one_fails_or_waits_its_twin_goes_on(tmp_path: Path, error: errors.StabilityError) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", error)
        one, other = await h.get(*two(tmp_path))
        await h.advance_until(lambda: h.state(other) is State.DOWNLOADED)
        # By now it may be looking for the file that its twin has brought.
        assert {State.FAILED, State.WAITING} & set(h.states(one))
        assert h.fetch.calls == ["a.bin", "a.bin"]


async def test_when_the_first_one_is_paused_its_twin_goes_on(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        hold(h.fetch, "a.bin")
        one, other = await h.get(*two(tmp_path))
        await h.until_state(State.DOWNLOADING, one)
        await h.until_state(State.WAITING, other)
        await h.engine.pause([one])
        await h.advance_until(lambda: h.state(other) is State.DOWNLOADED)
        assert h.state(one) is State.PAUSED


async def test_waiting_for_a_twin_can_be_skipped(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        one, other = await h.get(*two(tmp_path))
        await h.until_state(State.DOWNLOADING, one)
        await h.until_state(State.WAITING, other)
        await h.engine.resume([other])
        await h.until_state(State.DOWNLOADED, other)
        assert h.state(one) is State.DOWNLOADING
        step.go.set()
        await h.settled([one])
        assert h.fetch.calls == ["a.bin", "a.bin"]


async def test_a_file_that_is_here_will_do_for_a_twin_that_comes_later(tmp_path: Path) -> None:
    first, second = two(tmp_path)
    async with Harness(tmp_path) as h:
        await h.settled(await h.get(first))
        (row,) = await h.settled(await h.get(second))
        assert (row.state, h.fetch.calls) == (State.DOWNLOADED, ["a.bin"])


async def test_a_file_that_was_changed_will_not_do(tmp_path: Path) -> None:
    first, second = two(tmp_path)
    async with Harness(tmp_path) as h:
        (row,) = await h.settled(await h.get(first))
        path = Path(row.target or "")
        status = path.stat()
        path.write_bytes(bytes(status.st_size))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        (row,) = await h.settled(await h.get(second))
        assert (row.state, h.fetch.calls) == (State.DOWNLOADED, ["a.bin", "a.bin"])
        assert sorted(path.name for path in (tmp_path / "two").iterdir()) == ["a.bin"]


async def test_without_a_published_digest_nobody_is_a_twin(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        one = pack(tmp_path / "one", "a.bin", title="One", checksums=False)
        other = pack(tmp_path / "two", "a.bin", title="Two", checksums=False)
        steps = hold(h.fetch, "a.bin", "a.bin")
        ids = await h.get(one, other)
        await h.until_state(State.DOWNLOADING, *ids)
        for step in steps:
            step.go.set()
        await h.settled(ids)


def many(to: Path, data: bytes, urls: list[str]) -> Expansion:
    """One file with several addresses, the first one first."""
    plain = expand(to, urls[:1])
    with_all = msgspec.structs.replace(
        plain.resources[0],
        size=len(data),
        checksums=(Checksum.of("sha256", sha256(data)),),
        addresses=tuple(Address("direct", url, place) for place, url in enumerate(urls)),
    )
    return Expansion(collection=plain.collection, resources=(with_all,))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_another_address_takes_over_in_mid_file(tmp_path: Path) -> None:
    data = contents(24 * MIB, 1)
    with FileOrigin() as first, FileOrigin() as second:
        one = first.add("/a.bin", data, etag='"one"')
        other = second.add("/a.bin", data, etag='"other"')

        def once(exchange: Exchange) -> None:
            if first.times("/a.bin") == 1:
                first._file(exchange, one)
            else:
                exchange.answer(404)

        first.routes["/a.bin"] = once
        async with real(tmp_path, ONE_CONNECTION) as h:
            (row,) = await h.settled(await h.get(many(tmp_path / "to", data, [one.url, other.url])))
            assert row.state is State.DOWNLOADED, row.problem
            assert row.verification is Verification.VERIFIED
            assert Path(row.target or "").read_bytes() == data
        (given, *_) = first.ranges("/a.bin")
        (asked, *_) = second.ranges("/a.bin")
        assert given is not None
        assert asked is not None
        assert asked[0] == (given[1] or 0) + 1, "what came from the first address is kept"
        assert "if-range" not in second.requests[0].headers


async def test_an_address_that_lies_does_not_end_it(tmp_path: Path) -> None:
    data, lies = contents(3 * MIB, 1), contents(3 * MIB, 2)
    with FileOrigin() as first, FileOrigin() as second:
        one, other = first.add("/a.bin", lies), second.add("/a.bin", data)
        async with real(tmp_path) as h:
            (row,) = await h.settled(await h.get(many(tmp_path / "to", data, [one.url, other.url])))
            assert row.state is State.DOWNLOADED
            assert Path(row.target or "").read_bytes() == data


async def test_when_all_addresses_fail_the_first_one_explains(tmp_path: Path) -> None:
    data = contents(1000, 1)
    with FileOrigin() as first, FileOrigin() as second:
        one, other = first.add("/a.bin", contents(1000, 2)), second.url("/nosuch.bin")
        async with real(tmp_path) as h:
            (row,) = await h.settled(await h.get(many(tmp_path / "to", data, [one.url, other])))
            assert (row.state, row.problem and row.problem.code) == (State.QUARANTINED, "checksum-mismatch")


def three_places(folder: Path) -> Expansion:
    plain = pack(folder / "to", "a.bin")
    addresses = tuple(Address("fake", f"https://{name}.test/a.bin", place) for place, name in enumerate("abc"))
    return Expansion(
        collection=plain.collection,
        resources=(msgspec.structs.replace(plain.resources[0], addresses=addresses),),
    )


async def test_a_slow_address_gives_way_and_the_fastest_one_must_do(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        steps = hold(h.fetch, "a.bin", "a.bin", "a.bin", "a.bin")
        (each,) = await h.get(three_places(tmp_path))
        await h.advance_until(lambda: len(h.fetch.calls) == 4, 5.0)
        h.clock.advance(1000.0)
        await h.calm()
        assert len(h.fetch.calls) == 4, "where all are slow one of them has to do"
        steps[3].go.set()
        await h.until_state(State.DOWNLOADED, each)


async def test_what_the_user_wants_slow_is_not_too_slow(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(rate_limit=1000)) as h:
        (step,) = hold(h.fetch, "a.bin")
        (each,) = await h.get(three_places(tmp_path))
        await h.until_state(State.DOWNLOADING, each)
        for _ in range(10):
            h.clock.advance(WINDOW + 1)
            await h.calm()
        assert len(h.fetch.calls) == 1
        step.go.set()
        await h.until_state(State.DOWNLOADED, each)


async def test_the_addresses_of_a_twin_help_too(tmp_path: Path) -> None:
    """The same digest on another hub's page is another place for these bytes."""
    data = contents(300_000, 1)
    with FileOrigin() as first, FileOrigin() as second:
        other = second.add("/a.bin", data)
        async with real(tmp_path) as h:
            here = many(tmp_path / "one", data, [first.url("/nosuch.bin")])
            there = many(tmp_path / "two", data, [other.url])
            ids = await h.add(here, there)
            await h.engine.enqueue(ids[:1])
            (row,) = await h.settled(ids[:1])
            assert row.state is State.DOWNLOADED
            assert first.times("/nosuch.bin") == 1
