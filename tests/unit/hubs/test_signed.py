"""Signed addresses: what is taken out of them, and that the rest leads back to them (A06)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from stabilitydl.errors import SecretMissing, UnknownLocator
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.hubs.signed import MARK, completed, redacted_address, secret_names, split_secret
from tests.fakes.clock import ManualClock

from .listing import expand

SIGNED = [
    (("https://b.s3.amazonaws.com/a.bin?X-Amz-Algorithm=AWS4&X-Amz-Credential=canary%2Fx&X-Amz-Date=1&X-Amz-Expires=2"
     "&X-Amz-SignedHeaders=host&X-Amz-Signature=canary"), "https://b.s3.amazonaws.com/a.bin"),
    ("https://b.s3.amazonaws.com/a.bin?versionId=7&AWSAccessKeyId=canary&Expires=1&Signature=canary%3D",
     "https://b.s3.amazonaws.com/a.bin?versionId=7"),
    ("https://d1.cloudfront.net/a.bin?Expires=1&Signature=canary&Key-Pair-Id=canary&Policy=canary",
     "https://d1.cloudfront.net/a.bin"),
    ("https://storage.googleapis.com/b/a.bin?x-goog-credential=canary&x-goog-signature=canary&generation=5",
     "https://storage.googleapis.com/b/a.bin?generation=5"),
    ("https://x.blob.core.windows.net/c/a.bin?sv=2020&st=canary&se=canary&sr=b&sp=r&sig=canary%2B",
     "https://x.blob.core.windows.net/c/a.bin"),
    ("https://b2.civitai.com/file/x/a.bin?Authorization=canary&b2ContentDisposition=a",
     "https://b2.civitai.com/file/x/a.bin?b2ContentDisposition=a"),
    ("https://x.oss-cn.aliyuncs.com/a.bin?x-oss-signature=canary&OSSAccessKeyId=canary&x-oss-process=image",
     "https://x.oss-cn.aliyuncs.com/a.bin?x-oss-process=image"),
    ("https://h.test/a.bin?md5=canary&expires=99", "https://h.test/a.bin"),
    ("https://h.test/a.bin?token=canary", "https://h.test/a.bin"),
    ("https://h.test/a.bin?x=1&Access%5FToken=canary&y", "https://h.test/a.bin?x=1&y"),
    ("https://h.test/a.bin?key=canaryCANARYcanaryCANARY", "https://h.test/a.bin"),
    ("https://h.test/a.bin?download=true&API-KEY=canary#top", "https://h.test/a.bin?download=true"),
]  # fmt: skip
PUBLIC = [
    "https://h.test/a.bin",
    "https://h.test/a.bin?download=true",
    "https://h.test/a.bin?key=name&hash=abc&id=5",
    "https://h.test/get?file=a.bin&x-oss-process=image",
    "https://h.test/token/signature?page=2",
]


@pytest.mark.parametrize(("url", "public"), SIGNED)
def test_what_grants_access_is_taken_out_a06(url: str, public: str) -> None:
    clean = url.partition("#")[0]
    kept, secret = split_secret(clean)
    assert kept == public
    assert "canary" in secret
    assert completed(kept + MARK, secret) == clean
    assert redacted_address(url) == public
    locator = Direct().recognise(url)
    assert locator is not None
    assert "canary" not in f"{locator.text} {locator.identity} {locator!r}"
    assert (locator.text, locator.identity) == (public, public)


@pytest.mark.parametrize("url", PUBLIC)
def test_what_grants_nothing_stays(url: str) -> None:
    assert split_secret(url) == (url, "")
    locator = Direct().recognise(url)
    assert locator is not None
    assert (locator.text, locator.identity, locator.secret) == (url, url, "")


@pytest.mark.anyio
@pytest.mark.parametrize(("url", "public"), SIGNED)
async def test_the_request_has_it_and_nothing_else_does_a06(client: HttpClient, url: str, public: str) -> None:
    expansion = await expand(Direct(), url, client)
    (child,) = expansion.resources
    assert b"canary" not in msgspec.json.encode([expansion.collection, child])
    assert child.addresses[0].reference == public + MARK
    request = await Direct().request(child, child.addresses[0], client)
    assert request.url == url.partition("#")[0]
    assert "canary" not in repr(request)
    again = await expand(Direct(), url.replace("canary", "canary2"), client)
    assert (again.collection.id, again.resources[0].id) == (expansion.collection.id, child.id)
    request = await Direct().request(child, child.addresses[0], client)
    assert "canary2" in request.url


@pytest.mark.anyio
async def test_two_collections_of_one_address_have_a_secret_each(client: HttpClient) -> None:
    one, other = [await expand(Direct(), SIGNED[0][0], client, root) for root in (Path("/a"), Path("/b"))]
    assert set(secret_names(one.resources)).isdisjoint(secret_names(other.resources))


@pytest.mark.anyio
async def test_a_secret_that_is_not_here_is_asked_for_in_words(client: HttpClient) -> None:
    expansion = await expand(Direct(), SIGNED[0][0], client)
    other = HttpClient(ManualClock())
    with pytest.raises(SecretMissing) as caught:
        await Direct().request(expansion.resources[0], expansion.resources[0].addresses[0], other)
    assert "paste the address again" in str(caught.value)
    await other.aclose()


@pytest.mark.anyio
async def test_addresses_in_a_list(client: HttpClient, tmp_path: Path) -> None:
    listed = tmp_path / "pack.txt"
    listed.write_text(f"{SIGNED[0][0]}\n{SIGNED[8][0]}\thttps://h.test/mirror/a.bin\n sig=canary\n")
    expansion = await expand(Direct(), str(listed), client)
    assert b"canary" not in msgspec.json.encode([expansion.collection, expansion.resources, expansion.problems])
    for child, (url, _) in zip(expansion.resources, (SIGNED[0], SIGNED[8]), strict=True):
        assert (await Direct().request(child, child.addresses[0], client)).url == url
    assert expansion.resources[1].addresses[1].reference == "https://h.test/mirror/a.bin"


@pytest.mark.parametrize("text", ["htps://h.test/a?token=canary", "h.test/a?x=1&sig=canary", "?token=canary"])
def test_a_mistyped_address_is_not_repeated_with_its_secret_a05(text: str) -> None:
    with pytest.raises(UnknownLocator) as caught:
        Registry([Direct()]).find(text)
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.problem}"
