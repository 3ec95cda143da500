"""olah, a mirror of Hugging Face that people run, between stabilitydl and a repository: real, and awkward.

It redirects every list, answers 401 to what it does not have, and ignores ``Range``. ``STABILITYDL_OLAH`` names its
program (``pip install olah``, in an environment of its own); skipped without it.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.program import Program, files_in, wait_until
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.ports import held_port
from tests.fakes.repository import FakeRepository

OLAH = os.environ.get("STABILITYDL_OLAH", "")
if not OLAH:
    pytest.skip("STABILITYDL_OLAH names no mirror program", allow_module_level=True)

FILES = {
    "README.md": b"# A pack\n",
    "a folder/x y.bin": random.Random(1).randbytes(3_000_000),
    "config.json": b"{}",
    "model.safetensors": random.Random(2).randbytes(200_000),
}


@contextlib.contextmanager
def olah(folder: Path, *arguments: object) -> Iterator[str]:
    """A mirror that runs; its address."""
    with held_port() as port, (folder / "olah.log").open("wb") as log:
        process = subprocess.Popen(
            [OLAH, "--host", "127.0.0.1", "--port", str(port), "--repos-path", folder / "kept", *map(str, arguments)],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: listens(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def brings(program: Program, folder: Path) -> Mapping[str, bytes]:
    result = program.run("get", "org/pack", "--to", folder)
    assert result.code == 0, result.err
    return {name: path.read_bytes() for name, path in files_in(folder).items()}


def test_a_git_repository_through_the_mirror(home: Path, tmp_path: Path) -> None:
    repository = tmp_path / "mirrors" / "models" / "org" / "pack"
    for name, data in FILES.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_bytes(data)
    for command in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "A pack"),
    ):
        subprocess.run(["git", *command], cwd=repository, check=True)
    settings = tmp_path / "olah.toml"
    settings.write_text(f'[basic]\nmirrors-path = ["{tmp_path}/mirrors"]\n[accessibility]\noffline = true\n')
    with olah(tmp_path, "--config", settings) as endpoint:
        program = Program(home, HF_ENDPOINT=endpoint)
        assert brings(program, tmp_path / "out") == FILES
        missing = program.run("plan", "org/nothing")
    assert "[repository-hidden]" in missing.err


def test_a_hub_through_the_mirror(home: Path, tmp_path: Path) -> None:
    """Also large files, which the hub redirects to signed addresses."""
    with HuggingFaceOrigin() as hub:
        made = FakeRepository("org/pack")
        made.commit(FILES)
        hub.publish(made)
        servers = ("--hf-netloc", f"127.0.0.1:{hub.port}", "--hf-lfs-netloc", f"127.0.0.1:{hub.storage.port}")
        with olah(tmp_path, "--hf-scheme", "http", *servers) as endpoint:
            assert brings(Program(home, HF_ENDPOINT=endpoint), tmp_path / "out") == FILES
