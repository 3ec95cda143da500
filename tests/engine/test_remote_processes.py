"""Real processes on one data directory: one engine, whoever dies."""

from __future__ import annotations

import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import anyio
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.engine import remote_endpoint
from stabilitydl.engine.remote_membership import POLL_SECONDS
from tests.e2e.program import Program, files_in, finish, sha256, wait_until
from tests.e2e.watched import Watched, owner_of
from tests.engine.harness import PATIENCE, paths_in
from tests.engine.remote import Shared
from tests.fakes.origin import FileOrigin, Served

MIB = 1024 * 1024

TAKE_OVER_SECONDS = 2.0
"""From the death of an owner until another process goes on, at most."""


@pytest.fixture
def program(home: Path) -> Program:
    return Program(home)


def publish(origin: FileOrigin, folder: Path, count: int, size: int) -> tuple[Path, list[Served]]:
    """Random files, and a list of them in ``folder``."""
    files = [origin.add(f"/{folder.name}-{number:02}.safetensors", os.urandom(size)) for number in range(count)]
    path = folder / "pack.txt"
    path.write_text("".join(f"{file.url} sha256:{file.sha256}\n" for file in files))
    return path, files


def hold(file: Served, at: int, gate: threading.Event | None = None) -> threading.Event:
    """Let next to nothing of a file pass after its first ``at`` bytes until the gate is set."""
    file.body_gate, file.gate_at, file.drips = gate or threading.Event(), at, True
    return file.body_gate


def until_received(watched: Watched, count: int) -> None:
    """Return when so many bytes were reported of some file."""
    wait_until(lambda: any(line["received"] >= count for line in watched.of("progress")), watched.process)


def until_downloading(watched: Watched, count: int) -> None:
    """Return when so many files were begun with."""
    wait_until(
        lambda: len([line for line in watched.of("state") if line["to"] == "downloading"]) == count, watched.process
    )


def assert_arrived(target: Path, files: list[Served]) -> None:
    found = {name: sha256(path) for name, path in files_in(target).items()}
    assert found == {file.path.lstrip("/"): file.sha256 for file in files}


def test_two_at_once_fetch_each_file_once(program: Program, tmp_path: Path) -> None:
    """P04."""
    with FileOrigin() as origin:
        path, files = publish(origin, tmp_path, 30, 100_000)
        arguments = ("get", path, "--to", tmp_path / "to", "--json")
        with program.start(*arguments) as one, program.start(*arguments) as other:
            results = finish(one), finish(other)
        assert [result.code for result in results] == [0, 0], results
        assert [origin.times(file.path) for file in files] == [1] * 30
        for result in results:
            assert result.summary["downloaded"] + result.summary["skipped"] == 30
    assert_arrived(tmp_path / "to", files)
    assert owner_of(program) is None


def test_what_runs_is_seen_and_stopped_from_elsewhere(program: Program, tmp_path: Path) -> None:
    """P04. The second command asks for the same file from another folder, with limits of its own."""
    with FileOrigin() as origin:
        path, (file,) = publish(origin, tmp_path, 1, 8 * MIB)
        gate = hold(file, MIB)
        with program.start("get", path, "--to", tmp_path / "to", "--json") as process:
            first = Watched(process)
            first.until("state", to="downloading")
            with program.start("get", path.name, "--to", tmp_path / "to", "--json", "--jobs", "1") as attached:
                second = Watched(attached)
                until_received(second, MIB)
                assert owner_of(program) == process.pid
                paused = program.run("pause")
                assert (paused.code, paused.err.split(";")[0]) == (0, "1 file paused")
                for watched in (first, second):
                    watched.until("state", to="paused")
                    assert watched.end() == 1
                assert attached.stderr is not None
                assert "its limits hold, not those given here" in attached.stderr.read()
        gate.set()
        assert origin.times(file.path) == 1
        assert program.run("resume", path).code == 0
    assert_arrived(tmp_path / "to", [file])


def test_an_attached_command_may_go_without_stopping_anything(program: Program, tmp_path: Path) -> None:
    with FileOrigin() as origin:
        path, (file,) = publish(origin, tmp_path, 1, 8 * MIB)
        gate = hold(file, MIB)
        with program.start("get", path, "--to", tmp_path / "to", "--json") as process:
            first = Watched(process)
            first.until("state", to="downloading")
            with program.start("get", path, "--to", tmp_path / "to", "--json") as attached:
                Watched(attached).until("progress")
                assert connections(process.pid) == 1
                with program.start("get", path, "--to", tmp_path / "to", "--json") as other:
                    second = Watched(other)
                    second.until("progress")
                    attached.send_signal(signal.SIGINT)
                    assert attached.wait(PATIENCE) == 130
                    assert attached.stderr is not None
                    assert "The files go on in the other stabilitydl" in attached.stderr.read()
                    other.kill()
                    other.wait()
            wait_until(lambda: connections(process.pid) == 0, process)
            gate.set()
            assert first.end() == 0
        assert origin.times(file.path) == 1
    assert_arrived(tmp_path / "to", [file])


def connections(pid: int) -> int:
    """Established connections to the port on which process ``pid`` serves its engine."""
    listed = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [(line.split()[1], line.split()[2], line.split()[3], line.split()[9]) for line in listed]
    sockets = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(str(entry.readlink()))
        except OSError:
            continue
    mine = [row for row in rows if f"socket:[{row[3]}]" in sockets]
    served = {local for local, _, state, _ in mine if state == "0A"}
    return sum(local in served and state == "01" for local, _, state, _ in mine)


def kill_the_owner(program: Program, tmp_path: Path) -> float:
    """Kill the owner, which brings some files, while another command waits for others; seconds until these go on.

    In the end all of them are there, verified.
    """
    with FileOrigin() as origin:
        gate = threading.Event()
        places = [tmp_path / name for name in ("a", "b")]
        for place in places:
            place.mkdir()
        (list_a, files_a), (list_b, files_b) = (publish(origin, place, 2, 6 * MIB) for place in places)
        for file in (*files_a, *files_b):
            hold(file, 2 * MIB, gate)
        with program.start("get", list_a, "--to", tmp_path / "a" / "to", "--json") as process:
            first = Watched(process)
            until_downloading(first, 2)
            with program.start("get", list_b, "--to", tmp_path / "b" / "to", "--json") as attached:
                second = Watched(attached)
                until_downloading(second, 2)
                second.until("progress")
                assert owner_of(program) == process.pid
                begun = begins(second)
                process.kill()
                killed = time.monotonic()
                process.wait()
                wait_until(lambda: begins(second) > begun, attached)
                seconds = time.monotonic() - killed
                assert owner_of(program) == attached.pid
                gate.set()
                assert second.end() == 0
                assert second.of("summary")[0]["downloaded"] == 2
        resumed = program.run("resume", "--json")
        assert resumed.code == 0, resumed.err
        assert [event["verification"] for event in resumed.of("downloaded")] == ["verified"] * 2
    assert_arrived(tmp_path / "a" / "to", files_a)
    assert_arrived(tmp_path / "b" / "to", files_b)
    assert owner_of(program) is None
    return seconds


def begins(watched: Watched) -> int:
    """How often it was said that a file is begun with."""
    return sum(line["to"] == "resolving" for line in watched.of("state"))


def test_when_the_owner_is_killed_another_takes_over(program: Program, tmp_path: Path) -> None:
    """P02: and what the killed one was bringing goes on when it is asked for."""
    kill_the_owner(program, tmp_path)


class Unhurried(SystemClock):
    """Waits of more than two seconds never end; ``looks`` counts the others."""

    looks = 0

    async def sleep(self, seconds: float) -> None:
        await super().sleep(self._asked(seconds))

    def fail_after(self, seconds: float) -> AbstractContextManager[anyio.CancelScope]:
        return super().fail_after(self._asked(seconds))

    def _asked(self, seconds: float) -> float:
        self.looks += seconds == POLL_SECONDS
        return seconds if seconds <= TAKE_OVER_SECONDS else math.inf


def test_a_take_over_waits_for_nothing_that_takes_long(program: Program, home: Path, tmp_path: Path) -> None:
    """P02: the death of an owner is noticed by itself, and then a few looks are enough, however slow the machine is."""
    with FileOrigin() as origin:
        own, (file,) = publish(origin, tmp_path, 1, 2 * MIB)
        file.body_gate, file.gate_at = threading.Event(), MIB
        with program.start("get", own, "--to", tmp_path / "to", "--json") as process:
            Watched(process).until("state", to="downloading")
            clock = Unhurried()
            member = Shared(home, clock=clock)
            member.start()
            assert not member.is_owner
            process.kill()
            process.wait()
            before = clock.looks
            member.until_owner()
            assert (clock.looks - before) * POLL_SECONDS <= TAKE_OVER_SECONDS
            assert member.stop(PATIENCE)
        file.body_gate.set()


@pytest.mark.bench
def test_a_take_over_takes_two_seconds_at_most(program: Program, tmp_path: Path) -> None:
    seconds = kill_the_owner(program, tmp_path)
    print(f"\ntake-over: {seconds:.2f} s")
    assert seconds <= TAKE_OVER_SECONDS


def test_an_owner_that_is_done_hands_over(program: Program, tmp_path: Path) -> None:
    with FileOrigin() as origin:
        (tmp_path / "1").mkdir()
        own, (quick,) = publish(origin, tmp_path / "1", 1, MIB)
        slow = origin.add("/slow.safetensors", os.urandom(8 * MIB))
        soon, late = hold(quick, 1000), hold(slow, 2 * MIB)
        with program.start("get", own, "--to", tmp_path / "to", "--json") as process:
            first = Watched(process)
            first.until("state", to="downloading")
            with program.start("get", slow.url, "--to", tmp_path / "to", "--json") as attached:
                second = Watched(attached)
                until_received(second, 2 * MIB)
                assert owner_of(program) == process.pid
                soon.set()
                assert first.end() == 0
                second.until("state", to="queued")
                wait_until(lambda: owner_of(program) == attached.pid, attached)
                late.set()
                assert second.end() == 0
    assert_arrived(tmp_path / "to", [quick, slow])


class Crowd:
    """`tests.engine.remote_crowd` as a process, its words by process id."""

    def __init__(self, home: Path, count: int) -> None:
        self.said: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.remote_crowd", str(home), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        )
        self._reader = threading.Thread(target=self._read, name="crowd", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self.said.put(line.split())

    def until(self, *words: str) -> int:
        """The process that says ``words`` next; what others say meanwhile is passed over."""
        while True:
            pid, *said = self.said.get(timeout=PATIENCE)
            if said[: len(words)] == list(words):
                return int(pid)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self._reader.join(PATIENCE)
        self.process.wait(PATIENCE)


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    found = Crowd(tmp_path, 20)
    yield found
    found.close()


def test_of_twenty_starts_at_once_one_owns_and_one_has_the_window(crowd: Crowd, tmp_path: Path) -> None:
    """P01, P02."""
    roles: dict[int, list[str]] = {}
    raised = 0
    owns: list[int] = []
    while len(roles) < 20 or not owns or raised < 19:
        pid, word, *more = crowd.said.get(timeout=PATIENCE)
        if word in ("owner", "attached"):
            roles[int(pid)] = [word, *more]
        elif word == "owns":
            owns.append(int(pid))
        else:
            raised += 1
    owners = [pid for pid, (word, _) in roles.items() if word == "owner"]
    assert owners == owns
    assert len(owners) == 1
    assert sum(window == "window" for _, window in roles.values()) == 1
    endpoint = remote_endpoint.read(paths_in(tmp_path).data)
    assert endpoint is not None
    assert endpoint.pid == owners[0]
    for _ in range(3):
        os.kill(owners[-1], signal.SIGKILL)
        owners.append(crowd.until("owns"))
    assert len(set(owners)) == 4
