"""``lock`` and ``get`` of the lockfile for every kind of hub: the same bytes on another data directory; where the hub
has others by now, the file says so and the rest arrives."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.hubs import standard
from stabilitydl.hubs.github import GitHub
from stabilitydl.hubs.openmodeldb import OpenModelDB
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.modelscope import ModelScopeOrigin
from tests.fakes.origin import FileOrigin
from tests.fakes.repository import Blob, Commit, FakeRepository
from tests.fakes.repository_origin import RepositoryOrigin
from tests.unit.cli.conftest import Run, Said

FILES = {
    "config.json": b'{"layers": 2}' * 20,
    "one/model.safetensors": b"weights of one" * 500,
    "two/model.safetensors": b"weights of two" * 500,
}
CHANGED = "two/model.safetensors"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class World:
    """A hub with a collection ``locator`` of the files ``FILES``, by their paths below its folder.

    ``put`` gives ``CHANGED`` other bytes under everything by which it is known.
    """

    locator: str
    files: dict[str, bytes] = FILES

    def put(self, data: bytes) -> None:
        raise NotImplementedError


class Repositories(World):
    """A repository, whose hub rewrites its history."""

    def __init__(self, origin: RepositoryOrigin, locator: str) -> None:
        self.locator = locator
        self.repository = FakeRepository("org/pack")
        self.sha = self.repository.commit(FILES)
        origin.publish(self.repository)

    def put(self, data: bytes) -> None:
        files = {**self.repository.commits[self.sha].files, CHANGED: Blob(data, is_large=True)}
        self.repository.commits[self.sha] = Commit(self.sha, files)


class Released(World):
    """A release, whose files are replaced."""

    locator = "github:owner/name"

    def __init__(self, origin: FileOrigin, *, digests: bool) -> None:
        self.origin = origin
        self.files = {f"v1/{path.replace('/', '-')}": data for path, data in FILES.items()}
        assets = []
        for number, (path, data) in enumerate(self.files.items(), 1):
            self._serve(path, data)
            digest = {"digest": f"sha256:{sha256(data)}"} if digests else {}
            assets.append({"id": number, "name": path.removeprefix("v1/"), "size": len(data), **digest})
        body = json.dumps([{"tag_name": "v1", "assets": assets}]).encode()
        origin.routes["/repos/owner/name/releases"] = lambda exchange: exchange.answer(200, {}, body)

    def _serve(self, path: str, data: bytes) -> None:
        self.origin.add(f"/owner/name/releases/download/{path}", data)

    def put(self, data: bytes) -> None:
        self._serve(f"v1/{CHANGED.replace('/', '-')}", data)


class Mirrored(World):
    """Files on a server, named by a document in ``folder``, or on the server where there is none."""

    def __init__(self, origin: FileOrigin, folder: Path | None) -> None:
        self.origin = origin
        entries = []
        for path, data in FILES.items():
            url = origin.add(f"/{path}", data).url
            hash_ = f'<hash type="sha-256">{sha256(data)}</hash>'
            entries.append(f'<file name="{path}"><size>{len(data)}</size>{hash_}<url>{url}</url></file>')
        text = f'<metalink xmlns="urn:ietf:params:xml:ns:metalink">{"".join(entries)}</metalink>'
        if folder is None:
            self.locator = origin.add("/pack.meta4", text.encode()).url
        else:
            (folder / "pack.meta4").write_text(text)
            self.locator = str(folder / "pack.meta4")

    def put(self, data: bytes) -> None:
        self.origin.add(f"/{CHANGED}", data)


class Upscalers(World):
    """A model of the database, whose files lie somewhere."""

    locator = "openmodeldb:4x"

    def __init__(self, origin: FileOrigin) -> None:
        self.origin = origin
        self.files = {path.replace("/", "-"): data for path, data in FILES.items()}
        resources = [
            {
                "type": path.rpartition(".")[2],
                "size": len(data),
                "sha256": sha256(data),
                "urls": [origin.add(f"/{path}", data).url],
            }
            for path, data in self.files.items()
        ]
        body = json.dumps({"4x": {"name": "Sharp", "resources": resources}}).encode()
        origin.routes["/api/v1/models.json"] = lambda exchange: exchange.answer(200, {}, body)

    def put(self, data: bytes) -> None:
        self.origin.add(f"/{CHANGED.replace('/', '-')}", data)


KINDS = ("huggingface", "modelscope", "release", "bare-release", "metalink", "metalink-of-a-server", "openmodeldb")


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    origins: dict[str, Callable[[], FileOrigin]] = {"huggingface": HuggingFaceOrigin, "modelscope": ModelScopeOrigin}
    with origins.get(request.param, FileOrigin)() as origin:
        for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
            monkeypatch.setenv(name, origin.url(""))
        here: Any = origin.url("")
        monkeypatch.setattr(standard, "GitHub", functools.partial(GitHub, api=here, site=here))
        monkeypatch.setattr(standard, "OpenModelDB", functools.partial(OpenModelDB, site=here))
        if isinstance(origin, HuggingFaceOrigin):
            yield Repositories(origin, "org/pack")
        elif isinstance(origin, ModelScopeOrigin):
            yield Repositories(origin, "modelscope:org/pack")
        elif "release" in request.param:
            yield Released(origin, digests=request.param == "release")
        elif request.param == "openmodeldb":
            yield Upscalers(origin)
        else:
            yield Mirrored(origin, tmp_path if request.param == "metalink" else None)


def locked(run: Run, world: World, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Bring the collection here, and write it down; from then on everything is in another data directory."""
    monkeypatch.setenv("STABILITYDL_HOME", str(folder / "first"))
    assert run("get", world.locator, "--to", folder / "a").code == 0
    assert contents_of(folder / "a") == world.files
    said = run("lock", world.locator)
    assert said.code == 0, said.err
    assert str(folder / "first") not in said.out
    assert str(folder / "a") not in said.out
    path = folder / "pack.lock.toml"
    path.write_text(said.out, encoding="utf-8")
    monkeypatch.setenv("STABILITYDL_HOME", str(folder / "second"))
    return path


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def failures(said: Said) -> list[str]:
    return [event["code"] for event in said.of("error")]


def test_the_same_bytes_on_another_data_directory(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lockfile = locked(run, world, monkeypatch, tmp_path)
    said = run("get", lockfile, "--to", tmp_path / "b", "--json")
    assert (said.code, failures(said)) == (0, [])
    assert {event["verification"] for event in said.of("downloaded")} == {"verified"}
    assert contents_of(tmp_path / "b") == world.files


@pytest.mark.parametrize(
    ("change", "code"),
    [(lambda data: b"W" + data[1:], "checksum-mismatch"), (lambda data: data + b"more", "size-mismatch")],
    ids=["other-bytes", "more-bytes"],
)
def test_a_file_that_changed_upstream_says_so_and_the_others_arrive(
    run: Run,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    code: str,
) -> None:
    lockfile = locked(run, world, monkeypatch, tmp_path)
    world.put(change(FILES[CHANGED]))
    said = run("get", lockfile, "--to", tmp_path / "b", "--json")
    assert (said.code, failures(said)) == (1, [code])
    whole = {path: data for path, data in world.files.items() if data != FILES[CHANGED]}
    assert len(said.of("downloaded")) == 2
    kept = contents_of(tmp_path / "b")
    assert {path: kept[path] for path in whole} == whole
    assert not any(path in kept for path in world.files.keys() - whole.keys()), "it has not its name"


@pytest.mark.parametrize("world", ["huggingface", "modelscope"], indirect=True)
def test_a_commit_that_came_since_changes_nothing(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert isinstance(world, Repositories)
    lockfile = locked(run, world, monkeypatch, tmp_path)
    world.repository.refs["master"] = world.repository.commit({CHANGED: b"new weights" * 500})
    assert run("get", lockfile, "--to", tmp_path / "b").code == 0
    assert contents_of(tmp_path / "b") == FILES
