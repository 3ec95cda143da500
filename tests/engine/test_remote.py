"""One engine per data directory: attached members use it, see what it does, and take over when it ends."""

from __future__ import annotations

import asyncio
import errno
import functools
import inspect
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio.to_thread
import pytest

from stabilitydl.domain.collection import Layout
from stabilitydl.domain.events import CollectionAdded, LimitChanged, ResourcesRemoved
from stabilitydl.domain.states import State
from stabilitydl.engine import remote_endpoint, remote_host, remote_membership, undo
from stabilitydl.engine.any_engine import AnyEngine
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.engine_lock import EngineLock
from stabilitydl.engine.remote import Member
from stabilitydl.engine.remote_endpoint import Endpoint
from stabilitydl.engine.remote_link import Link
from stabilitydl.engine.remote_membership import OWNERS, Membership
from stabilitydl.engine.remote_role import Role
from stabilitydl.engine.remote_wire import ALLOWED
from stabilitydl.errors import (
    EngineStopped,
    EngineUnreachable,
    InternalError,
    NotWritable,
    OtherVersion,
    StoreNotWritable,
    UsageError,
)
from stabilitydl.hubs.protocol import Destination
from stabilitydl.settings import Settings
from tests.engine.harness import PATIENCE, paths_in
from tests.engine.remote import Shared
from tests.fakes.hub import FakeHub, pack
from tests.fakes.transfer import FakeFetch, Hold

Make = Callable[..., Shared]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Members of one data directory; they are stopped at the end, the last one first."""
    monkeypatch.setattr(undo, "UNDO_SECONDS", PATIENCE)
    members: list[Shared] = []

    def start(**parts: object) -> Shared:
        member = Shared(tmp_path, **parts)  # type: ignore[arg-type]
        members.append(member)
        member.start()
        return member

    yield start
    for member in reversed(members):
        assert member.stop(PATIENCE)


def hold(member: Shared, *names: str) -> list[Hold]:
    """Let these files download until they are told to go on."""
    steps = [Hold() for _ in names]
    for name, step in zip(names, steps, strict=True):
        member.fetch.scripts[name].append(step)
    return steps


def test_the_second_one_attaches_and_both_see_what_happens(make: Make, tmp_path: Path) -> None:
    """P04."""
    owner, other = make(), make()
    assert (owner.is_owner, other.is_owner) == (True, False)
    assert (len(owner.engines), len(other.engines)) == (1, 0)
    expansion = pack(tmp_path / "to", "a.bin", "b.bin")
    ids = [each.id for each in expansion.resources]
    other.call(other.engine.add, [expansion])
    other.call(other.engine.enqueue, ids)
    rows = other.call(other.engine.wait_settled, ids)
    assert [row.state for row in rows] == [State.DOWNLOADED] * 2
    assert rows == owner.call(owner.engine.snapshots, ids)
    # An answer comes after the events that came before it.
    assert [other.state(each) for each in ids] == [State.DOWNLOADED] * 2
    for member in (owner, other):
        assert sorted(each.name for each in member.downloads()) == ["a.bin", "b.bin"]
        for each in ids:
            assert member.states(each) == owner.states(each)
    assert owner.fetch.calls == ["a.bin", "b.bin"]
    assert other.fetch.calls == []


def test_what_is_asked_twice_is_brought_once(make: Make, tmp_path: Path) -> None:
    """P04."""
    owner, other = make(), make()
    (step,) = hold(owner, "a.bin")
    expansion = pack(tmp_path / "to", "a.bin")
    ids = [expansion.resources[0].id]
    for member in (owner, other):
        member.call(member.engine.add, [expansion])
        member.call(member.engine.enqueue, ids)
    other.until_state(State.DOWNLOADING, *ids)
    owner.call(step.go.set)
    for member in (owner, other):
        (row,) = member.call(member.engine.wait_settled, ids)
        assert row.state is State.DOWNLOADED
    assert owner.fetch.calls == ["a.bin"]


def test_every_method_of_an_engine_works_from_another_process(make: Make, tmp_path: Path) -> None:
    hub = FakeHub()
    hub.packs["p"] = expansion = pack(tmp_path / "to", "a.bin", "b.bin")
    owner, other = make(hub=hub), make()
    engine = other.engine
    first, second = (each.id for each in expansion.resources)

    found, problems = other.call(engine.expand, ["fake:p", "fake:q"], Destination(tmp_path, Layout.FLAT))
    assert found == [expansion]
    assert [problem.code for problem in problems] == ["not-found"]
    assert [one.row.resource for one in other.call(engine.foresee, expansion)] == list(expansion.resources)
    other.call(engine.add, found)
    (snapshot,) = other.call(engine.collections)
    assert other.call(engine.find_collections, snapshot.id[:8]) == [snapshot.collection]
    assert {row.id for row in other.call(engine.resources)} == {first, second}
    assert other.call(engine.free_space, tmp_path) > 0
    other.call(engine.prepare, tmp_path / "to", 10)
    hold(owner, *["a.bin"] * 6)
    other.call(engine.enqueue, [first])
    other.until_state(State.DOWNLOADING, first)
    other.call(engine.pause, [first])
    assert other.state(first) is State.PAUSED
    assert other.call(engine.go_on) == []
    other.call(engine.resume, [first])
    other.until_state(State.DOWNLOADING, first)
    other.call(engine.cancel, [first])
    assert other.call(engine.undo_cancel, [first]) == [first]
    other.call(engine.pause, [first])
    assert other.call(engine.go_on, expansion.collection.id) == [first]
    other.until_state(State.DOWNLOADING, first)
    other.call(engine.retry, [second])
    other.call(engine.refresh)
    assert len(other.call(engine.attempts, first)) >= 3
    other.call(engine.remove, [first], with_files=True)
    assert [row.id for row in other.call(engine.snapshots, [first, second])] == [second]
    assert any(isinstance(each, ResourcesRemoved) for each in other.events)
    other.call(engine.set_limit, 1000)
    other.call(engine.set_resource_limit, [second], 5000)
    assert other.call(engine.snapshots, [second])[0].rate_limit == 5000
    other.until(lambda: any(isinstance(each, LimitChanged) for each in other.events))
    assert other.call(engine.repair, [second]) == []
    other.call(engine.set_weight, [expansion.collection.id], 2.5)
    assert other.call(engine.collections)[0].collection.weight == 2.5
    other.call(engine.set_settings, Settings(jobs=7))
    other.call(engine.collections)
    assert owner.engines[0].settings == Settings(jobs=7)


def test_no_method_of_an_engine_is_forgotten() -> None:
    def methods(kind: type) -> dict[str, inspect.Signature]:
        return {
            name: inspect.signature(method)
            for name, method in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    local = {"run", "stop", "subscribe", "listen"}
    engine, member, protocol = methods(Engine), methods(Member), methods(AnyEngine)
    assert engine.keys() - local == ALLOWED
    assert engine.keys() == protocol.keys()
    for name in ALLOWED:
        assert engine[name] == member[name] == protocol[name], name


def test_errors_are_the_same_ones(make: Make, tmp_path: Path) -> None:
    owner, other = make(), make()
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable) as here:
        owner.call(owner.engine.prepare, tmp_path / "file" / "folder", 1)
    with pytest.raises(NotWritable) as there:
        other.call(other.engine.prepare, tmp_path / "file" / "folder", 1)
    assert there.value.arguments == here.value.arguments
    with pytest.raises(UsageError, match="no text"):
        other.call(other.engine.find_collections, "bad \udcff name")
    assert other.call(other.engine.free_space, tmp_path / os.fsdecode(b"no \xff text")) > 0


def test_a_bug_in_the_owner_is_told_and_harms_nobody(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    @functools.wraps(Engine.find_collections)
    async def broken(self: Engine, text: str) -> list[object]:
        raise ZeroDivisionError(text)

    _, other = make(), make()
    monkeypatch.setattr(Engine, "find_collections", broken)
    with pytest.raises(InternalError, match="ZeroDivisionError: ask"):
        other.call(other.engine.find_collections, "ask")
    assert other.call(other.engine.collections) == []
    assert "a call of another process failed" in caplog.text


def test_when_the_owner_stops_another_one_goes_on(make: Make, tmp_path: Path) -> None:
    owner, other, third = make(), make(), make()
    hold(owner, "a.bin", "b.bin", "c.bin")
    mine, theirs = pack(tmp_path / "1", "a.bin", title="1"), pack(tmp_path / "2", "b.bin", "c.bin", title="2")
    a, b, c = (each.id for each in (*mine.resources, *theirs.resources))
    owner.call(owner.engine.add, [mine, theirs])
    owner.call(owner.engine.enqueue, [a])
    other.call(other.engine.enqueue, [b, c])
    other.until_state(State.DOWNLOADING, a, b, c)
    third.call(third.engine.pause, [c])
    third_waits = third.begin(third.engine.wait_settled, [b])

    assert owner.stop(PATIENCE)
    (row, paused) = other.call(other.engine.wait_settled, [b, c])
    assert (row.state, paused.state) == (State.DOWNLOADED, State.PAUSED)
    assert other.is_owner or third.is_owner
    assert [row.state for row in third_waits.result(PATIENCE)] == [State.DOWNLOADED]
    # What the first one had asked for itself waits for its next start.
    assert other.call(other.engine.snapshots, [a])[0].state is State.QUEUED
    for member in (other, third):
        member.until_state(State.QUEUED, a)
        assert [each.name for each in member.downloads()] == ["b.bin"]
        assert member.state(c) is State.PAUSED
    with pytest.raises(EngineStopped):
        owner.call(owner.engine.collections)


def test_who_goes_on_with_everything_goes_on_with_what_others_left(make: Make, tmp_path: Path) -> None:
    owner, other = make(), make()
    hold(owner, "a.bin")
    expansion = pack(tmp_path / "to", "a.bin")
    ids = [expansion.resources[0].id]
    assert other.call(other.engine.go_on) == []
    owner.call(owner.engine.add, [expansion])
    owner.call(owner.engine.enqueue, ids)
    other.until_state(State.DOWNLOADING, *ids)
    assert owner.stop(PATIENCE)
    other.until_owner()
    (row,) = other.call(other.engine.wait_settled, ids)
    assert row.state is State.DOWNLOADED


def test_subscribers_are_told_what_they_missed(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, other = make(), make()
    steps = hold(owner, "a.bin", "b.bin", "c.bin", "d.bin")
    expansion = pack(tmp_path / "to", "a.bin", "b.bin", "c.bin", "d.bin")
    a, b, c, d = (each.id for each in expansion.resources)
    owner.call(owner.engine.add, [expansion])
    owner.call(owner.engine.enqueue, [a, b, c, d])
    other.until_state(State.DOWNLOADING, a, b, c, d)
    before = len(other.events)
    # From now on no event leaves the owner any more.
    monkeypatch.setattr(remote_host, "NEWS_SECONDS", 1000.0)
    other.begin(other.engine.find_collections, "x").result(PATIENCE)
    owner.call(steps[0].go.set)
    owner.call(owner.engine.wait_settled, [a])
    owner.call(owner.engine.remove, [b])
    owner.call(owner.engine.pause, [c])
    assert other.state(a) is State.DOWNLOADING
    monkeypatch.undo()
    assert owner.stop(PATIENCE)
    other.until_owner()
    assert [other.state(each) for each in (a, c, d)] == [State.DOWNLOADED, State.PAUSED, State.QUEUED]
    (brought,) = other.downloads()
    assert (brought.name, brought.fetched) == ("a.bin", brought.bytes)
    missed = other.events[before:]
    assert [each.resources for each in missed if isinstance(each, ResourcesRemoved)] == [(b,)]
    assert any(isinstance(each, CollectionAdded) for each in missed)


def test_live_settings_outlive_the_owner(make: Make) -> None:
    owner, other = make(), make()
    other.call(other.engine.set_settings, Settings(jobs=9))
    other.call(other.engine.collections)
    assert owner.engines[0].settings.jobs == 9
    assert owner.stop(PATIENCE)
    other.until_owner()
    assert other.engines[0].settings.jobs == 9


def test_many_owners_one_after_the_other(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expansion = pack(tmp_path / "to", "a.bin")
    ids = [expansion.resources[0].id]
    members = [make() for _ in range(OWNERS + 2)]
    last = members[-1]
    last.call(last.engine.add, [expansion])
    for member in members[:-1]:
        hold(member, "a.bin")
    last.call(last.engine.enqueue, ids)
    waiting = last.begin(last.engine.wait_settled, ids)
    left = set(members)
    take = last.engine._lock.take
    monkeypatch.setattr(last.engine._lock, "take", lambda: left == {last} and take())
    while left != {last}:
        last.until_state(State.DOWNLOADING, *ids)
        last.until(lambda: any(member.is_owner for member in left))
        (owner,) = [member for member in left if member.is_owner]
        # Its answer comes behind the question of who waits.
        last.call(last.engine.collections)
        left.discard(owner)
        assert owner.stop(PATIENCE)
    assert [row.state for row in waiting.result(PATIENCE)] == [State.DOWNLOADED]


@pytest.mark.anyio
async def test_a_call_that_its_owners_die_of_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = paths_in(tmp_path)
    paths.data.mkdir(parents=True)
    member = Membership(paths, lambda: pytest.fail("no engine is wanted"))
    asked: list[Link] = []

    async def next_owner(_last: Role | None) -> Role:
        endpoint = Endpoint(port=len(asked) + 1, secret=remote_endpoint.new_secret(), pid=1, version="1")
        endpoint.write(paths.data)
        link = Link(None, endpoint, lambda _: None, lambda _: None)  # type: ignore[arg-type]
        link._lost.set()
        asked.append(link)
        return link

    monkeypatch.setattr(member, "_current", next_owner)
    with pytest.raises(EngineStopped):
        await member._ask(Engine.collections)
    assert len(asked) == OWNERS


def test_detaching_leaves_nothing(make: Make, tmp_path: Path) -> None:
    owner, other = make(), make()
    hold(owner, "a.bin")
    expansion = pack(tmp_path / "to", "a.bin")
    ids = [expansion.resources[0].id]
    engine = owner.engines[0]

    def tasks() -> int:
        return owner.call(lambda: len([each for each in asyncio.all_tasks() if "Guest" in repr(each)]))

    other.call(other.engine.add, [expansion])
    other.call(other.engine.enqueue, ids)
    waiting = other.begin(other.engine.wait_settled, ids)
    owner.until_state(State.DOWNLOADING, *ids)
    # The one that serves it, and the call that waits, which may be on its way still.
    owner.until(lambda: tasks() == 2)
    assert other.stop(PATIENCE)
    assert waiting.cancelled() or isinstance(waiting.exception(), EngineStopped)
    # The owner itself and its gallery.
    owner.until(lambda: repr(engine.publisher) == "<Publisher 2 subscribers>")
    owner.until(lambda: tasks() == 0)
    # What it asked for goes on: the engine lives.
    assert owner.state(ids[0]) is State.DOWNLOADING


def test_a_command_is_carried_out_although_its_sender_left(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go, done = threading.Event(), threading.Event(), threading.Event()
    original = Engine.add

    @functools.wraps(Engine.add)
    async def slow(self: Engine, expansions: object) -> None:
        entered.set()
        await anyio.to_thread.run_sync(go.wait)
        await original(self, expansions)  # type: ignore[arg-type]
        done.set()

    owner, other = make(), make()
    monkeypatch.setattr(Engine, "add", slow)
    other.begin(other.engine.add, [pack(tmp_path / "to", "a.bin")])
    assert entered.wait(PATIENCE)
    assert other.stop(PATIENCE)
    go.set()
    assert done.wait(PATIENCE)
    assert len(owner.call(owner.engine.collections)) == 1


class TestWindow:
    """P01."""

    def test_the_second_start_raises_the_window_of_the_first(self, make: Make) -> None:
        raised: list[list[str]] = []
        owner, other, third = make(), make(), make()
        assert not other.call(other.engine.show_window, ["x"])
        assert owner.call(owner.engine.claim_window, lambda locators: raised.append(list(locators)), ["own"])
        assert raised == []
        assert not other.call(other.engine.claim_window, lambda _: raised.append(["wrong"]), ["a", "b"])
        assert third.call(third.engine.show_window, ["c"])
        assert raised == [["a", "b"], ["c"]]

    def test_the_window_may_be_in_an_attached_process_and_outlives_the_owner(self, make: Make) -> None:
        raised: list[list[str]] = []
        owner, window, second = make(), make(), make()

        def show(locators: object) -> None:
            raised.append(list(locators))  # type: ignore[call-overload]

        assert window.call(window.engine.claim_window, show)
        assert not second.call(second.engine.claim_window, lambda _: raised.append(["wrong"]), ["a"])
        window.until(lambda: raised == [["a"]])
        assert owner.call(owner.engine.show_window, ["b"])
        window.until(lambda: raised == [["a"], ["b"]])
        assert owner.stop(PATIENCE)
        window.until(lambda: window.is_owner or second.is_owner)
        window.call(window.engine.collections)
        assert second.call(second.engine.show_window, ["c"])
        window.until(lambda: raised == [["a"], ["b"], ["c"]])

    def test_a_window_that_has_gone_is_none(self, make: Make) -> None:
        owner, window = make(), make()
        assert window.call(window.engine.claim_window, print)
        assert window.stop(PATIENCE)
        owner.until(lambda: not owner.call(owner.engine.show_window, ["a"]))
        assert owner.call(owner.engine.claim_window, print)

    def test_a_window_that_fails_is_none(self, make: Make, caplog: pytest.LogCaptureFixture) -> None:
        def fail(locators: object) -> None:
            raise RuntimeError("no display")

        owner, other = make(), make()
        assert owner.call(owner.engine.claim_window, fail)
        assert other.call(other.engine.claim_window, print)
        assert "the window cannot be raised" in caplog.text


class TestStart:
    def test_the_endpoint_is_for_its_user_alone_and_goes_with_the_owner(self, make: Make, tmp_path: Path) -> None:
        owner = make()
        path = paths_in(tmp_path).data / remote_endpoint.NAME
        assert path.stat().st_mode & 0o777 == 0o600
        endpoint = remote_endpoint.read(path.parent)
        assert endpoint is not None
        assert endpoint.pid == os.getpid()
        assert endpoint.secret not in repr(endpoint)
        assert owner.stop(PATIENCE)
        assert not path.exists()
        assert [each.name for each in path.parent.iterdir() if each.name.startswith("engine")] == []

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b'{"port": 0, "secret": "x", "pid": 1, "version": "1"}',
            b'{"port": 9, "secret": "%s", "pid": 1, "version": "1"}' % (b"a" * 64),
        ],
        ids=["empty", "cut", "wrong", "dead"],
    )
    def test_what_a_dead_owner_left_is_ignored(self, content: bytes, make: Make, tmp_path: Path) -> None:
        """P02."""
        data = paths_in(tmp_path).data
        data.mkdir(parents=True)
        (data / remote_endpoint.NAME).write_bytes(content)
        assert make().is_owner
        assert not make().is_owner

    def test_an_owner_that_opens_its_engine_is_waited_for(self, make: Make, tmp_path: Path) -> None:
        lock = EngineLock(paths_in(tmp_path).locks)
        assert lock.take()
        started = threading.Event()
        member = Shared(tmp_path)
        starter = threading.Thread(target=lambda: (member.start(), started.set()))
        starter.start()
        assert not started.wait(0.2)
        lock.release()
        starter.join(PATIENCE)
        assert started.is_set()
        assert member.is_owner
        assert member.stop(PATIENCE)

    def test_one_that_never_answers_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(remote_membership, "PATIENCE_SECONDS", 0.2)
        lock = EngineLock(paths_in(tmp_path).locks)
        assert lock.take()
        member = Shared(tmp_path)
        with pytest.raises(EngineUnreachable):
            member.start()
        assert member.stop(PATIENCE)
        lock.release()

    def test_another_version_is_named(self, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make()
        monkeypatch.setattr("stabilitydl.engine.remote_link.__version__", "0.0.1")
        member = Shared(tmp_path)
        with pytest.raises(OtherVersion) as error:
            member.start()
        assert error.value.arguments["pid"] == os.getpid()
        assert member.stop(PATIENCE)

    def test_what_keeps_the_engine_from_starting_is_raised_and_the_lock_let_go(self, tmp_path: Path) -> None:
        data = paths_in(tmp_path).data
        (data / "stabilitydl.db").mkdir(parents=True)
        for _ in range(2):
            member = Shared(tmp_path)
            with pytest.raises(StoreNotWritable):
                member.start()
            assert member.stop(PATIENCE)
        (data / "stabilitydl.db").rmdir()
        member = Shared(tmp_path)
        member.start()
        assert member.is_owner
        assert member.stop(PATIENCE)

    def test_without_a_loopback_it_works_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def refuse(**kwargs: object) -> None:
            raise OSError("no network at all")

        monkeypatch.setattr("anyio.create_tcp_listener", refuse)
        member = Shared(tmp_path)
        member.start()
        assert member.is_owner
        assert member.call(member.engine.collections) == []
        assert "other processes cannot attach: no network at all" in caplog.text
        assert member.stop(PATIENCE)

    def test_before_and_after_it_runs_calls_are_refused(self, tmp_path: Path) -> None:
        member = Shared(tmp_path)
        assert not member.is_owner
        with pytest.raises(EngineStopped):
            _ = member.engine
        assert member.stop(PATIENCE)
        member.start()
        assert repr(member.engine).startswith(f"<Member of {tmp_path / 'data'} owns <Engine ")
        assert member.stop(PATIENCE)
        with pytest.raises(EngineStopped):
            member.call(member.engine.collections)


def test_the_path_of_a_list_does_not_depend_on_the_folder_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stabilitydl.engine.remote_link import absolute

    (tmp_path / "pack.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    assert absolute(" pack.txt ") == str(tmp_path / "pack.txt")
    assert absolute("pack.txt+https://h/x/") == f"{tmp_path / 'pack.txt'}+https://h/x/"
    for other in ("https://h/pack.txt", "none.txt", "org/repo", "", "\0"):
        assert absolute(other) == other


class TestWithoutLocks:
    """P03: locks of files mean nothing in the data directory, or cannot be had there."""

    @pytest.fixture(params=["mean nothing", "ENOLCK", "ENOSYS"], autouse=True)
    def no_locks(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        def flock(descriptor: int, operation: int) -> None:
            if request.param != "mean nothing":
                raise OSError(getattr(errno, request.param), "no locks")

        monkeypatch.setattr("fcntl.flock", flock)

    def test_there_is_one_owner_all_the_same(self, make: Make, tmp_path: Path) -> None:
        owner, other = make(), make()
        assert (owner.is_owner, other.is_owner) == (True, False)
        expansion = pack(tmp_path / "to", "a.bin")
        ids = [expansion.resources[0].id]
        other.call(other.engine.add, [expansion])
        other.call(other.engine.enqueue, ids)
        (row,) = other.call(other.engine.wait_settled, ids)
        assert row.state is State.DOWNLOADED
        assert owner.stop(PATIENCE)
        assert other.call(other.engine.snapshots, ids) == [row]
        assert other.is_owner

    def test_one_that_was_killed_stands_in_nobodys_way(self, tmp_path: Path) -> None:
        """P02."""
        locks = paths_in(tmp_path).locks
        take = (
            "import fcntl, os, sys; from pathlib import Path; fcntl.flock = lambda *_: None;"
            "from stabilitydl.engine.engine_lock import EngineLock;"
            "assert EngineLock(Path(sys.argv[1])).take(); os._exit(0)"
        )
        subprocess.run([sys.executable, "-c", take, str(locks)], check=True)
        assert len(list(locks.iterdir())) == 2, "the file and the record"
        first, second = EngineLock(locks), EngineLock(locks)
        assert first.take()
        assert not second.take()
        first.release()
        assert second.take()
        second.release()
        assert [path.name for path in locks.iterdir()] == ["engine.lock"]


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lock = EngineLock(tmp_path / "file" / "locks")
    with pytest.raises(NotWritable):
        lock.take()
    lock.release()
    assert not lock.is_held


def test_what_left_the_list_is_not_asked_for_again(make: Make, tmp_path: Path) -> None:
    owner, other = make(fetch=FakeFetch()), make()
    hold(owner, "a.bin")
    expansion = pack(tmp_path / "to", "a.bin")
    ids = [expansion.resources[0].id]
    other.call(other.engine.add, [expansion])
    other.call(other.engine.enqueue, ids)
    owner.call(owner.engine.remove, ids)
    assert owner.stop(PATIENCE)
    other.until_owner()
    assert other.call(other.engine.resources) == []
    assert other.fetch.calls == []


def test_what_has_come_is_remembered_by_nobody(make: Make, tmp_path: Path) -> None:
    """G09: a process that runs for days does not keep the ids of all that went through it."""
    owner, other = make(), make()
    expansion = pack(tmp_path / "to", "a.bin", "b.bin", "c.bin")
    ids = [each.id for each in expansion.resources]
    *first, last = hold(owner, "a.bin", "b.bin", "c.bin")
    for member in (owner, other):
        member.call(member.engine.add, [expansion])
        member.call(member.engine.enqueue, ids)
    for step in first:
        owner.call(step.go.set)
    for each in ids[:2]:
        other.until_state(State.DOWNLOADED, each)
    assert set(other.engine._wanted) == set(ids[2:]), "only what is on its way"
    owner.call(last.go.set)
    for member in (owner, other):
        member.call(member.engine.wait_settled, ids)
        assert not member.engine._wanted
