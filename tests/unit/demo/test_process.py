"""The life of the hub's process."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stabilitydl.demo import process as module
from stabilitydl.demo.pack import Pack
from stabilitydl.demo.plan import PackPlan
from stabilitydl.demo.process import HubProcess, command, environment
from stabilitydl.errors import InternalError

from .browser import Browser

HUGE = PackPlan(files=4, size=2**37)


@pytest.fixture(autouse=True)
def much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub is ended by force only because the machine is slow."""
    monkeypatch.setattr(module, "END_SECONDS", 60.0)


def test_it_says_where_it_listens_and_ends_when_told() -> None:
    process = HubProcess()
    browser = Browser(process.wait_ready())
    assert browser.ask("/").status == 404
    browser.close()
    assert process.is_alive
    process.stop()
    assert process._process.returncode == 0
    assert not process.is_alive
    process.stop()


def test_it_ends_in_the_middle_of_its_work() -> None:
    process = HubProcess()
    endpoint = process.wait_ready()
    browser = Browser(endpoint)
    reply = browser.begin(browser.storage(Pack.get(HUGE).files[0]))
    with socket.create_connection(("127.0.0.1", urlsplit(endpoint).port or 0)) as asking:
        asking.sendall(f"GET /api/v1/models/{HUGE.model_id} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert len(reply.read(1_000_000)) == 1_000_000
        # When two more questions are answered, the one above has been read and the hub is computing.
        for _ in range(2):
            other = Browser(endpoint)
            assert other.ask("/").status == 404
            other.close()
        process.stop()
    assert process._process.returncode in (0, 1), "at once or after two seconds, but by itself"
    browser.close()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a handle on a process that is no child")
def test_no_process_is_left_when_the_parent_is_killed() -> None:
    program = (
        "import sys; from stabilitydl.demo.process import HubProcess; hub = HubProcess();"
        "print(hub.wait_ready(), hub.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), text=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        endpoint, pid = parent.stdout.readline().split()
        handle = os.pidfd_open(int(pid))
        try:
            browser = Browser(endpoint)
            assert browser.ask("/").status == 404
            browser.close()
            parent.kill()
            assert parent.wait() == -signal.SIGKILL
            assert select.select([handle], [], [], 60)[0], "the hub outlives its parent"
        finally:
            os.close(handle)


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_an_interrupt_from_the_terminal_is_left_to_the_parent() -> None:
    process = HubProcess()
    browser = Browser(process.wait_ready())
    os.kill(process.pid, signal.SIGINT)
    assert browser.ask("/").status == 404
    browser.close()
    process.stop()
    assert process._process.returncode == 0


def test_a_hub_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = 'import sys, time; print(\'{"endpoint": "x"}\', flush=True); time.sleep(1000)'
    monkeypatch.setattr(module, "command", lambda: [sys.executable, "-c", deaf])
    monkeypatch.setattr(module, "END_SECONDS", 0.05)
    process = HubProcess()
    assert process.wait_ready() == "x"
    process.stop()
    assert not process.is_alive


@pytest.mark.parametrize("program", ["", "print('hello')", "print('{}')", "print('[]')"])
def test_a_hub_that_does_not_start(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(module, "command", lambda: [sys.executable, "-c", program])
    process = HubProcess()
    with pytest.raises(InternalError, match="the demo hub did not start"):
        process.wait_ready()
    process.stop()


def test_a_hub_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "command", lambda: [str(tmp_path / "nothing")])
    with pytest.raises(InternalError, match="cannot be started"):
        HubProcess()


def test_a_frozen_program_starts_its_own_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "stabilitydl-window"))
    # The program of the window has no console on Windows, so it would have no streams.
    (program, *words) = command()
    assert Path(program).parent == tmp_path
    assert Path(program).stem == "stabilitydl"
    assert words == ["demo-hub"]
    assert environment() == dict(os.environ)


def test_the_folder_of_the_user_is_no_place_for_modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken from the wrong place')", "utf-8")
    monkeypatch.chdir(tmp_path)
    process = HubProcess()
    assert process.wait_ready().startswith("http://127.0.0.1:")
    process.stop()
