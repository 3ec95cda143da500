"""What the README says about uninstalling, word for word: nothing but the models stays."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.e2e.program import PATIENCE, ROOT, Program, files_in
from tests.fakes.origin import FileOrigin

_BLOCK = re.compile(r"```sh\n(.+?)```", re.DOTALL)


def steps() -> list[str]:
    """The commands of the section, block by block."""
    section = (ROOT / "README.md").read_text("utf-8").split("## Uninstall\n", 1)[1].split("\n## ", 1)[0]
    return _BLOCK.findall(section)


def install(folder: Path) -> None:
    """Put a program ``stabilitydl`` into ``folder``."""
    folder.mkdir()
    script = folder / "stabilitydl"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m stabilitydl "$@"\n', "utf-8")
    script.chmod(0o755)


def test_nothing_but_models_is_left(tmp_path: Path) -> None:
    user, programs = tmp_path / "user", tmp_path / "bin"
    user.mkdir()
    install(programs)
    # Without a folder named by a variable: everything goes where it goes for everybody.
    program = Program(tmp_path / "home", HOME=str(user), STABILITYDL_HOME="")
    with FileOrigin() as origin:
        wrong = program.run("get", origin.add("/a.bin", b"model" * 100).url, "--checksum", f"sha256:{'0' * 64}")
    assert wrong.code == 1, wrong.err
    result = program.run("demo", "--headless", "--files", "2", "--size", "64KiB", "--json")
    assert result.code == 0, result.err
    models = {event["path"] for event in result.of("downloaded")}
    for folder in _folders(program):
        # Which of them a run makes depends on what is used of the window.
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "something").touch()
    assert any(".stabilitydl-quarantine/" in name for name in files_in(user))

    path = f"{programs}:{program.environment['PATH']}"
    for commands in steps():
        done = subprocess.run(
            ["sh", "-e", "-c", commands],
            env={**program.environment, "PATH": path},
            cwd=user,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
    assert {str(path) for path in files_in(user).values()} == models
    assert sorted(each.name for each in user.rglob("*") if each.name.startswith((".stab", "stab"))) == []


def _folders(program: Program) -> tuple[Path, Path, Path]:
    """Where the program keeps data, settings and cache of this user, as it says itself."""
    code = (
        "from stabilitydl.paths import Paths; p = Paths.from_environment(); print(p.data, p.config, p.cache, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(program.environment), capture_output=True, text=True, check=True
    )
    data, config, cache = map(Path, done.stdout.splitlines())
    return data, config, cache
