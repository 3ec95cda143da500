"""The demo hub over real sockets, asked by the standard library's client."""

from __future__ import annotations

import hashlib
import http.client
import socket
import sys
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from stabilitydl.demo.names import CREATOR
from stabilitydl.demo.pack import Pack, digests
from stabilitydl.demo.plan import PackPlan
from stabilitydl.demo.process import HubProcess
from stabilitydl.demo.trouble import DROPS, Trouble

from .browser import Browser, troubled
from .reader import read_header, read_png

MIB = 1024 * 1024
PLAN = PackPlan(files=12, size=300_001)
FILE = Pack.get(PLAN).files[4]
DATA = FILE.weights.read(0, FILE.size)


def test_a_model_lists_all_its_files(browser: Browser) -> None:
    reply = browser.ask(f"/api/v1/models/{PLAN.model_id}")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("application/json")
    model = reply.json
    assert (model["id"], model["type"], model["creator"]["username"]) == (PLAN.model_id, "LORA", CREATOR)
    assert len(model["modelVersions"]) == 12
    for version, file in zip(model["modelVersions"], Pack.get(PLAN).files, strict=True):
        (listed,) = version["files"]
        assert (version["id"], listed["id"], listed["name"]) == (file.version_id, file.id, file.name)
        assert listed["sizeKB"] * 1024 == file.size
        assert version["trainedWords"] == list(file.style.trigger_words)
        assert datetime.fromisoformat(version["publishedAt"]).timestamp() == file.published
        assert set(listed["hashes"]) == {"SHA256", "AutoV2", "BLAKE3", "CRC32"}


def test_served_bytes_have_the_listed_checksum_and_are_valid_safetensors(browser: Browser) -> None:
    model = browser.ask(f"/api/v1/models/{PLAN.model_id}").json
    for version in model["modelVersions"]:
        (listed,) = version["files"]
        redirect = browser.ask(listed["downloadUrl"])
        body = browser.ask(redirect.headers["location"]).body
        assert len(body) == 300_001
        assert hashlib.sha256(body).hexdigest().upper() == listed["hashes"]["SHA256"]
        header = read_header(body, len(body))
        assert header.metadata["modelspec.title"] == version["name"]
    assert browser.connections == 1


def test_a_version_names_its_model(browser: Browser) -> None:
    version = browser.ask(f"/api/v1/model-versions/{FILE.version_id}").json
    assert version["modelId"] == PLAN.model_id
    assert version["model"] == {"name": "Demo pack: 12 style LoRAs", "type": "LORA", "nsfw": False, "poi": False}
    assert version["files"][0]["id"] == FILE.id
    assert version["air"].endswith(f":lora:civitai:{PLAN.model_id}@{FILE.version_id}")


@pytest.mark.parametrize("kind", ["sha256", "autov2", "blake3", "crc32"])
def test_a_version_is_found_by_any_of_its_hashes(browser: Browser, kind: str) -> None:
    browser.ask(f"/api/v1/models/{PLAN.model_id}")
    digits = str(getattr(digests(FILE.weights), kind))
    for written in (digits, digits.lower()):
        assert browser.ask(f"/api/v1/model-versions/by-hash/{written}").json["id"] == FILE.version_id


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/models/5",
        "/api/v1/models/-5",
        "/api/v1/models/x",
        f"/api/v1/models/{10**30}",
        f"/api/v1/models/{'9' * 5000}",
        f"/api/v1/model-versions/{FILE.id}",
        f"/api/v1/model-versions/by-hash/{'0' * 64}",
        f"/api/download/models/{FILE.version_id}?fileId={FILE.id + 1}",
        f"/api/download/models/{PLAN.version_id(12)}",
        "/images/x/height=5/x.png",
        "/images/x/width=x/x.png",
        "/",
        "//",
        "/%00/%ff",
    ],
)
def test_what_no_pack_has_is_not_found(browser: Browser, path: str) -> None:
    reply = browser.ask(path)
    assert reply.status == 404
    assert reply.json["error"]


def test_a_download_leads_to_a_signed_address(browser: Browser) -> None:
    address = urlsplit(browser.storage(FILE))
    assert f"http://{address.netloc}" == browser.endpoint
    assert unquote(address.path).endswith(f"/{FILE.name}")
    assert {part.partition("=")[0] for part in address.query.split("&")} == {"expires", "sig"}


@pytest.mark.parametrize("change", [("sig=", "sig=0"), ("expires=", "expires=1"), ("?", "?x&not-")])
def test_a_wrong_signature_is_refused(browser: Browser, change: tuple[str, str]) -> None:
    reply = browser.ask(browser.storage(FILE).replace(*change))
    assert reply.status == 403
    assert b"<Code>AccessDenied</Code>" in reply.body


def test_the_whole_file(browser: Browser) -> None:
    reply = browser.ask(browser.storage(FILE))
    assert (reply.status, reply.body) == (200, DATA)
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["etag"].startswith('"')
    assert parsedate_to_datetime(reply.headers["last-modified"]).timestamp() == FILE.published
    assert reply.headers["content-disposition"] == f'attachment; filename="{FILE.name}"'


@pytest.mark.parametrize("bounds", [(0, 0), (0, 299_999), (1, 262_143), (262_143, 262_145), (262_144, 300_000), (9, 9)])
def test_a_range(browser: Browser, bounds: tuple[int, int]) -> None:
    first, last = bounds
    reply = browser.ask(browser.storage(FILE), Range=f"bytes={first}-{last}")
    assert (reply.status, reply.body) == (206, DATA[first : last + 1])
    assert reply.headers["content-range"] == f"bytes {first}-{last}/300001"


def test_a_range_after_the_end(browser: Browser) -> None:
    reply = browser.ask(browser.storage(FILE), Range="bytes=300001-")
    assert (reply.status, reply.body) == (416, b"")
    assert reply.headers["content-range"] == "bytes */300001"


def test_a_range_under_a_condition(browser: Browser) -> None:
    address = browser.storage(FILE)
    seen = browser.ask(address, "HEAD").headers
    for validator in (seen["etag"], seen["last-modified"]):
        assert browser.ask(address, Range="bytes=5-6", If_Range=validator).status == 206
    for validator in ('"other"', f"W/{seen['etag']}", "Mon, 01 Jan 2024 00:00:00 GMT"):
        assert browser.ask(address, Range="bytes=5-6", If_Range=validator).body == DATA


def test_head_answers_without_a_body(browser: Browser) -> None:
    address = browser.storage(FILE)
    reply = browser.ask(address, "HEAD")
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "300001")
    assert browser.ask(address).body == DATA
    assert browser.connections == 1


def test_other_methods_are_refused(browser: Browser) -> None:
    reply = browser.ask("/api/v1/models/5", "DELETE")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


def test_previews_and_the_portrait_are_pictures(browser: Browser) -> None:
    model = browser.ask(f"/api/v1/models/{PLAN.model_id}").json
    assert read_png(browser.ask(model["creator"]["image"]).body)[:2] == (96, 96)
    pictures = set()
    for version in model["modelVersions"]:
        (image,) = version["images"]
        reply = browser.ask(image["url"].replace(f"width={image['width']}", "width=96"))
        assert reply.headers["content-type"] == "image/png"
        assert read_png(reply.body)[:2] == (96, 128)
        pictures.add(reply.body)
    assert len(pictures) == 12
    assert browser.ask("/images/1/original=true/1.png").body[16:24] == b"\0\0\x01\xe0\0\0\x02\x80"


def test_a_page_for_people(browser: Browser) -> None:
    reply = browser.ask(f"/models/{PLAN.model_id}?modelVersionId={FILE.version_id}")
    assert reply.headers["content-type"].startswith("text/html")
    assert FILE.name.encode() in reply.body


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (Trouble.MISSING, 404, "File not found"),
        (Trouble.LOGIN, 401, "requires you to be logged in"),
        (Trouble.USAGE, 401, "has disabled downloads"),
        (Trouble.EARLY_ACCESS, 403, "Early Access"),
    ],
)
def test_refusals(browser: Browser, trouble: Trouble, status: int, words: str) -> None:
    file = troubled(trouble)
    reply = browser.ask(f"/api/download/models/{file.version_id}?fileId={file.id}")
    assert reply.status == status
    assert words in reply.body.decode()
    assert listed_version(browser, file.version_id)["files"][0]["id"] == file.id


def test_what_is_blocked_is_listed_so(browser: Browser) -> None:
    early = listed_version(browser, troubled(Trouble.EARLY_ACCESS).version_id)
    refusal = browser.ask(f"/api/download/models/{early['id']}").json
    assert early["availability"] == "EarlyAccess"
    assert early["earlyAccessEndsAt"] == refusal["deadline"]
    assert listed_version(browser, troubled(Trouble.USAGE).version_id)["usageControl"] == "Generation"
    plain = listed_version(browser, Pack.get(troubled(Trouble.USAGE).plan).files[0].version_id)
    assert (plain["availability"], plain["usageControl"], plain["earlyAccessEndsAt"]) == ("Public", "Download", None)


def test_a_removed_file_is_listed_until_somebody_asks_for_it(browser: Browser) -> None:
    file = troubled(Trouble.REMOVED, size=5000)
    assert listed_version(browser, file.version_id, size=5000)
    assert browser.ask(f"/api/download/models/{file.version_id}?fileId={file.id}").status == 404
    assert listed_version(browser, file.version_id, size=5000) is None
    assert browser.ask(f"/api/v1/model-versions/{file.version_id}").status == 404


def test_a_web_page_comes_in_place_of_a_file(browser: Browser) -> None:
    reply = browser.ask(browser.storage(troubled(Trouble.WEB_PAGE)), Range="bytes=0-99")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_corrupt_file_has_another_checksum_than_listed(browser: Browser) -> None:
    file = troubled(Trouble.CORRUPT)
    body = browser.ask(browser.storage(file)).body
    listed = listed_version(browser, file.version_id)["files"][0]["hashes"]["SHA256"]
    assert len(body) == file.size
    assert hashlib.sha256(body).hexdigest().upper() != listed


def test_a_file_without_checksums(browser: Browser) -> None:
    file = troubled(Trouble.NO_CHECKSUM)
    listed = listed_version(browser, file.version_id)["files"][0]
    assert (listed["hashes"], listed["pickleScanResult"]) == ({}, "Pending")
    assert browser.ask(browser.storage(file)).body == file.weights.read(0, file.size)


def test_a_file_without_validators(browser: Browser) -> None:
    file = troubled(Trouble.NO_ETAG)
    address = browser.storage(file)
    reply = browser.ask(address, Range="bytes=7-9")
    assert reply.status == 206
    assert "etag" not in reply.headers
    assert "last-modified" not in reply.headers
    assert browser.ask(address, Range="bytes=7-9", If_Range='"any"').status == 200


def test_dropped_connections_end(browser: Browser) -> None:
    file = troubled(Trouble.DROPS)
    whole = file.weights.read(0, file.size)
    got = b""
    for _ in range(DROPS):
        reply = browser.begin(browser.storage(file), Range=f"bytes={len(got)}-")
        with pytest.raises(http.client.IncompleteRead) as cut:
            reply.read()
        assert cut.value.partial == whole[len(got) : len(got) + len(cut.value.partial)]
        assert cut.value.partial
        got += cut.value.partial
        browser.close()
    assert len(got) < file.size
    assert got + browser.ask(browser.storage(file), Range=f"bytes={len(got)}-").body == whole


def test_a_slow_start_ends(browser: Browser) -> None:
    file = troubled(Trouble.SLOW_START)
    assert browser.ask(browser.storage(file)).body == file.weights.read(0, file.size)


@pytest.mark.parametrize(
    "request_head",
    [b"\0\0\0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /" + b"x" * 100_000, b"GET / HTTP/1.1\r\nHost: a\r\n" * 9999],
)
def test_nonsense_is_answered_and_the_connection_closed(browser: Browser, request_head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(browser.endpoint).port or 0), timeout=30) as peer:
        try:
            peer.sendall(request_head)
            answer = b"".join(iter(lambda: peer.recv(4096), b""))
        except ConnectionError:
            answer = b""
    assert not answer or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert browser.ask(f"/models/{PLAN.model_id}").status == 200


def test_a_request_with_a_body_is_not_read(browser: Browser) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(browser.endpoint).port or 0), timeout=30) as peer:
        peer.sendall(b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        assert peer.recv(4096) == b""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_flat(hub: HubProcess, browser: Browser) -> None:
    plan = PackPlan(files=1, size=256 * MIB)
    (file,) = Pack.get(plan).files
    assert listed_version(browser, file.version_id, plan=plan)["files"][0]["hashes"]
    readers = [Browser(browser.endpoint) for _ in range(4)]
    replies = [reader.begin(reader.storage(file)) for reader in readers]
    buffer = memoryview(bytearray(MIB))
    for _ in range(256):
        for reply in replies:
            assert reply.readinto(buffer) == MIB
    for reader in readers:
        reader.close()
    status = Path(f"/proc/{hub.pid}/status").read_text("ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    assert peak < 96 * MIB


def listed_version(browser: Browser, number: int, size: int = 65_536, plan: PackPlan | None = None) -> Any:
    """The version as its model lists it, None when it does not."""
    plan = plan or PackPlan(files=80, size=size, trouble=True)
    versions = browser.ask(f"/api/v1/models/{plan.model_id}").json["modelVersions"]
    return next((version for version in versions if version["id"] == number), None)
