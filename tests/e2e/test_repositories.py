"""Repositories through the whole program: signed addresses that expire under way, logins, other servers."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.program import Program, files_in, finish, wait_until
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.modelscope import ModelScopeOrigin
from tests.fakes.repository import FakeRepository

MIB = 1024 * 1024
TOKEN = "hf_canary0123456789"


def publish(hub: HuggingFaceOrigin | ModelScopeOrigin, data: bytes, **switches: object) -> FakeRepository:
    made = FakeRepository("org/pack", branch="master" if isinstance(hub, ModelScopeOrigin) else "main")
    made.commit({"model.gguf": data})
    for name, value in switches.items():
        setattr(made, name, value)
    return hub.publish(made)


def test_an_address_that_expires_under_way_costs_one_question_and_no_byte(home: Path, tmp_path: Path) -> None:
    """The storage host never sees the token."""
    data = random.Random(7).randbytes(40 * MIB)
    with HuggingFaceOrigin() as hub:
        hub.tokens.add(TOKEN)
        blob = publish(hub, data, private=True, members={TOKEN}).at("main")
        assert blob is not None
        sha256 = blob.files["model.gguf"].sha256
        gate = threading.Event()
        file = hub.storage.add(f"/signed/{sha256}", data, refuse_authorization=True, body_gate=gate, gate_at=3 * MIB)
        program = Program(home, HF_ENDPOINT=hub.url(""), HF_TOKEN=TOKEN)
        with program.start("get", "org/pack", "--to", tmp_path / "out", "--connections", "1", "--json") as process:
            wait_until(lambda: file.sent >= 3 * MIB, process)
            hub.storage.expire()
            file.body_gate = None
            gate.set()
            result = finish(process)
        asked = [call for call in hub.calls if "/resolve/" in call]
        seen = hub.storage.requests
    assert result.code == 0, result.err
    assert (tmp_path / "out" / "model.gguf").read_bytes() == data
    assert len(asked) == 2
    assert file.sent == len(data)
    assert not any("authorization" in request.headers for request in seen)
    assert TOKEN not in result.out + result.err


@pytest.mark.parametrize("serve", [HuggingFaceOrigin, ModelScopeOrigin])
def test_a_crash_is_resumed_at_the_same_commit(
    serve: Callable[[], HuggingFaceOrigin | ModelScopeOrigin], home: Path, tmp_path: Path
) -> None:
    """Although the branch moved on meanwhile."""
    data = random.Random(8).randbytes(12 * MIB)
    with serve() as hub:
        made = publish(hub, data)
        folder = "signed" if isinstance(hub, HuggingFaceOrigin) else "oss"
        gate = threading.Event()
        sha256 = made.commits[made.refs[made.branch]].files["model.gguf"].sha256
        file = hub.storage.add(f"/{folder}/{sha256}", data, refuse_authorization=True, body_gate=gate, gate_at=5 * MIB)
        endpoint = "HF_ENDPOINT" if isinstance(hub, HuggingFaceOrigin) else "MODELSCOPE_ENDPOINT"
        locator = "org/pack" if isinstance(hub, HuggingFaceOrigin) else "modelscope:org/pack"
        program = Program(home, **{endpoint: hub.url("")})
        with program.start("get", locator, "--to", tmp_path / "out", "--connections", "1") as process:
            wait_until(lambda: file.sent >= 5 * MIB, process)
            process.kill()
            process.wait()
        gate.set()
        file.body_gate = None
        made.commit({"model.gguf": b"something else"})
        result = program.run("resume")
    assert result.code == 0, result.err
    assert files_in(tmp_path / "out") == {"model.gguf": tmp_path / "out" / "model.gguf"}
    assert (tmp_path / "out" / "model.gguf").read_bytes() == data


def test_a_private_repository_without_a_login(home: Path, tmp_path: Path) -> None:
    with HuggingFaceOrigin() as hub:
        publish(hub, b"x", private=True, members={TOKEN})
        hub.tokens.add(TOKEN)
        alone = Program(home, HF_ENDPOINT=hub.url("")).run("get", "org/pack", "--to", tmp_path / "out")
        wrong = Program(home, HF_ENDPOINT=hub.url(""), HF_TOKEN="hf_wrong_one").run("plan", "org/pack")
        member = Program(home, HF_ENDPOINT=hub.url(""), HF_TOKEN=TOKEN).run("get", "org/pack", "--to", tmp_path / "out")
    assert alone.code == 1
    assert "[repository-hidden]" in alone.err
    assert "[token-refused]" in wrong.err
    assert "hf_wrong_one" not in wrong.err + wrong.out
    assert member.code == 0
    assert set(files_in(tmp_path / "out")) == {"model.gguf"}


def test_a_file_larger_than_said_never_gets_its_name(home: Path, tmp_path: Path) -> None:
    """H03: the hub's list says one size, the storage another."""
    data = b"1" * 5000
    with HuggingFaceOrigin() as hub:
        made = publish(hub, data)
        sha256 = made.commits[made.refs["main"]].files["model.gguf"].sha256
        hub.storage.add(f"/signed/{sha256}", data + b"more", refuse_authorization=True)
        result = Program(home, HF_ENDPOINT=hub.url("")).run("get", "org/pack", "--to", tmp_path / "out")
    assert result.code == 1
    assert "model.gguf" not in files_in(tmp_path / "out")
