"""Canaries: tokens and signatures of a whole run of the program are looked for wherever something is written.

The sinks are the data directory (database, its log, free pages, locks), the log files of ``--debug``, the settings, the
cache, the model folder, what is printed, the events, and the words of the process; the keyring and the server are
where they belong.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import PATIENCE, Program, Result
from tests.fakes import keyring
from tests.fakes.civitai import DATA, GOOD, LoginOrigin
from tests.fakes.origin import Exchange, FileOrigin

SIGNATURE = "canary-signature-of-an-address"
STORAGE = "canary-signature-of-the-storage"
WRONG = "canary-wrong-token"
CANARIES = (GOOD, SIGNATURE, STORAGE, WRONG, "canary-variable")


class Run:
    """The program with a keyring of its own, and everything that it has ever said."""

    def __init__(self, home: Path, hub: LoginOrigin) -> None:
        self.hub = hub
        self.keyring = home.parent / "keyring.json"
        self.program = Program(
            home,
            CIVITAI_ENDPOINT=hub.url(""),
            HF_TOKEN="canary-variable",
            PYTHON_KEYRING_BACKEND="tests.fakes.keyring.FileKeyring",
            **{keyring.FILE: str(self.keyring)},
        )
        self.said: list[str] = []
        self.command_lines: list[str] = []

    def __call__(self, *words: object, typed: str = "") -> Result:
        command = [sys.executable, "-m", "stabilitydl", *map(str, words), "--debug"]
        with subprocess.Popen(
            command,
            cwd=self.program.folder,
            env=self.program.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            cmdline = Path(f"/proc/{process.pid}/cmdline")
            if words[0] == "login" and cmdline.exists():
                self.command_lines.append(cmdline.read_text())
            out, err = process.communicate(typed, timeout=PATIENCE)
        self.said += [out, err]
        assert "Traceback" not in out + err
        return Result(process.returncode, out, err)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with LoginOrigin() as hub, FileOrigin() as storage:
        signed = f"/storage/1.bin?X-Amz-Signature={STORAGE}"

        def give(exchange: Exchange) -> None:
            assert "authorization" not in exchange.request.headers
            exchange.answer(200, {"ETag": '"x"'}, DATA)

        def refuse(exchange: Exchange) -> None:
            exchange.answer(403, {"Content-Type": "application/json"}, json.dumps({"error": SIGNATURE}).encode())

        def redirect(exchange: Exchange) -> None:
            if exchange.request.headers.get("authorization") in hub.members:
                exchange.answer(307, {"Location": storage.url(signed)})
            else:
                hub.give_file(exchange)

        storage.routes["/storage/1.bin"] = give
        hub.routes["/api/download/models/70"] = redirect
        hub.routes["/a.bin"] = lambda exchange: exchange.answer(
            200 if SIGNATURE in exchange.request.target else 403, {"ETag": '"y"'}, DATA
        )
        hub.routes["/broken.bin"] = refuse
        hub.give_pack(3)
        yield Run(tmp_path / "home", hub)


def test_no_canary_is_found_anywhere_a04_a05_a06_a11(run: Run, tmp_path: Path) -> None:
    assert run("get", "civitai:7", "--json").code == 1
    assert run("login", "civitai", typed=f"{WRONG}\n").code == 2
    assert run("login", "civitai", typed=f"{WRONG} with blanks\n").code == 2
    assert run("login", "civitai", typed=f"{GOOD}\n").code == 0
    assert run("login").code == 0
    done = run("get", "civitai:7", "--json")
    assert (done.code, len(done.of("downloaded"))) == (0, 3)
    address = run.hub.url(f"/a.bin?X-Amz-Signature={SIGNATURE}&X-Amz-Expires=60")
    assert run("plan", address, "--json").code == 0
    assert run("get", address, "--json").code == 0
    assert run("get", run.hub.url(f"/broken.bin?token={SIGNATURE}")).code == 1
    assert run("get", run.hub.url(f"/nosuch.bin?access_token={SIGNATURE}"), "--json").code == 1
    assert run("get", f"htp://host/a.bin?sig={SIGNATURE}").code == 2
    assert run("get", f"https://user:{SIGNATURE}@127.0.0.1/a.bin").code == 2
    assert run("list", "--json").code == 0
    assert run("list", address).code == 0
    held = run.keyring.read_text()
    assert GOOD in held
    assert SIGNATURE in held
    assert run("logout", "civitai").code == 0
    assert run("remove").code == 0
    assert not any(canary in run.keyring.read_text() for canary in CANARIES)
    logs = list((tmp_path / "home").rglob("*.log"))
    assert len(logs) >= 10
    sinks = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != run.keyring}
    sinks |= {f"output {number}": text.encode() for number, text in enumerate(run.said)}
    sinks |= {f"command line {number}": text.encode() for number, text in enumerate(run.command_lines)}
    assert len(run.command_lines) >= 3
    found = [(name, canary) for name, sink in sinks.items() for canary in CANARIES if canary.encode() in sink]
    assert found == []
