"""One resource from the queue to its end: every state, every outcome."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from stabilitydl import errors
from stabilitydl.disk.volumes import Room
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import RetryScheduled
from stabilitydl.domain.resource import Address
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import Problem, StabilityError
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.settings import Settings
from tests.engine.harness import Harness
from tests.engine.real import Trickle, pack_of, real
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin
from tests.fakes.transfer import FakeFetch, Raise, fail, hold

pytestmark = pytest.mark.anyio

ONE = Settings(jobs=1)


async def test_a_file_arrives(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        (row,) = await h.settled(ids)
        assert h.states(ids[0]) == [
            State.QUEUED,
            State.RESOLVING,
            State.DOWNLOADING,
            State.VERIFYING,
            State.DOWNLOADED,
        ]
        assert (row.state, row.verification, row.file_size) == (State.DOWNLOADED, Verification.VERIFIED, row.received)
        assert Path(row.target or "").read_bytes() == FakeFetch.content("a.bin")
        (event,) = h.downloads()
        assert (event.path, event.fetched, event.sha256) == (row.target, event.bytes, row.sha256)
        (attempt,) = await h.engine.attempts(ids[0])
        assert (attempt.outcome, attempt.bytes, attempt.host) == (Outcome.DOWNLOADED, event.bytes, "fake.test")
        assert attempt.verification is Verification.VERIFIED


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (errors.ServerFailed(host="fake.test", status=500), State.FAILED, "server-failed"),
        (errors.NotFound(host="fake.test", status=404), State.GONE, "remote-gone"),
        (errors.RemoteGone(host="fake.test"), State.GONE, "remote-gone"),
        (errors.LoginNeeded(host="fake.test"), State.BLOCKED, "login-needed"),
        (errors.GatedFile(), State.BLOCKED, "gated"),
        (errors.EarlyAccess(until="2030"), State.BLOCKED, "early-access"),
        (errors.ModelArchived(), State.BLOCKED, "archived"),
        (errors.WebPage(host="fake.test"), State.FAILED, "web-page"),
        (errors.ChecksumMismatch(expected="a", actual="b"), State.QUARANTINED, "checksum-mismatch"),
        (errors.NoSpace(path="/x"), State.FAILED, "no-space"),
        (errors.TlsFailed(host="fake.test", detail="expired"), State.FAILED, "tls-failed"),
        (errors.HostUnreachable(host="fake.test"), State.FAILED, "host-unreachable"),
    ],
    ids=lambda value: value.code if isinstance(value, StabilityError) else None,
)
async def test_each_error_ends_in_its_state(tmp_path: Path, error: StabilityError, state: State, code: str) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", error)
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        bad, good = await h.settled(ids)
        assert (bad.state, bad.problem and bad.problem.code) == (state, code)
        assert h.changes(bad.id)[-1].problem == bad.problem
        assert good.state is State.DOWNLOADED
        (attempt,) = await h.engine.attempts(bad.id)
        assert (attempt.outcome, attempt.code) == (Outcome.FAILED, code)


async def test_an_unexpected_exception_is_shown_and_harms_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """G03: never a silent dead row."""
    async with Harness(tmp_path) as h:
        h.fetch.scripts["a.bin"].append(Raise(ValueError("boom")))
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        bad, good = await h.settled(ids)
        assert bad.state is State.FAILED
        assert bad.problem == Problem("internal", {"detail": "ValueError: boom"})
        assert good.state is State.DOWNLOADED
        assert "boom" in caplog.text
        (attempt,) = await h.engine.attempts(bad.id)
        assert (attempt.outcome, attempt.code) == (Outcome.FAILED, "internal")
        await h.engine.retry([bad.id])
        (again,) = await h.settled([bad.id])
        assert again.state is State.DOWNLOADED


async def test_a_hub_that_raises_what_it_should_not_is_no_dead_row(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        h.hub.errors["a.bin"] = KeyError("files")  # type: ignore[assignment]
        (row,) = await h.settled(await h.get(pack(tmp_path / "to", "a.bin")))
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "internal")


async def test_a_busy_host_is_left_alone_as_long_as_it_asks_and_others_go_on(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=ONE) as h:
        fail(h.fetch, "a.bin", errors.ServerBusy(host="fake.test", after_seconds=30.0))
        there = pack(tmp_path / "to", "a.bin", "b.bin")
        other = pack(tmp_path / "to", "c.bin", title="Other")
        away = (Address("fake", "https://away.test/c.bin"),)
        other = Expansion(
            collection=other.collection,
            resources=(msgspec.structs.replace(other.resources[0], addresses=away),),
        )
        ids = await h.get(there, other)
        await h.settled(ids[2:])
        await h.until_state(State.WAITING, ids[0])
        wait = h.changes(ids[0])[-1].wait
        assert wait is not None
        assert (wait.reason, wait.until) == (WaitReason.HOST, h.clock.wall() + 30.0)
        assert h.fetch.calls == ["a.bin", "c.bin"], "nothing else is asked of a busy host"
        h.clock.advance(29)
        assert h.state(ids[0]) is State.WAITING
        h.clock.advance(1)
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}
        assert len(await h.engine.attempts(ids[0])) == 1, "waiting is part of one attempt"


async def test_a_wait_for_a_host_can_be_skipped(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.ServerBusy(host="fake.test", after_seconds=600.0))
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.WAITING, *ids)
        await h.engine.retry(ids)
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED


async def test_a_host_that_is_busy_for_ever_ends_the_job(tmp_path: Path) -> None:
    """I7: no endless loop."""
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", *[errors.ServerBusy(host="fake.test", after_seconds=None)] * 20)
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.advance_until(lambda: h.state(ids[0]) is State.FAILED, step=60)
        assert len(h.fetch.calls) == 6


async def test_progress_forgives_earlier_waits(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        busy = errors.ServerBusy(host="fake.test", after_seconds=None)
        fail(h.fetch, "a.bin", *[busy] * 5, after=0)
        fail(h.fetch, "a.bin", busy, after=1)
        fail(h.fetch, "a.bin", *[busy] * 4, after=0)
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.advance_until(lambda: h.state(ids[0]) in (State.FAILED, State.DOWNLOADED), step=60)
        assert h.state(ids[0]) is State.DOWNLOADED


async def test_without_any_network_everything_waits_and_goes_on_by_itself(tmp_path: Path) -> None:
    """N04: nothing is FAILED because the machine was offline."""
    async with Harness(tmp_path, settings=ONE, online=False) as h:
        fail(h.fetch, "a.bin", *[errors.NameNotResolved(host="fake.test")] * 8)
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.WAITING, ids[0])
        wait = h.changes(ids[0])[-1].wait
        assert wait is not None
        assert wait.reason is WaitReason.NETWORK
        assert h.state(ids[1]) is State.QUEUED, "the others are not sent into the same wall"
        await h.advance_until(lambda: h.state(ids[0]) is State.DOWNLOADED, step=30)
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}


async def test_a_host_that_never_answered_is_at_fault_itself(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "b.bin", errors.NetworkTimeout(host="dead.test"))
        ids = await h.add(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.engine.enqueue(ids[:1])
        await h.settled(ids[:1])
        await h.engine.enqueue(ids[1:])
        (row,) = await h.settled(ids[1:])
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "network-timeout")


async def test_an_answer_wakes_everybody_who_waits_for_the_network(tmp_path: Path) -> None:
    async with Harness(tmp_path, online=False) as h:
        fail(h.fetch, "a.bin", *[errors.ConnectionLost(host="fake.test")] * 4)
        ids = await h.add(pack(tmp_path / "to", "a.bin", "b.bin"))
        (step,) = hold(h.fetch, "b.bin")
        await h.engine.enqueue(ids[1:])
        await h.until_state(State.DOWNLOADING, ids[1])
        await h.engine.enqueue(ids[:1])
        await h.until_state(State.WAITING, ids[0])
        h.fetch.scripts["a.bin"].clear()
        h.clock.advance(0.25)
        (row,) = await h.settled(ids[:1])
        assert row.state is State.DOWNLOADED
        step.go.set()
        await h.settled(ids)


async def test_a_volume_that_fills_up_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D02: keep what came, hold back what wants the same volume, go on when there is room."""
    free = 0
    async with Harness(tmp_path, settings=ONE) as h:
        fail(h.fetch, "a.bin", errors.NoSpace(path="/x", needed_bytes=100, free_bytes=0), after=5)
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.WAITING, ids[0])
        disk = h.engine._on.services.disk
        seen = 0

        async def room(target: Path, tag: str) -> Room:
            nonlocal seen
            seen += 1
            return Room(free, 10**9, 0)

        monkeypatch.setattr(disk, "room", room)
        await h.advance_until(lambda: seen >= 2, step=5)
        assert h.state(ids[0]) is State.WAITING
        assert h.fetch.calls == ["a.bin"]
        free = 10**9
        await h.advance_until(lambda: h.state(ids[0]) is State.DOWNLOADED, step=5)
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}


async def test_a_missing_volume_is_waited_for_without_flicker(tmp_path: Path) -> None:
    """D07."""
    async with Harness(tmp_path) as h:
        gone = errors.VolumeMissing(path="/x")
        h.fetch.scripts["a.bin"] += [Raise(gone, early=True)] * 3
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.WAITING, *ids)
        await h.advance_until(lambda: h.state(ids[0]) is State.DOWNLOADED, step=5)
        assert h.states(ids[0]).count(State.WAITING) == 1


async def test_a_login_is_waited_for_where_somebody_can_log_in(tmp_path: Path) -> None:
    async with Harness(tmp_path, may_log_in=True) as h:
        fail(h.fetch, "a.bin", errors.LoginNeeded(host="fake.test"))
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.WAITING, *ids)
        h.clock.advance(100_000)
        assert h.state(ids[0]) is State.WAITING
        await h.engine.retry(ids)
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED


async def test_a_file_that_is_here_already_is_not_fetched(tmp_path: Path) -> None:
    """C03: killed between the final name and the database; the next start finds the file."""
    async with Harness(tmp_path) as h:
        (tmp_path / "to").mkdir()
        (tmp_path / "to" / "a.bin").write_bytes(FakeFetch.content("a.bin"))
        ids = await h.add(pack(tmp_path / "to", "a.bin"))
        (tmp_path / "to" / f"a.bin.{ids[0][:8]}.sdlpart").write_bytes(b"x")
        await h.engine.enqueue(ids)
        (row,) = await h.settled(ids)
        assert (row.state, row.verification) == (State.DOWNLOADED, Verification.VERIFIED)
        assert h.fetch.calls == []
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["a.bin"], "the part is of no use any more"
        assert [event.fetched for event in h.downloads()] == [0]
        (attempt,) = await h.engine.attempts(ids[0])
        assert (attempt.outcome, attempt.bytes) == (Outcome.FOUND, 0)


@pytest.mark.parametrize("checksums", [True, False])
async def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path, checksums: bool) -> None:
    """P08, I2: nothing is overwritten."""
    async with Harness(tmp_path) as h:
        (tmp_path / "to").mkdir()
        place = tmp_path / "to" / "a.bin"
        place.write_bytes(b"x" * len(FakeFetch.content("a.bin")))
        (row,) = await h.settled(await h.get(pack(tmp_path / "to", "a.bin", checksums=checksums)))
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "target-taken")
        assert place.read_bytes()[:1] == b"x"


async def test_the_next_address_is_tried_and_the_first_one_explains(tmp_path: Path) -> None:
    two = pack(tmp_path / "to", "a.bin", "b.bin")
    addresses = (Address("fake", "https://second.test/", 5), Address("fake", "https://first.test/", 1))
    two = Expansion(
        collection=two.collection,
        resources=tuple(msgspec.structs.replace(each, addresses=addresses) for each in two.resources),
    )
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.ServerFailed(host="first.test", status=500))
        fail(h.fetch, "b.bin", errors.ServerFailed(host="first.test", status=500))
        fail(h.fetch, "b.bin", errors.NotFound(host="second.test"))
        good, bad = await h.settled(await h.get(two))
        assert good.state is State.DOWNLOADED
        assert (bad.state, bad.problem and bad.problem.code) == (State.FAILED, "server-failed")


async def test_a_resource_without_any_address_says_so(tmp_path: Path) -> None:
    none = pack(tmp_path / "to", "a.bin")
    none = Expansion(collection=none.collection, resources=(msgspec.structs.replace(none.resources[0], addresses=()),))
    async with Harness(tmp_path) as h:
        (row,) = await h.settled(await h.get(none))
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "not-found")


async def test_retries_of_the_byte_path_are_told(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        job = h.engine._on.fleet._jobs[ids[0]]
        job.retrying(Problem("connection-lost", {"host": "fake.test"}), 2.5)
        await h.until(lambda: any(isinstance(event, RetryScheduled) and event.after == 2.5 for event in h.events))
        step.go.set()
        await h.settled(ids)


async def test_text_of_a_server_is_neither_shown_nor_stored(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.AccessDenied(host="fake.test", status=403, body="<script>"))
        (row,) = await h.settled(await h.get(pack(tmp_path / "to", "a.bin")))
        assert row.problem == Problem("access-denied", {"host": "fake.test", "status": 403})


async def test_the_file_that_came_before_is_known_again_without_a_published_checksum(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin", checksums=False))
        (row,) = await h.settled(ids)
        os.utime(row.target or "", (5, 5))
        await h.engine.enqueue(ids)
        (again,) = await h.settled(ids)
        assert (again.state, again.verification) == (State.DOWNLOADED, Verification.UNVERIFIABLE)
        assert again.file_mtime == 5 * 10**9
        assert h.fetch.calls == ["a.bin"]


async def test_a_job_says_what_it_is(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        job = h.engine._on.fleet._jobs[ids[0]]
        assert repr(job) == f"<Job {ids[0][:8]} downloading received=10 locked>"
        assert repr(job.life) == f"<Life {ids[0][:8]} downloading received=10>"
        step.go.set()
        await h.settled(ids)


async def test_skipping_a_wait_asks_a_host_that_wanted_to_be_left_alone(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        file = origin.add("/a.bin", b"x" * 1000, statuses=[(429, {"Retry-After": "500"})])
        async with real(tmp_path) as h:
            ids = await h.get(pack_of(tmp_path / "to", [file]))
            await h.until_state(State.WAITING, *ids)
            await h.engine.retry(ids)
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED


async def test_ticks_tell_how_hosts_are_treated(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        file = origin.add("/a.bin", b"x" * 1000)
        trickle = Trickle(origin, 10)
        origin.routes[file.path] = trickle
        async with real(tmp_path) as h:
            ids = await h.get(pack_of(tmp_path / "to", [file]))
            await h.until(lambda: any(tick.entries and tick.hosts for tick in h.ticks()))
            (line,) = [tick for tick in h.ticks() if tick.entries and tick.hosts][-1].hosts
            assert (line.host, line.running, line.limit) == (origin.url("").rstrip("/"), 1, 8)
            trickle.go.set()
            await h.settled(ids)
            await h.until(lambda: h.ticks()[-1].entries == ())


async def test_nothing_that_runs_has_no_speed_and_a_pause_does_not_count(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        steps = hold(h.fetch, "a.bin", "b.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await come(h, ids[0], 1000)
        steps[0].go.set()
        await h.settled(ids)
        await h.advance_until(lambda: h.ticks()[-1].entries == ())
        assert h.ticks()[-1].speed == 0
        h.clock.advance(600)
        ids = await h.get(pack(tmp_path / "to", "b.bin"))
        await come(h, ids[0], 1000)
        assert h.ticks()[-1].speed >= 1000
        steps[1].go.set()
        await h.settled(ids)


async def come(h: Harness, resource: str, speed: float) -> None:
    """Let bytes come for some ticks, at ``speed`` bytes per second, until a tick tells so."""
    await h.until_state(State.DOWNLOADING, resource)
    live = h.engine._on.fleet._jobs[resource].live
    told = len(h.ticks())

    def has_speed() -> bool:
        live.fetched += round(speed)
        return any(tick.speed > 0 for tick in h.ticks()[told:])

    await h.advance_until(has_speed)
