"""``get`` against real servers: lists, crashes, interruptions, two processes at once."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from tests.e2e.program import Program, Result, files_in, finish, sha256, stop, wait_until
from tests.e2e.watched import Watched
from tests.fakes.nginx import Nginx
from tests.fakes.origin import FileOrigin

KIB = 1024
MIB = 1024 * KIB


@pytest.fixture
def program(home: Path) -> Program:
    return Program(home)


def publish(folder: Path, count: int, size: int) -> dict[str, str]:
    """Random files to be served; name to SHA-256."""
    folder.mkdir(parents=True)
    published = {}
    for number in range(count):
        path = folder / f"model-{number:02}.safetensors"
        path.write_bytes(os.urandom(size))
        published[path.name] = sha256(path)
    return published


def write_list(path: Path, server: Nginx, published: dict[str, str]) -> Path:
    lines = [f"{server.url('/' + name)} sha256:{digest}" for name, digest in published.items()]
    path.write_text("\n".join(lines) + "\n")
    return path


def assert_all_here(folder: Path, published: dict[str, str]) -> None:
    """Exactly the published files, nothing left over."""
    assert {name: sha256(path) for name, path in files_in(folder).items()} == published


def test_kill_in_the_middle_then_resume(program: Program, tmp_path: Path) -> None:
    published = publish(tmp_path / "served", 80, 512 * KIB)
    target = tmp_path / "models"
    with Nginx(tmp_path / "served", server="limit_rate 1m;") as server:
        list_file = write_list(tmp_path / "pack.txt", server, published)
        with program.start("get", list_file, "--to", target, "--connections", "8") as process:
            wait_until(lambda: target.exists() and len(list(target.glob("*.safetensors"))) >= 10, process)
            process.kill()
            process.wait()
        arrived = {name for name in files_in(target) if name in published}
        assert 10 <= len(arrived) < 80

        requests = len(server.log)
        result = program.run("resume", "--json")
        assert result.code == 0, result.err
        assert_all_here(target, published)
        asked = {line.split('"')[1].split()[1].lstrip("/") for line in server.log[requests:]}
        assert not asked & arrived
        assert result.summary["downloaded"] == 80 - len(arrived)

        again = program.run("resume")
        assert (again.code, again.err) == (0, "Nothing is unfinished.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_everything_and_says_how_to_go_on(number: int, program: Program, tmp_path: Path) -> None:
    data = os.urandom(24 * MIB)
    target = tmp_path / "models"
    with FileOrigin() as origin:
        gate = threading.Event()
        file = origin.add("/big.safetensors", data, body_gate=gate, gate_at=3 * MIB)
        arguments = ("get", file.url, "--checksum", f"sha256:{file.sha256}", "--to", target)
        with program.start(*arguments) as process:
            wait_until(lambda: file.sent >= 3 * MIB and any(target.glob("*.sdlpart")), process)
            result = stop(process, number)
        assert result.code == 130
        assert result.out == ""
        assert "go on with: stabilitydl resume" in result.err
        assert not (target / "big.safetensors").exists()
        assert any(target.glob("*.sdlpart"))
        gate.set()
        file.body_gate = None
        result = program.run("resume")
        assert result.code == 0, result.err
    assert files_in(target) == {"big.safetensors": target / "big.safetensors"}
    assert (target / "big.safetensors").read_bytes() == data


def test_the_second_interruption_does_not_wait(program: Program, tmp_path: Path) -> None:
    with FileOrigin() as origin:
        gate = threading.Event()
        file = origin.add("/big.safetensors", os.urandom(3 * MIB), body_gate=gate, gate_at=MIB)
        with program.start("get", file.url, "--to", tmp_path / "models") as process:
            wait_until(lambda: file.sent >= MIB, process)
            process.send_signal(signal.SIGINT)
            assert stop(process, signal.SIGTERM).code == 130
        gate.set()


def test_a_reader_that_goes_away_stops_the_command(program: Program) -> None:
    with program.start("demo", "--headless", "--json", "--files", "30", "--size", "8MiB") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        words = process.stderr.read()
        assert process.wait(60) == 130
        assert "Traceback" not in words
        assert "Exception" not in words


def test_an_interruption_before_anything_began(program: Program, tmp_path: Path) -> None:
    with FileOrigin() as origin:
        gate = threading.Event()
        file = origin.add("/a.safetensors", os.urandom(KIB), gate=gate)
        with program.start("get", file.url, "--json", "--to", tmp_path / "models") as process:
            wait_until(lambda: origin.times("/a.safetensors") > 0, process)
            result = stop(process)
        gate.set()
        assert result.code == 130
        assert result.summary["downloaded"] == 0
        assert result.of("error") == []


def together(one: Program, other: Program, arguments: tuple[object, ...], server: Nginx) -> tuple[Result, Result]:
    with one.start(*arguments) as first, other.start(*arguments) as second:
        results = finish(first), finish(second)
    for result in results:
        assert result.code == 0, result.err
    return results


@pytest.mark.parametrize("shared", [True, False], ids=["one data directory", "two data directories"])
def test_two_processes_bring_every_child_once(shared: bool, program: Program, tmp_path: Path) -> None:
    published = publish(tmp_path / "served", 24, 256 * KIB)
    target = tmp_path / "models"
    other = program if shared else Program(tmp_path / "other" / "home")
    other.folder.mkdir(exist_ok=True)
    with Nginx(tmp_path / "served", server="limit_rate 2m;") as server:
        list_file = write_list(tmp_path / "pack.txt", server, published)
        results = together(program, other, ("get", list_file, "--to", target, "--json"), server)
        bodies = sum(int(line.split()[9]) for line in server.log)
    assert_all_here(target, published)
    brought = [event["path"] for result in results for event in result.of("downloaded")]
    paths = sorted(str(path) for path in files_in(target).values())
    if shared:
        # One engine brings them, and both see it.
        assert sorted(set(brought)) == paths
        assert [result.summary["downloaded"] + result.summary["skipped"] for result in results] == [24, 24]
    else:
        assert sorted(brought) == paths
        assert sum(result.summary["downloaded"] for result in results) == 24
        assert sum(result.summary["skipped"] for result in results) == 24
    assert bodies == 24 * 256 * KIB


@pytest.mark.parametrize("command", ["pause", "cancel", "remove"])
def test_a_command_reaches_what_another_process_downloads(command: str, program: Program, tmp_path: Path) -> None:
    target = tmp_path / "models"
    with FileOrigin() as origin:
        gate = threading.Event()
        file = origin.add("/big.safetensors", os.urandom(4 * MIB), body_gate=gate, gate_at=MIB)
        with program.start("get", file.url, "--to", target, "--json") as process:
            wait_until(lambda: file.sent >= MIB and any(target.glob("*.sdlpart")), process)
            assert program.run(command, file.url).code == 0
            stopped = finish(process)
        gate.set()
        assert stopped.code == 1
        assert [error["code"] for error in stopped.of("error")] == ["held-back"]
        assert any(target.glob("*.sdlpart")) is (command == "pause")
        file.body_gate = None
        again = program.run("resume", file.url) if command == "pause" else program.run("get", file.url, "--to", target)
        assert again.code == 0, again.err
    assert list(files_in(target)) == ["big.safetensors"]


def test_the_life_of_a_file_in_many_commands(program: Program, tmp_path: Path) -> None:
    target = tmp_path / "models"
    with FileOrigin() as origin:
        gate = threading.Event()
        good = origin.add("/a.safetensors", os.urandom(64 * KIB))
        held = origin.add("/b.safetensors", os.urandom(3 * MIB), body_gate=gate, gate_at=MIB)
        (tmp_path / "pack.txt").write_text(f"{good.url}\n{held.url}\n")
        with program.start("get", tmp_path / "pack.txt", "--to", target, "--json") as process:
            watched = Watched(process)
            watched.until("downloaded", path=str(target / "a.safetensors"))
            wait_until(lambda: any(line["received"] >= MIB for line in watched.of("progress")), process)
            process.send_signal(signal.SIGINT)
            assert watched.end() == 130

        (collection,) = program.run("list", "--json").object["collections"]
        assert [child["state"] for child in collection["resources"]] == ["downloaded", "queued"]
        short = collection["id"][:6]

        assert program.run("pause", short).code == 0
        (row,) = program.run("list", short, "--downloading", "--json").object["collections"][0]["resources"]
        assert (row["state"], row["received"] > 0) == ("paused", True)

        assert program.run("cancel", short).code == 0
        assert list(files_in(target)) == ["a.safetensors"]
        assert program.run("list", short, "--missing").out.split()[-1] == "b.safetensors"

        gate.set()
        held.body_gate = None
        result = program.run("get", tmp_path / "pack.txt", "--to", target, "--include", "B.*")
        assert result.code == 0
        assert result.out == f"{target / 'b.safetensors'}\n"

        (target / "a.safetensors").unlink()
        assert program.run("list", short, "--missing").out.split()[-1] == "a.safetensors"

        assert program.run("remove", "--include", "b*").code == 0
        assert program.run("list", short, "--downloaded").out == ""
        assert list(files_in(target)) == ["b.safetensors"]
        assert program.run("remove", short).code == 0
        assert program.run("list", "--json").object == {"collections": [], "errors": []}
