"""Redirects: how many, where to, and which headers go along."""

from __future__ import annotations

import threading

import anyio
import anyio.lowlevel
import httpx
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.errors import NetworkTimeout, PrivateAddress, TooManyRedirects, UnsafeRedirect
from stabilitydl.http.client import OPEN_TIMEOUT, HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.redirects import follow, headers_for
from stabilitydl.http.request import Request
from tests.fakes.clock import ManualClock
from tests.fakes.nginx import Authority
from tests.fakes.origin import Exchange, FileOrigin
from tests.fakes.origin import Origin as Scripted

SECRETS = (
    ("Authorization", "Bearer canary"),
    ("Cookie", "s=canary"),
    ("X-Api-Key", "canary"),
    ("Private-Token", "canary"),
    ("X-New-Idea", "canary"),
)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_on_one_connection(client: HttpClient, status: int) -> None:
    with FileOrigin() as origin:
        origin.add("/b", b"here")
        url = origin.redirect("/a", "b#part", status)
        answer, body = await client.get(Request(url, trusted=True))
        assert (body, answer.url) == (b"here", origin.url("/b"))
        assert origin.connections == 1
        assert client.governor.lines() == []


@pytest.mark.anyio
async def test_a_redirect_that_names_no_place_is_an_answer(client: HttpClient) -> None:
    with FileOrigin() as origin:
        file = origin.add("/x", b"", statuses=[302, 304, 300])
        for status in (302, 304, 300):
            assert (await client.get(Request(file.url, trusted=True)))[0].status == status


@pytest.mark.anyio
@pytest.mark.parametrize("hops", [10, 11])
async def test_ten_hops_and_no_more(client: HttpClient, hops: int) -> None:
    """H19"""
    with FileOrigin() as origin:
        origin.add(f"/{hops}", b"here")
        for hop in range(hops):
            origin.redirect(f"/{hop}", f"/{hop + 1}")
        request = Request(origin.url("/0"), trusted=True)
        if hops == 10:
            assert (await client.get(request))[1] == b"here"
        else:
            with pytest.raises(TooManyRedirects):
                await client.get(request)


@pytest.mark.anyio
async def test_slow_redirects_have_one_deadline_together() -> None:
    """H19, N02: each server may take its time, but not all of them all of it."""
    clock, may_answer = ManualClock(), threading.Semaphore(0)
    client = HttpClient(clock, proxies=Proxies({}))
    ended = anyio.Event()

    def lead_on(exchange: Exchange) -> None:
        may_answer.acquire()
        exchange.answer(302, {"Location": f"{exchange.request.path}x"})

    async def ask(url: str) -> None:
        with pytest.raises(NetworkTimeout) as caught:
            await client.open(Request(url, trusted=True), bulk=True)
        assert caught.value.arguments["host"] == "127.0.0.1"
        ended.set()

    with Scripted(lead_on) as origin, anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(ask, origin.url("/"))
            for hop in range(4):
                assert not ended.is_set()
                await until_asked(origin, hop + 1)
                clock.advance(OPEN_TIMEOUT / 3.5)
                if hop < 3:
                    may_answer.release()
        may_answer.release()
    assert len(origin.requests) == 4
    assert client.connections == []
    assert client.governor.lines() == []
    await client.aclose()


async def until_asked(origin: Scripted, count: int) -> None:
    with anyio.fail_after(60):
        while len(origin.requests) < count:
            await anyio.lowlevel.checkpoint()


@pytest.mark.anyio
async def test_a_circle_is_seen_at_once(client: HttpClient) -> None:
    """H19"""
    with FileOrigin() as origin:
        origin.redirect("/a", "/b")
        origin.redirect("/b", "/a")
        with pytest.raises(TooManyRedirects):
            await client.get(Request(origin.url("/a"), trusted=True))
        assert len(origin.requests) == 2
    assert client.governor.lines() == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd", "ftp://h/x", "data:text/plain,x", "javascript:1", "http://", "https:///x", "//", "http://[",
        "https://user:pw@h/", "https://civitai.com@evil.test/", "https://h:0/", "https://h:70000/", "http://h/",
        "http://civitai.com/x?sig=canary", "\x00", "https://h\u2100/",
    ],
)  # fmt: skip
def test_unsafe_redirects_are_refused(location: str) -> None:
    """H19, H20, A03"""
    with pytest.raises(UnsafeRedirect) as caught:
        follow(httpx.URL("https://civitai.com/x"), location)
    assert "canary" not in str(caught.value)


def test_redirects_keep_a_signature_as_it_is() -> None:
    signed = "https://s.test/a%20b/c?X-Amz-Signature=a%2Bb%2F%3D&p=~_x&q=a+b"
    assert str(follow(httpx.URL("https://h/x"), signed)) == signed


@pytest.mark.anyio
async def test_https_does_not_lead_to_http(authority: Authority) -> None:
    """H20"""
    client = HttpClient(SystemClock(), proxies=Proxies({}), context=authority.client)
    with FileOrigin() as plain, FileOrigin(tls=authority.server) as origin:
        url = origin.redirect("/a", plain.add("/b", b"x").url)
        with pytest.raises(UnsafeRedirect):
            await client.get(Request(url, trusted=True))
        assert plain.connections == 0
    await client.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize("other", ["host", "port"])
async def test_secrets_do_not_cross_origins(client: HttpClient, other: str) -> None:
    """A01, A02"""
    with FileOrigin(host="127.0.0.2" if other == "host" else "127.0.0.1") as storage, FileOrigin() as origin:
        file = storage.add("/f", b"0123456789")
        origin.redirect("/b", file.url)
        request = Request(origin.redirect("/a", "/b"), headers=(*SECRETS, ("Accept", "x/y")), trusted=True)
        answer = await client.open(request, extra=[("Range", "bytes=2-3"), ("If-Range", file.etag or "")])
        assert await answer.read(100) == b"23"
        await answer.aclose()
        assert "canary" not in storage.requests[0].raw.decode()
        assert storage.requests[0].headers["accept"] == "x/y"
        assert storage.requests[0].headers["if-range"] == file.etag
        for seen in origin.requests:
            assert seen.raw.decode().count("canary") == len(SECRETS)


@pytest.mark.anyio
async def test_a_token_goes_to_its_origin_only_and_back_again() -> None:
    """A01, A02"""
    with FileOrigin() as storage, FileOrigin() as hub:
        tokens = Credentials({"civitai": "canary"}, {"civitai": frozenset({Origin.parse(hub.url())})})
        client = HttpClient(SystemClock(), credentials=tokens, proxies=Proxies({}))
        hub.add("/c", b"here")
        storage.redirect("/b", hub.url("/c"))
        hub.redirect("/a", storage.url("/b"))
        await client.get(Request(hub.url("/a"), hub="civitai", trusted=True))
        assert [seen.headers.get("authorization") for seen in hub.requests] == ["Bearer canary"] * 2
        assert "canary" not in storage.requests[0].raw.decode()
        await client.get(Request(hub.url("/c"), hub="", trusted=True))
        assert "authorization" not in hub.requests[-1].headers
        await client.aclose()


def test_scheme_host_and_port_make_an_origin() -> None:
    """A02"""
    first = Origin.parse("https://h.test/")
    own = [("X-Api-Key", "k"), ("Range", "bytes=0-1")]
    for other in ("http://h.test:443/", "https://h.test:444/", "https://h.test./", "https://www.h.test/"):
        assert headers_for(Origin.parse(other), first, own, ()) == [("Range", "bytes=0-1")]
    assert headers_for(Origin.parse("https://H.test:443/y"), first, own, ()) == own
    granted = [("Authorization", "Bearer t")]
    assert headers_for(first, first, [("authorization", "Bearer old")], granted) == granted


@pytest.mark.anyio
async def test_private_targets_need_the_users_word(client: HttpClient) -> None:
    """F15"""
    with FileOrigin() as origin:
        file = origin.add("/x", b"x")
        with pytest.raises(PrivateAddress):
            await client.get(Request(file.url))
        with pytest.raises(PrivateAddress):
            await client.get(Request(file.url.replace("127.0.0.1", "localhost")))
        assert origin.connections == 0
        # A connection that was opened for a trusted request does not serve another one.
        await client.get(Request(file.url, trusted=True))
        with pytest.raises(PrivateAddress):
            await client.get(Request(file.url))
        assert len(origin.requests) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[fd00::1]/"])
async def test_loopback_leads_to_loopback_only(client: HttpClient, target: str) -> None:
    """F15"""
    with FileOrigin() as other, FileOrigin() as origin:
        url = origin.redirect("/a", other.add("/b", b"here").url)
        assert (await client.get(Request(url, trusted=True)))[1] == b"here"
        with pytest.raises(PrivateAddress):
            await client.get(Request(origin.redirect("/c", target), trusted=True))


@pytest.mark.anyio
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_body_is_sent_again_to_its_own_origin_only(client: HttpClient, status: int) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.answer(200, body=exchange.request.method.encode() + exchange.request.body)

    with FileOrigin(host="127.0.0.2") as other, FileOrigin() as origin:
        origin.routes["/b"] = other.routes["/b"] = answer
        kept = b"POST[]" if status in (307, 308) else b"GET"
        for target, expected in (("/b", kept), (other.url("/b"), b"GET")):
            origin.redirect("/a", target, status)
            request = Request(origin.url("/a"), trusted=True, body=b"[]")
            assert (await client.get(request))[1] == expected
        assert "content-length" not in other.requests[0].headers
