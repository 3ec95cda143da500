"""Lockfiles that somebody else wrote: every entry is looked at, one bad entry does not hide the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli_w

from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Address, Resource
from stabilitydl.errors import BadListFile, HubError, NotFound
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs import lockfile
from stabilitydl.hubs.lockfile import Locked, Lockfile, write
from stabilitydl.hubs.protocol import Destination, Expansion
from stabilitydl.hubs.registry import Registry

pytestmark = pytest.mark.anyio

GOOD = {"path": "a/b.bin", "bytes": 5, "sources": [{"hub": "civitai", "reference": "7?fileId=8"}]}


async def expand(path: Path, client: HttpClient) -> Expansion:
    hub, locator = Registry.standard().find(str(path))
    assert isinstance(hub, Lockfile)
    return await hub.expand(locator, Destination(Path("/models")), client)


def written(folder: Path, *files: object, **head: object) -> Path:
    path = folder / "x.lock.toml"
    table = {"lockfile": {"version": 1, **head}, "collection": {"title": "Pack"}, "file": list(files)}
    path.write_bytes(tomli_w.dumps(table).encode())
    return path


async def test_bad_entries_are_named_and_the_good_ones_go_on(client: HttpClient, tmp_path: Path) -> None:
    entries = [
        GOOD,
        {"sources": GOOD["sources"]},
        {"path": "x.bin"},
        {"path": "x.bin", "sources": [{"hub": "civitai"}, {"hub": "lockfile", "reference": "x"}, {"hub": ""}]},
        {**GOOD, "path": "y.bin", "checksums": ["sha256:zz"]},
        {"path": "z.bin", "sources": [{"hub": "direct", "reference": "file:///etc/passwd"}]},
        {"path": "z.bin", "sources": [{"hub": "direct", "reference": "https://u:p@h.test/z.bin"}]},
        {"path": 5, "sources": "no"},
        {**GOOD, "path": "../up.bin"},
        {**GOOD, "path": "run.exe", "bytes": "12", "sources": [{"hub": "direct", "reference": "https://h.test/a"}]},
    ]  # fmt: skip
    expansion = await expand(written(tmp_path, *entries), client)
    assert [problem.arguments["entry"] for problem in expansion.problems] == [2, 3, 4, 5, 6, 7, 8]
    assert {problem.code for problem in expansion.problems} == {"list-entry-unusable"}
    good, climbing, program = expansion.resources
    assert (good.path, good.size, good.addresses) == ("a/b.bin", 5, (Address("civitai", "7?fileId=8", 0),))
    assert (climbing.blocked and climbing.blocked.code, "/" in climbing.path) == ("unsafe-name", False)
    assert (program.blocked and program.blocked.code, program.size) == ("dangerous-file-type", 12)
    assert expansion.collection.title == "Pack"


async def test_a_bad_source_costs_only_itself(client: HttpClient, tmp_path: Path) -> None:
    bad = [
        {"hub": "direct", "reference": "https://[x/a.bin"},
        {"hub": "direct", "reference": "https://u:p@h.test/a.bin"},
        {"hub": "lockfile", "reference": "x"},
        {"hub": "civitai"},
        {"reference": "7?fileId=8"},
    ]
    good = [{"hub": "civitai", "reference": "7?fileId=8"}, {"hub": "direct", "reference": "https://h.test/a.bin"}]
    path = written(
        tmp_path,
        {"path": "a.bin", "sources": [bad[0], good[0], *bad[1:], good[1]]},
        {"path": "b.bin", "sources": bad},
        {"path": "c.bin", "sources": []},
    )
    expansion = await expand(path, client)
    (child,) = expansion.resources
    assert child.addresses == (Address("civitai", "7?fileId=8", 1), Address("direct", "https://h.test/a.bin", 6))
    assert [problem.arguments["reason"] for problem in expansion.problems] == [
        "none of its sources can be used: the address is malformed",
        "it has no source",
    ]


@pytest.mark.parametrize("size", [2**50 + 1, 2**62, -1, "x", 1.5, True])
async def test_a_size_that_no_file_has_is_unknown_f12(client: HttpClient, tmp_path: Path, size: object) -> None:
    expansion = await expand(written(tmp_path, {**GOOD, "bytes": size}), client)
    assert [child.size for child in expansion.resources] == [None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a lockfile"),
        (b"\xff\xfe", "not TOML"),
        (b"[[[[", "not TOML"),
        (b"a = " + b"[" * 100_000, "not TOML"),
        (b"[lockfile]\nversion = 1\n", "lists no files"),
        (b"[lockfile]\nversion = 2\n[[file]]\n", "newer version"),
        (b"[lockfile]\nversion = -1\n", "not a lockfile"),
        (b"lockfile = 5\nfile = 7", "not a lockfile"),
    ],
)
async def test_what_is_no_lockfile(client: HttpClient, tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.lock.toml"
    path.write_bytes(data)
    with pytest.raises(BadListFile) as caught:
        await expand(path, client)
    assert reason in str(caught.value)


async def test_limits(client: HttpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [{**GOOD, "path": f"{n}.bin"} for n in range(5)]
    path = written(tmp_path, *entries)
    with monkeypatch.context() as patch:
        patch.setattr(lockfile, "MOST_FILES", 3)
        expansion = await expand(path, client)
        assert (len(expansion.resources), len(expansion.problems)) == (3, 1)
    monkeypatch.setattr(lockfile, "LIMIT", 10)
    with pytest.raises(BadListFile):
        await expand(path, client)


async def test_it_gives_no_file_itself(client: HttpClient) -> None:
    child = Resource(id="r", collection="c", key="k", name="n", path="n")
    with pytest.raises(HubError):
        await Lockfile().request(child, Address("lockfile", "x"), client)
    assert (await Lockfile().explain(child, NotFound(host="h", body="b"), client)).arguments == {"host": "h"}
    assert Lockfile().recognise("nosuch.lock.toml") is None
    assert Lockfile().recognise("https://h.test/x.lock.toml") is None


async def test_nothing_private_is_written(client: HttpClient, tmp_path: Path) -> None:
    key = CollectionKey("direct", "", "list", "/home/me/private.txt", target="/home/me/models")
    collection = Collection(
        id=key.id, key=key, title="half \ud800", locator="/home/me/private.txt", target=key.target, page="/relative"
    )
    child = Resource(
        id="r",
        collection=key.id,
        key="k",
        name="n",
        path="n",
        addresses=(Address("direct", "https://h.test/n?sig=canary&x=1", 1), Address("direct", "https://h.test/m", 0)),
        page="/relative",
    )
    text = write(collection, [Locked(child, "n", None, ())], 1e9)
    assert "canary" not in text
    assert "/home" not in text
    assert "/relative" not in text
    path = tmp_path / "x.lock.toml"
    path.write_text(text, encoding="utf-8")
    (again,) = (await expand(path, client)).resources
    assert [address.reference for address in again.addresses] == ["https://h.test/m", "https://h.test/n?x=1#secret"]
