"""One address or a list file as a collection."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.domain.collection import Layout
from stabilitydl.domain.resource import Address
from stabilitydl.errors import (
    AccessDenied,
    BadListFile,
    ConnectionLost,
    NotFound,
    RemoteGone,
    StabilityError,
    UnsafeName,
    UsageError,
)
from stabilitydl.http.client import HttpClient
from stabilitydl.http.request import Request
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.protocol import Destination, Expansion, Hub

pytestmark = pytest.mark.anyio

ONE, TWO = "a1" * 32, "b2" * 32


async def expand(text: str, root: Path = Path("/models"), layout: Layout = Layout.LIBRARY) -> Expansion:
    hub: Hub = Direct()
    locator = hub.recognise(text)
    assert locator is not None
    return await hub.expand(locator, Destination(root, layout), HttpClient(SystemClock()))


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


async def test_an_address_is_a_collection_of_one() -> None:
    expansion = await expand("HTTPS://Host.example/a/model.safetensors#x", Path("/to"), Layout.FLAT)
    collection, (child,) = expansion.collection, expansion.resources
    assert (collection.key.hub, collection.key.kind) == ("direct", "url")
    assert collection.key.identity == "https://host.example/a/model.safetensors"
    assert (collection.id, collection.target, collection.layout) == (collection.key.id, os.fspath(Path("/to")), "flat")
    assert collection.locator == "HTTPS://Host.example/a/model.safetensors#x"
    assert (child.name, child.path, child.size, child.checksums) == ("model.safetensors",) * 2 + (None, ())
    assert child.addresses == (Address("direct", "https://host.example/a/model.safetensors"),)
    assert child.blocked is None
    assert expansion.selected is None


async def test_the_same_address_and_folder_is_the_same_collection() -> None:
    one = await expand("https://host/x.bin")
    again = await expand("HTTPS://HOST:443/x.bin")
    elsewhere = await expand("https://host/x.bin", Path("/other"))
    assert one.collection.id == again.collection.id
    assert one.resources[0].id == again.resources[0].id
    assert one.collection.id != elsewhere.collection.id
    assert one.resources[0].id != elsewhere.resources[0].id


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("https://user:secret@host/x.bin", UsageError),
        ("https://", UsageError),
        ("http://host:port/", UsageError),
        ("https://host/%2e%2e%2fx", UnsafeName),
    ],
)
async def test_an_unusable_address_is_refused_before_anything_starts(typed: str, kind: type[StabilityError]) -> None:
    with pytest.raises(kind) as caught:
        await expand(typed)
    assert "secret" not in str(caught.value)


async def test_a_program_is_listed_but_blocked_f10(tmp_path: Path) -> None:
    expansion = await expand("https://host/setup.exe")
    assert expansion.resources[0].blocked is not None
    assert expansion.resources[0].blocked.code == "dangerous-file-type"
    listed = await expand(written(tmp_path / "l", "https://host/x.bin\n  out=x.lnk\nhttps://host/y.bin"))
    assert [child.blocked is None for child in listed.resources] == [False, True]


async def test_a_list_is_a_collection_of_its_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path / "my pack.txt",
        f"https://host/a.bin\thttps://mirror/a.bin\n dir=sub\n checksum=sha-256={ONE}\n"
        f"nonsense\n{TWO}  b.bin\nhttps://host/c.bin\n",
    )
    expansion = await expand(f"{path}+https://base/d")
    collection = expansion.collection
    assert (collection.key.kind, collection.title) == ("list", "my pack")
    assert collection.key.identity == f"{path}+https://base/d"
    assert [(child.path, child.name, child.order) for child in expansion.resources] == [
        ("sub/a.bin", "a.bin", 0),
        ("b.bin", "b.bin", 1),
        ("c.bin", "c.bin", 2),
    ]
    first, second, third = expansion.resources
    assert first.addresses == (
        Address("direct", "https://host/a.bin", 0),
        Address("direct", "https://mirror/a.bin", 1),
    )
    assert str(first.checksum) == f"sha256:{ONE}"
    assert second.addresses[0].reference == "https://base/d/b.bin"
    assert third.checksum is None
    assert {child.collection for child in expansion.resources} == {collection.id}
    assert [problem.message for problem in expansion.problems] == [
        "my pack.txt, line 4: it is neither an address nor a line of a checksum list"
    ]


async def test_a_list_is_known_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "list.txt", "https://host/a.bin")
    monkeypatch.chdir(tmp_path)
    ids = {(await expand(text)).collection.id for text in (path, "list.txt", "./list.txt", " list.txt ")}
    assert len(ids) == 1
    based = await expand("list.txt+https://base/")
    assert based.collection.id not in ids


async def test_lines_keep_their_identity_when_the_list_is_sorted_or_a_mirror_moves(tmp_path: Path) -> None:
    path = tmp_path / "l"
    one = await expand(written(path, f"https://host/a.bin {ONE}\nhttps://host/b.bin\n"))
    two = await expand(written(path, f"https://host/b.bin\nhttps://other/a.bin {ONE}\n"))
    assert {child.id for child in one.resources} == {child.id for child in two.resources}
    changed = await expand(written(path, f"https://host/a.bin {TWO}\nhttps://host/b.bin\n"))
    assert len({child.id for child in changed.resources} & {child.id for child in one.resources}) == 1


async def test_a_line_that_is_there_twice_is_one_child_and_twins_are_two(tmp_path: Path) -> None:
    expansion = await expand(
        written(tmp_path / "l", "https://host/a/x.bin\nhttps://host/a/x.bin\nhttps://host/b/x.bin\n")
    )
    assert [child.addresses[0].reference for child in expansion.resources] == [
        "https://host/a/x.bin",
        "https://host/b/x.bin",
    ]


async def test_an_empty_list_is_refused_and_one_of_bad_lines_tells_them(tmp_path: Path) -> None:
    with pytest.raises(BadListFile, match="lists nothing"):
        await expand(written(tmp_path / "empty", "# nothing\n\n"))
    expansion = await expand(written(tmp_path / "bad", "x\ny\n"))
    assert expansion.resources == ()
    assert len(expansion.problems) == 2


async def test_a_list_of_ten_thousand_lines(tmp_path: Path) -> None:
    expansion = await expand(
        written(tmp_path / "l", "\n".join(f"https://host/{n}.bin {n:064x}" for n in range(10_000)))
    )
    assert len(expansion.resources) == 10_000
    assert len({child.id for child in expansion.resources}) == 10_000


@pytest.mark.parametrize(
    "text", ["", "  ", "none.txt", "civitai:1", "ftp://host/x", "host/x.bin", "\x00", "+https://x"]
)
def test_other_text_is_not_recognised(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Direct().recognise(text) is None
    assert Direct().recognise(str(tmp_path)) is None


async def test_a_request_is_the_address_and_trusted() -> None:
    hub, client = Direct(), HttpClient(SystemClock())
    child = (await expand("http://127.0.0.1:1/x.bin")).resources[0]
    assert await hub.request(child, child.addresses[0], client) == Request("http://127.0.0.1:1/x.bin", trusted=True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound(host="h", status=404, body="<p>"), "remote-gone"),
        (RemoteGone(host="h", status=410), "remote-gone"),
        (AccessDenied(host="h", status=403, body="x"), "forbidden"),
        (ConnectionLost(host="h"), "connection-lost"),
    ],
)
async def test_what_a_failure_means(error: StabilityError, code: str) -> None:
    child = (await expand("https://host/x.bin")).resources[0]
    explained = await Direct().explain(child, error, HttpClient(SystemClock()))
    assert explained.code == (AccessDenied.code if code == "forbidden" else code)
    assert explained.arguments["host"] == "h"
    assert "body" not in explained.arguments
