"""``lock`` and ``get`` of a lockfile: the same bytes on another data directory, or a word why not."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomli_w

from tests.fakes.origin import Exchange, FileOrigin
from tests.unit.cli.conftest import Run, Said
from tests.unit.hubs.pages import CivitaiOrigin, file, model, version

Home = Callable[[str], Path]


class FilesOrigin(CivitaiOrigin):
    """A hub with three files in two versions, two of one name; ``files`` may change."""

    def __init__(self) -> None:
        super().__init__()
        self.contents = {str(n): f"weights of {n}".encode() * 100 for n in (1, 2, 3)}
        for number in ("70", "71"):
            self.routes[f"/api/download/models/{number}"] = self._give

    def list_files(self) -> None:
        entries = [
            file(
                int(n),
                name="same.safetensors" if n != "3" else "sub dir/ümlaut.safetensors",
                sizeKB=len(data) / 1024,
                hashes={"SHA256": hashlib.sha256(data).hexdigest().upper()},
            )
            for n, data in self.contents.items()
        ]
        self.give_model(model(7, [version(70, entries[:2]), version(71, entries[2:])]))

    def _give(self, exchange: Exchange) -> None:
        exchange.answer(200, {"ETag": '"x"'}, self.contents[exchange.request.query["fileId"][0]])


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Iterator[FilesOrigin]:
    with FilesOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        server.list_files()
        yield server


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Home:
    """Move to another data directory."""

    def move(name: str) -> Path:
        monkeypatch.setenv("STABILITYDL_HOME", str(tmp_path / name))
        return tmp_path / name

    return move


def locked(run: Run, folder: Path, *words: str) -> Path:
    said = run("lock", *words)
    assert said.code == 0, said.err
    path = folder / "pack.lock.toml"
    path.write_text(said.out, encoding="utf-8")
    return path


def contents_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def codes(said: Said) -> list[str]:
    return [event["code"] for event in said.of("error")]


def test_the_same_bytes_on_another_data_directory(run: Run, origin: FilesOrigin, move_to: Home, tmp_path: Path) -> None:
    first = move_to("first")
    assert run("get", "civitai:7", "--to", tmp_path / "a").code == 0
    lockfile = locked(run, tmp_path, "civitai:7")
    move_to("second")
    said = run("get", lockfile, "--to", tmp_path / "b", "--json")
    assert said.code == 0
    assert {event["verification"] for event in said.of("downloaded")} == {"verified"}
    assert contents_of(tmp_path / "a") == contents_of(tmp_path / "b")
    assert len(contents_of(tmp_path / "b")) == 3
    assert run("get", "civitai:7").code == 0
    again = run("get", lockfile, "--json")
    assert again.code == 0
    move_to("first")
    assert str(first) not in lockfile.read_text()


def test_what_changed_since_says_so_and_the_others_arrive(
    run: Run, origin: FilesOrigin, move_to: Home, tmp_path: Path
) -> None:
    move_to("first")
    assert run("get", "civitai:7").code == 0
    lockfile = locked(run, tmp_path, "civitai:7")
    before = origin.contents["2"]
    origin.contents["2"] = b"W" + before[1:]
    move_to("second")
    said = run("get", lockfile, "--to", tmp_path / "b", "--json")
    assert (said.code, codes(said), len(said.of("downloaded"))) == (1, ["checksum-mismatch"], 2)
    origin.contents["2"] = before + b"more"
    origin.list_files()
    move_to("third")
    said = run("get", lockfile, "--to", tmp_path / "c", "--json")
    assert (said.code, codes(said), len(said.of("downloaded"))) == (1, ["size-mismatch"], 2)
    origin.contents["2"] = before
    origin.give_model(model(7, []))
    origin.routes["/api/download/models/70"] = lambda exchange: exchange.answer(404)
    move_to("fourth")
    said = run("get", lockfile, "--to", tmp_path / "d", "--json")
    assert (said.code, codes(said), len(said.of("downloaded"))) == (1, ["remote-gone"] * 2, 1)


def test_what_stands_in_a_lockfile(run: Run, origin: FilesOrigin, move_to: Home, tmp_path: Path) -> None:
    move_to("first")
    assert run("get", "civitai:7", "--to", tmp_path / "a").code == 0
    table = tomllib.loads(locked(run, tmp_path, "civitai:7").read_text(encoding="utf-8"))
    assert table["lockfile"]["version"] == 1
    assert table["lockfile"]["made"].tzinfo is not None
    collection = table["collection"]
    assert (collection["hub"], collection["kind"], collection["identity"]) == ("civitai", "model", "7")
    assert collection["page"] == origin.url("/models/7")
    assert [entry["sources"] for entry in table["file"]] == [
        [{"hub": "civitai", "reference": f"{v}?fileId={n}"}] for v, n in ((70, 1), (70, 2), (71, 3))
    ]
    paths = [entry["path"] for entry in table["file"]]
    assert sorted(paths) == sorted(contents_of(tmp_path / "a"))
    assert paths[2] == "sub dir/ümlaut.safetensors"
    third = table["file"][2]
    data = origin.contents["3"]
    assert (third["bytes"], third["checksums"]) == (len(data), [f"sha256:{hashlib.sha256(data).hexdigest()}"])
    assert (third["version"], third["version_id"], third["type"]) == ("v71", "71", "LORA")
    assert third["page"] == origin.url("/models/7?modelVersionId=71")


def test_a_signed_address_a_list_and_what_is_not_here(run: Run, move_to: Home, tmp_path: Path) -> None:
    move_to("first")
    with FileOrigin() as server:
        data = b"x" * 500
        server.add("/a.bin", data)
        server.add("/b.bin", data + b"2")
        listed = tmp_path / "private folder" / "pack.txt"
        listed.parent.mkdir()
        listed.write_text(f"{server.url('/a.bin')}?token=canary\n{server.url('/b.bin')}\n{server.url('/gone.bin')}\n")
        assert run("get", listed).code == 1
        said = run("lock", str(listed), "--downloaded")
        assert said.code == 0
        assert "canary" not in said.out
        assert "private folder" not in said.out
        assert str(tmp_path) not in said.out
        assert "1 file left out." in said.err
        assert "1 file came from a signed address" in said.err
        table = tomllib.loads(said.out)
        assert [entry["path"] for entry in table["file"]] == ["a.bin", "b.bin"]
        assert table["file"][1]["checksums"] == [f"sha256:{hashlib.sha256(data + b'2').hexdigest()}"]
        lockfile = tmp_path / "pack.lock.toml"
        lockfile.write_text(said.out)
        move_to("second")
        said = run("get", lockfile, "--to", tmp_path / "b", "--json")
        assert (said.code, codes(said), len(said.of("downloaded"))) == (1, ["secret-missing"], 1)
    assert run("lock", "nosuch").code == 3
    move_to("third")
    assert run("lock", "nosuch").code == 3


def test_filters_and_files_without_a_checksum(run: Run, move_to: Home, tmp_path: Path) -> None:
    move_to("first")
    with FileOrigin() as server:
        listed = tmp_path / "pack.txt"
        listed.write_text(f"{server.url('/a.bin')}\n{server.url('/b.gguf')}\n")
        assert run("get", listed).code == 1
        said = run("lock", listed, "--include", "*.gguf")
        assert [entry["path"] for entry in tomllib.loads(said.out)["file"]] == ["b.gguf"]
        assert "1 file without a checksum" in said.err
        assert run("lock", listed, "--include", "*.ckpt").code == 3
        assert run("lock", listed, "--downloaded").code == 3


def test_a_malformed_reference_costs_only_its_file(run: Run, move_to: Home, tmp_path: Path) -> None:
    """F11."""
    move_to("first")
    with FileOrigin() as server:
        data = b"x" * 500
        server.add("/good.bin", data)
        lockfile = tmp_path / "pack.lock.toml"
        listed = tmp_path / "pack.txt"
        listed.write_text(f"{server.url('/good.bin')}\n")
        assert run("get", listed, "--to", tmp_path / "a").code == 0
        text = run("lock", str(listed)).out
        table = tomllib.loads(text)
        bad = {**table["file"][0], "path": "bad.bin", "source": [{"hub": "civitai", "reference": "https://[x"}]}
        bad["checksums"] = [f"sha256:{'1' * 64}"]
        table["file"].append(bad)
        lockfile.write_text(tomli_w.dumps(table))
        move_to("second")
        said = run("get", lockfile, "--to", tmp_path / "b", "--json")
        assert (said.code, len(said.of("downloaded"))) == (1, 1)
        assert "internal" not in codes(said)
        assert (tmp_path / "b" / "good.bin").read_bytes() == data


def test_the_demo_pack(run: Run, move_to: Home, tmp_path: Path) -> None:
    move_to("first")
    assert run("get", "demo:?files=3&size=8KiB", "--to", tmp_path / "a").code == 0
    lockfile = locked(run, tmp_path, "demo:?files=3&size=8KiB")
    assert "127.0.0.1" not in lockfile.read_text()
    move_to("second")
    assert run("get", lockfile, "--to", tmp_path / "b").code == 0
    assert contents_of(tmp_path / "a") == contents_of(tmp_path / "b")
    plan = run("plan", lockfile, "--to", tmp_path / "b", "--json").object
    assert json.dumps(plan).count('"downloaded"') == 3
