"""Real processes on one data directory: one engine, whoever dies."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.engine import remote_endpoint
from tests.e2e.program import Program, files_in, finish, sha256, stop, wait_until
from tests.e2e.watched import Watched, owner_of
from tests.engine.harness import PATIENCE, paths_in
from tests.fakes.origin import FileOrigin, Served

MIB = 1024 * 1024


@pytest.fixture
def program(home: Path) -> Program:
    return Program(home)


def publish(origin: FileOrigin, folder: Path, count: int, size: int) -> tuple[Path, list[Served]]:
    files = [origin.add(f"/{folder.name}-{number:02}.safetensors", os.urandom(size)) for number in range(count)]
    path = folder / "pack.txt"
    path.write_text("".join(f"{file.url} sha256:{file.sha256}\n" for file in files))
    return path, files


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
        file.body_gate, file.gate_at = threading.Event(), MIB
        with program.start("get", path, "--to", tmp_path / "to", "--json") as process:
            first = Watched(process)
            first.until("state", to="downloading")
            with program.start("get", path.name, "--to", tmp_path / "to", "--json", "--jobs", "1") as attached:
                second = Watched(attached)
                second.until("progress", received=MIB)
                assert owner_of(program) == process.pid
                paused = program.run("pause")
                assert (paused.code, paused.err.split(";")[0]) == (0, "1 file paused")
                for watched in (first, second):
                    watched.until("state", to="paused")
                    assert watched.end() == 1
                assert attached.stderr is not None
                assert "its limits hold, not those given here" in attached.stderr.read()
        file.body_gate.set()
        assert origin.times(file.path) == 1
        assert program.run("resume", path).code == 0
    assert_arrived(tmp_path / "to", [file])


def test_an_attached_command_may_go_without_stopping_anything(program: Program, tmp_path: Path) -> None:
    with FileOrigin() as origin:
        path, (file,) = publish(origin, tmp_path, 1, 8 * MIB)
        file.body_gate, file.gate_at = threading.Event(), MIB
        with program.start("get", path, "--to", tmp_path / "to", "--json") as process:
            first = Watched(process)
            first.until("state", to="downloading")
            with program.start("get", path, "--to", tmp_path / "to") as attached:
                wait_until(lambda: connections(process.pid) == 1, attached)
                with program.start("get", path, "--to", tmp_path / "to", "--json") as other:
                    second = Watched(other)
                    second.until("progress")
                    result = stop(attached)
                    assert result.code == 130
                    assert "The files go on in the other stabilitydl" in result.err
                    other.kill()
                    other.wait()
            wait_until(lambda: connections(process.pid) == 0, process)
            file.body_gate.set()
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
            file.body_gate, file.gate_at = gate, 2 * MIB
        with program.start("get", list_a, "--to", tmp_path / "a" / "to", "--json") as process:
            first = Watched(process)
            wait_until(lambda: len([line for line in first.of("state") if line["to"] == "downloading"]) == 2, process)
            with program.start("get", list_b, "--to", tmp_path / "b" / "to", "--json") as attached:
                second = Watched(attached)
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


@pytest.mark.bench
def test_a_take_over_takes_two_seconds_at_most(program: Program, tmp_path: Path) -> None:
    seconds = kill_the_owner(program, tmp_path)
    print(f"\ntake-over: {seconds:.2f} s")
    assert seconds <= 2.0


def test_an_owner_that_is_done_hands_over(program: Program, tmp_path: Path) -> None:
    with FileOrigin() as origin:
        (tmp_path / "1").mkdir()
        own, (quick,) = publish(origin, tmp_path / "1", 1, MIB)
        slow = origin.add("/slow.safetensors", os.urandom(8 * MIB))
        quick.body_gate, quick.gate_at = threading.Event(), 1000
        slow.body_gate, slow.gate_at = threading.Event(), 2 * MIB
        with program.start("get", own, "--to", tmp_path / "to", "--json") as process:
            first = Watched(process)
            first.until("state", to="downloading")
            with program.start("get", slow.url, "--to", tmp_path / "to", "--json") as attached:
                second = Watched(attached)
                second.until("progress", received=2 * MIB)
                assert owner_of(program) == process.pid
                quick.body_gate.set()
                assert first.end() == 0
                second.until("state", to="queued")
                wait_until(lambda: owner_of(program) == attached.pid, attached)
                slow.body_gate.set()
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
        for line in self.process.stdout:
            self.said.put(line.split())

    def until(self, *words: str) -> int:
        """The process that says ``words`` next; what others say meanwhile is passed over."""
        while True:
            pid, *said = self.said.get(timeout=PATIENCE)
            if said[: len(words)] == list(words):
                return int(pid)

    def close(self) -> None:
        self.process.communicate()
        self._reader.join(PATIENCE)


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
