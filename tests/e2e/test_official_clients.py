"""The official client of a hub and stabilitydl bring the same repository from the project's own loopback hub.

That both take it for the real one shows that it speaks the real protocol; that the bytes are equal shows the rest.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.program import PATIENCE, Program, files_in, sha256
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.modelscope import ModelScopeOrigin
from tests.fakes.repository import FakeRepository

MIB = 1024 * 1024
TOKEN = "hf_canary0123456789"

HUGGING_FACE = """
import sys
from huggingface_hub import snapshot_download
snapshot_download("org/pack", repo_type=sys.argv[2], local_dir=sys.argv[1])
"""
MODEL_SCOPE = """
import sys
from modelscope_hub.api import HubApi
HubApi().download_repo("org/pack", repo_type=sys.argv[2], local_dir=sys.argv[1])
"""


def fill(repository: FakeRepository) -> FakeRepository:
    """Files of every sort: small and large, empty, in folders, with blanks and letters of other scripts."""
    chance = random.Random(repository.name + repository.kind)
    repository.commit(
        {
            ".gitattributes": b"*.gguf filter=lfs diff=lfs merge=lfs -text\n",
            "README.md": b"---\nlicense: mit\n---\n# A pack\n",
            "config.json": b'{"a": 1}\n',
            "empty.txt": b"",
            "model.Q4_K_M.gguf": chance.randbytes(5 * MIB + 7),
            "a folder/b/c d.safetensors": chance.randbytes(300_000),
            "a folder/\u4e2d\u6587 100%.json": b'{"\\u4e2d": "#?&+"}',
            **{f"many/{number:03}.bin": chance.randbytes(number) for number in range(1, 40)},
        }
    )
    return repository


def official(code: str, folder: Path, kind: str, **variables: str) -> dict[str, str]:
    """What the official client brings: path to SHA-256."""
    home = folder.parent / "official-home"
    done = subprocess.run(
        [sys.executable, "-c", code, folder, kind],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return {name: sha256(path) for name, path in files_in(folder).items() if not name.startswith(".cache/")}


def ours(program: Program, locator: str, folder: Path) -> dict[str, str]:
    """What stabilitydl brings: path to SHA-256."""
    result = program.run("get", locator, "--to", folder)
    assert result.code == 0, result.err
    return {name: sha256(path) for name, path in files_in(folder).items()}


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_hugging_face(kind: str, home: Path, tmp_path: Path) -> None:
    with HuggingFaceOrigin() as hub:
        hub.page = 20
        hub.tokens.add(TOKEN)
        made = hub.publish(fill(FakeRepository("org/pack", kind=kind, private=True, members={TOKEN})))
        variables = {"HF_ENDPOINT": hub.url(""), "HF_TOKEN": TOKEN}
        theirs = official(HUGGING_FACE, tmp_path / "theirs", kind, **variables)
        hub.requests.clear()
        program = Program(home, **variables)
        mine = ours(program, f"hf://{kind}s/org/pack", tmp_path / "ours")
        asked = {request.headers.get("authorization") for request in hub.requests}
        stored = [request for request in hub.storage.requests if "authorization" in request.headers]
    assert mine == theirs
    assert mine == {path: blob.sha256 for path, blob in made.commits[made.refs["main"]].files.items()}
    assert (asked, stored) == ({f"Bearer {TOKEN}"}, [])
    kept = [path for path in home.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert kept == []


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_modelscope(kind: str, home: Path, tmp_path: Path) -> None:
    with ModelScopeOrigin() as hub:
        made = hub.publish(fill(FakeRepository("org/pack", kind=kind, branch="master")))
        variables = {"MODELSCOPE_ENDPOINT": hub.url("")}
        theirs = official(MODEL_SCOPE, tmp_path / "theirs", kind, **variables)
        mine = ours(Program(home, **variables), f"modelscope:{kind}s/org/pack", tmp_path / "ours")
    assert mine == theirs
    assert mine == {path: blob.sha256 for path, blob in made.commits[made.refs["master"]].files.items()}


def test_a_new_commit_brings_only_what_it_changed(home: Path, tmp_path: Path) -> None:
    with HuggingFaceOrigin() as hub:
        made = hub.publish(fill(FakeRepository("org/pack")))
        program = Program(home, HF_ENDPOINT=hub.url(""))
        before = ours(program, "org/pack", tmp_path / "ours")
        hub.requests.clear()
        hub.storage.requests.clear()
        made.commit({"README.md": b"# Another description\n"})
        plan = program.run("plan", "org/pack", "--to", tmp_path / "ours", "--json").object
        states = [child["state"] for child in plan["collections"][0]["resources"]]
        after = ours(program, "org/pack", tmp_path / "ours")
        asked = [call for call in hub.calls if "/resolve/" in call]
    assert sorted(states) == [*["downloaded"] * (len(before) - 1), "missing"]
    assert len(asked) == 1
    assert hub.storage.requests == []
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


def test_what_is_not_given_is_planned_with_its_reason(home: Path, tmp_path: Path) -> None:
    with HuggingFaceOrigin() as hub:
        hub.publish(fill(FakeRepository("org/pack", gated="manual")))
        program = Program(home, HF_ENDPOINT=hub.url(""))
        plan = program.run("plan", "org/pack", "--json").object
        shown = program.run("plan", "https://huggingface.co/org/pack/blob/main/README.md")
        missing = program.run("plan", "org/nothing")
        got = program.run("get", "org/pack", "--to", tmp_path / "ours")
    assert {child["blocked"]["code"] for child in plan["collections"][0]["resources"]} == {"gated"}
    assert "blocked: The author wants you to accept the terms on the page first." in shown.out
    assert "1 blocked" in shown.out
    assert "shows it only to accounts that may see it. Log in to the hub" in missing.err
    assert (got.code, files_in(tmp_path / "ours")) == (1, {})
