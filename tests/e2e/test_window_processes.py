"""The window and other processes on its data directory: one engine, one window, one budget, seen on the screen."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.display import Display
from tests.e2e.program import Program, files_in, finish, sha256, stop, wait_until
from tests.e2e.sight import PLAN, TITLE, Sight, write_settings
from tests.e2e.watched import Watched, has_list_open, owner_of
from tests.fakes.origin import FileOrigin, Served

pytestmark = pytest.mark.gui

KIB = 1024
MIB = 1024 * KIB
BUDGET = 4
"""Connections to one server; less than the files of both processes together."""
STARTS = 20


def publish(origin: FileOrigin, path: Path, gate: threading.Event, count: int) -> list[Served]:
    """Files that hardly go on after their first quarter until ``gate`` opens, and a list of them at ``path``."""
    files = []
    for number in range(count):
        name, data = f"/{path.stem}-{number}.safetensors", os.urandom(MIB)
        files.append(origin.add(name, data, body_gate=gate, gate_at=256 * KIB, drips=True))
    path.write_text("".join(f"{file.url} sha256:{file.sha256}\n" for file in files))
    return files


def test_a_command_beside_the_window_works_through_its_engine(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "models"
    gate = threading.Event()
    with Display() as display, FileOrigin() as origin:
        program = Program(home, **display.variables)
        write_settings(program, jobs=8, connections=1, host_connections=BUDGET)
        own = publish(origin, tmp_path / "own.txt", gate, 2)
        others = publish(origin, tmp_path / "others.txt", gate, 4)
        with program.start("get", tmp_path / "own.txt", "--to", target) as process:
            wait_until(lambda: all(file.sent >= file.gate_at for file in own), process)
            assert stop(process).code == 130

        before = len(origin.requests)
        with program.start() as window:
            sight = Sight(display, program, window)
            # What was left unfinished goes on in the window.
            sight.until(lambda: len(sight.rows()) == 2 and all(map(sight.has_progress, sight.rows())))
            assert owner_of(program) == window.pid
            arguments = ("get", tmp_path / "others.txt", "--to", target, "--json")
            with program.start(*arguments) as process:
                first = Watched(process)
                sight.until(lambda: downloading(first) == 2)
                # Its children come up in the window, those with bytes with a bar.
                sight.until(lambda: len(sight.rows()) == 6)
                sight.until(lambda: sum(map(sight.has_progress, sight.rows())) == BUDGET)
                assert sight.states() == {"downloading": BUDGET, "queued": 2}
                assert owner_of(program) == window.pid
                assert has_list_open(program, window.pid)
                assert not has_list_open(program, process.pid)
                process.kill()
                process.wait()
            # Nothing of it ends with the command that asked for it; another one sees it go on.
            with program.start(*arguments) as process:
                second = Watched(process)
                sight.until(lambda: second.of("progress"))
                assert len(origin.requests) - before == BUDGET
                gate.set()
                assert second.end() == 0
            assert second.of("summary")[0]["downloaded"] == 4
            sight.until(lambda: all(map(sight.is_here, sight.rows())))
            assert len(sight.rows()) == 6
            assert sight.states() == {"downloaded": 6}
            assert len(origin.requests) - before == 6
            sight.key("ctrl+q")
            ended = finish(window)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert {name: sha256(path) for name, path in files_in(target).items()} == {
        file.path.lstrip("/"): file.sha256 for file in [*own, *others]
    }


def downloading(watched: Watched) -> int:
    """How many children a command saw begin."""
    last = {event["resource"]: event["to"] for event in watched.of("state")}
    return list(last.values()).count("downloading")


def test_of_twenty_starts_at_once_one_window_stays_and_has_all_locators(home: Path, tmp_path: Path) -> None:
    """Each start names a list of its own: the one window opens a plan for every one of them."""
    with Display() as display, contextlib.ExitStack() as starts:
        program = Starter(home, **display.variables)
        write_settings(program)
        lists = [tmp_path / f"{number}.txt" for number in range(STARTS)]
        for each in lists:
            each.write_text(f"https://models.example/{each.stem}.safetensors\n")
        processes = [starts.enter_context(program.start(each)) for each in lists]
        wait_until(lambda: sum(process.poll() is None for process in processes) == 1)
        (survivor,) = [process for process in processes if process.poll() is None]
        for process in processes:
            if process is not survivor:
                ended = finish(process)
                assert (ended.code, ended.out, ended.err) == (0, "", "")
        wait_until(lambda: len(display.windows(PLAN)) == STARTS, survivor)
        assert len(display.windows(TITLE)) == 1
        assert owner_of(program) == survivor.pid
        ended = stop(survivor, signal.SIGTERM)
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        assert display.windows() == []


class Starter(Program):
    """The program as a desktop starts it for a file."""

    @property
    def command(self) -> Sequence[str]:
        return (sys.executable, "-c", "import sys; from stabilitydl.__main__ import window; sys.exit(window())")


def test_a_window_on_another_data_directory_is_its_own(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "home"
    other.mkdir(parents=True)
    with Display() as display:
        programs = [Program(place, **display.variables) for place in (home, other)]
        with programs[0].start() as one, programs[1].start() as two:
            wait_until(lambda: len(display.windows(TITLE)) == 2)
            assert [owner_of(program) for program in programs] == [one.pid, two.pid]
            for process in (one, two):
                ended = stop(process, signal.SIGTERM)
                assert (ended.code, ended.out, ended.err) == (0, "", "")
