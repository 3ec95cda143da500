"""Metalink documents: files with several addresses, names that climb, and XML that bites."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from stabilitydl.domain.resource import Address
from stabilitydl.errors import BadListFile, NotFound, UsageError
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs import metalink_reader
from stabilitydl.hubs.metalink import Metalink
from stabilitydl.hubs.metalink_reader import MetalinkFile, read_metalink
from stabilitydl.hubs.protocol import Destination, Expansion
from stabilitydl.hubs.registry import Registry
from tests.fakes.origin import FileOrigin

SHA256 = hashlib.sha256(b"data").hexdigest()
FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")


def v4(*files: str) -> bytes:
    return (
        f'<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">{"".join(files)}</metalink>'.encode()
    )


def v3(*files: str) -> bytes:
    listed = "".join(files)
    return f'<metalink version="3.0" xmlns="http://www.metalinker.org/"><files>{listed}</files></metalink>'.encode()


def read(data: bytes) -> list[MetalinkFile]:
    files, problems = read_metalink(data, "x.meta4")
    assert problems == []
    return files


def test_version_4() -> None:
    (file,) = read(
        v4(
            f"""<file name="sub/a.bin"><size>4294967296</size><hash type="sha-256">{SHA256.upper()}</hash>
            <hash type="md5">{"0" * 32}</hash><hash>x</hash><hash type="sha-384">{"0" * 96}</hash>
            <hash type="sha1">zz</hash>
            <pieces length="1" type="sha-1"><hash>{"1" * 40}</hash></pieces>
            <url priority="2">https://second.test/a.bin</url><url priority="1" location="de">https://first.test/a.bin
            </url><url>https://last.test/a.bin</url><url priority="-5">https://later.test/a.bin</url>
            <url priority="1">ftp://h.test/a.bin</url><url priority="1">https://user:pw@h.test/a.bin</url>
            <url priority="1">https://first.test/a.bin</url>
            <metaurl mediatype="torrent">https://h.test/a.torrent</metaurl></file>"""
        )
    )
    assert (file.path, file.size) == ("sub/a.bin", 4294967296)
    assert [str(checksum) for checksum in file.checksums] == [f"sha256:{SHA256}", f"md5:{'0' * 32}"]
    assert file.urls == tuple(f"https://{host}.test/a.bin" for host in ("first", "second", "last", "later"))


def test_version_3() -> None:
    (file,) = read(
        v3(
            f"""<file name="a.bin"><size>4</size><verification><hash type="sha256">{SHA256}</hash>
            <pieces length="1" type="sha1"><hash piece="0">{"1" * 40}</hash></pieces></verification>
            <resources><url type="http" preference="10">http://low.test/a.bin</url>
            <url type="bittorrent" preference="200">http://h.test/a.torrent</url>
            <url type="https" preference="110">https://high.test/a.bin</url><url>http://last.test/a.bin</url>
            </resources></file>"""
        )
    )
    assert (file.size, [str(checksum) for checksum in file.checksums]) == (4, [f"sha256:{SHA256}"])
    assert file.urls == ("https://high.test/a.bin", "http://low.test/a.bin", "http://last.test/a.bin")


@pytest.mark.parametrize("size", ["abc", "-1", "", "1e9", "9" * 30, "٣"])
def test_a_size_that_is_none_is_unknown(size: str) -> None:
    assert read(v4(f'<file name="a"><size>{size}</size><url>https://h.test/a</url></file>'))[0].size is None


@pytest.mark.parametrize(
    "name", ["../a", "..\\..\\a", "/a", "C:\\a", "%2e%2e/a", "a/../../b", "\\\\host\\share", "", "  "]
)
def test_a_name_that_would_climb_is_refused_and_the_others_go_on_f01_f02(name: str) -> None:
    url = "<url>https://h.test/a</url>"
    files, problems = read_metalink(v4(f'<file name="{name}">{url}</file><file name="b">{url}</file>'), "x.meta4")
    assert [file.path for file in files] == ["b"]
    assert [(problem.code, problem.arguments["entry"]) for problem in problems] == [("list-entry-unusable", 1)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not XML"),
        (b"<html></html>", "not a metalink"),
        (b"not xml", "not XML"),
        (b'<metalink xmlns="urn:other"/>', "not a metalink"),
        (b"<metalink/>", "not a metalink"),
        (v4("<file name='a'>")[:-20], "damaged"),
        (b"<!DOCTYPE metalink>" + v4(), "refused"),
        (
            (
                b'<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                b'<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="&b;"/></metalink>'
            ),
            "refused",
        ),
        (
            (
                b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                b'<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="&x;"/></metalink>'
            ),
            "refused",
        ),
        (v4("&undefined;"), "damaged"),
        (v4("<a>" * 40, "</a>" * 40), "nested too deep"),
        (b'<?xml version="1.0" encoding="x-nonsense"?><metalink/>', "not XML"),
    ],
)
def test_what_is_not_read(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_metalink(data, "x.meta4")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    data = v4(*(f'<file name="{n}"><url>https://h.test/{n}</url></file>' for n in range(10)))
    for name, limit in (("MOST_FILES", 9), ("MOST_ELEMENTS", 15), ("LIMIT", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(metalink_reader, name, limit)
            with pytest.raises(ValueError, match=r"more than|too many|larger"):
                read_metalink(data, "x.meta4")
    assert len(read(data)) == 10
    long = read(v4(f'<file name="a"><size>{"1" * 100_000}</size><url>https://h.test/a</url></file>'))
    assert long[0].size is None


async def expand(text: str, client: HttpClient) -> tuple[Metalink, Expansion]:
    hub, locator = Registry.standard().find(text)
    assert isinstance(hub, Metalink)
    return hub, await hub.expand(locator, Destination(Path("/models")), client)


PACK = v4(
    f'<file name="a.bin"><size>4</size><hash type="sha-256">{SHA256}</hash>'
    '<url priority="2">https://two.test/a.bin</url><url priority="1">http://127.0.0.1:1/a.bin?token=canary</url></file>',
    '<file name="t.bin"><metaurl mediatype="torrent">https://h.test/t</metaurl></file>',
    '<file name="x.exe"><url>https://h.test/x.exe</url></file>',
)


@pytest.mark.anyio
async def test_a_document_of_the_own_disk(client: HttpClient, tmp_path: Path) -> None:
    path = tmp_path / "pack.meta4"
    path.write_bytes(PACK)
    _, expansion = await expand(str(path), client)
    first, torrent, program = expansion.resources
    assert first.addresses == (
        Address("direct", "http://127.0.0.1:1/a.bin#secret", 0),
        Address("direct", "https://two.test/a.bin", 1),
    )
    assert (first.size, first.name, str(first.checksum)) == (4, "a.bin", f"sha256:{SHA256}")
    assert torrent.blocked is not None
    assert program.blocked is not None
    assert (torrent.blocked.code, program.blocked.code) == ("no-web-source", "dangerous-file-type")
    assert (expansion.collection.title, expansion.collection.key.identity) == ("pack", str(path))


@pytest.mark.anyio
async def test_a_document_of_a_server_leads_to_public_places_or_back_to_its_own_f15(client: HttpClient) -> None:
    with FileOrigin() as origin:
        origin.add("/pack.META4", PACK)
        hub, expansion = await expand(origin.url("/pack.META4?token=canary"), client)
        assert origin.requests[0].target == "/pack.META4?token=canary"
        child = expansion.resources[0]
        assert [address.hub for address in child.addresses] == ["metalink"] * 2
        assert "canary" not in repr(expansion.collection) + repr(expansion.resources)
        request = await hub.request(child, child.addresses[0], client)
        assert (request.url, request.trusted) == ("http://127.0.0.1:1/a.bin?token=canary", True)
        origin.add("/bad.metalink", b"<html>")
        with pytest.raises(BadListFile):
            await expand(origin.url("/bad.metalink"), client)
        with pytest.raises(NotFound):
            await expand(origin.url("/no.metalink"), client)
    with pytest.raises(UsageError):
        await expand("https://user:canary@h.test/x.meta4", client)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("page", "reference", "trusted"),
    [
        ("https://h.test/x.meta4", "http://127.0.0.1/a", False),
        ("https://h.test/x.meta4", "http://10.0.0.1/a", False),
        ("https://h.test/x.meta4", "https://h.test/a", True),
        ("http://10.0.0.5/x.meta4", "http://10.0.0.1/a", True),
        ("", "https://h.test/a", False),
    ],
)
async def test_private_places_are_for_private_documents_f15(
    client: HttpClient, tmp_path: Path, page: str, reference: str, trusted: bool
) -> None:
    path = tmp_path / "pack.meta4"
    path.write_bytes(PACK)
    hub, expansion = await expand(str(path), client)
    child = msgspec.structs.replace(expansion.resources[0], page=page)
    assert (await hub.request(child, Address("metalink", reference), client)).trusted is trusted


@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
def test_recorded_documents() -> None:
    folder = Path(FOLDER) / "metalink"

    def counted(name: str) -> tuple[list[tuple[str, int | None, int, int]], int]:
        files, problems = read_metalink((folder / name).read_bytes(), name)
        return [(file.path, file.size, len(file.checksums), len(file.urls)) for file in files], len(problems)

    files, problems = counted("libreoffice-3.5.4-win.meta4")
    assert (files[0][:3], problems) == (("LibO_3.5.4_Win_x86_install_multi.msi", 211689472, 3), 0)
    assert files[0][3] > 40
    files, problems = counted("ubuntu-12.04-server-v3.metalink")
    assert (files[0][:3], problems) == (("ubuntu-12.04-server-amd64.iso", 717533184, 1), 0)
    assert files[0][3] > 150
    assert counted("libmetalink-edge-cases-v4.xml") == (
        [
            ("libmetalink-0.0.1.tar.bz2", None, 2, 1),
            ("libmetalink-0.0.2a.tar.bz2", 4294967296, 0, 2),
            ("NoVerificationHash", None, 0, 0),
            ("badpri", None, 0, 1),
        ],
        2,
    )
    assert counted("aria2-metalink4-dosdirtraversal.xml") == ([], 3)
    assert counted("aria2-metalink4.xml") == ([("example.ext", 786430, 1, 1)], 0)
