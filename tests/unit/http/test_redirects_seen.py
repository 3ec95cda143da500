"""Where a hub may lead a request that carries a token, by names of the internet: no secret reaches another origin.

A01, A02, A03. The server on loopback stands in for a proxy, so that it sees every request, whatever its host.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.errors import StabilityError
from stabilitydl.http.client import HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin as Place
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from tests.fakes.origin import Exchange, Origin

HUB = "http://hub.test"
SECRET = "canary"
OWN = (("Cookie", f"s={SECRET}"), ("X-Api-Key", SECRET), ("Private-Token", SECRET))

# Each with the hosts and ports that it leads to besides the hub; None where it is refused before anybody is asked.
SHAPES = {
    "/other": [],
    "other?x=1": [],
    "?page=2": [],
    "//hub.test/x": [],
    "http://hub.test/x": [],
    "http://hub.test:80/x": [],
    "HTTP://HUB.TEST/x": [],
    "http://hub.test:8080/x": ["hub.test:8080"],
    "//hub.test:8080/x": ["hub.test:8080"],
    "https://hub.test/x": ["tls hub.test:443"],
    "https://hub.test:80/x": ["tls hub.test:80"],
    "http://www.hub.test/x": ["www.hub.test:80"],
    "http://cdn.hub.test/x?sig=1": ["cdn.hub.test:80"],
    "//cdn.test/x": ["cdn.test:80"],
    "http://hub.test.evil.test/x": ["hub.test.evil.test:80"],
    "http://evilhub.test/x": ["evilhub.test:80"],
    "http://hub.test.:80/x": ["hub.test.:80"],
    "http://hub.test@evil.test/x": None,
    "http://user:pw@hub.test/x": None,
    "http://evil.test\\@hub.test/x": None,
    "http://evil.test/http://hub.test/x": ["evil.test:80"],
    "http://evil.test/?next=http://hub.test": ["evil.test:80"],
    "http://evil.test#@hub.test/": ["evil.test:80"],
    "/\\evil.test/x": [],
    "\\\\evil.test/x": [],
    "http:\\\\evil.test/x": [],
    "http:///evil.test/x": None,
    "///evil.test/x": None,
    "http:evil.test/x": [],
    "ftp://hub.test/x": None,
    "http://xn--hub-.test/x": None,
    "http://8.8.8.8/x": ["8.8.8.8:80"],
    "http://[2606:4700::1]/x": ["[2606:4700::1]:80"],
    "https://[2606:4700::1]/x": ["tls [2606:4700::1]:443"],
    "http://127.0.0.1/x": None,
    "http://[::1]/x": None,
    "http://cdn.test/away": ["cdn.test:80", "far.test:80"],
    "http://cdn.test/back": ["cdn.test:80"],
}


def reached(exchange: Exchange) -> str:
    """Host and port that a request goes to."""
    target = exchange.request.target
    if exchange.request.method == "CONNECT":
        return f"tls {target}"
    parts = urlsplit(target)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or 80}"


@pytest.mark.anyio
@pytest.mark.parametrize("location", SHAPES)
async def test_no_secret_crosses_an_origin(location: str) -> None:
    seen: list[tuple[str, str]] = []

    def step(exchange: Exchange) -> None:
        place = reached(exchange)
        seen.append((place, exchange.request.raw.decode("latin-1")))
        path = urlsplit(exchange.request.target).path
        if exchange.request.method == "CONNECT":
            exchange.answer(502)
        elif (place, path) == ("hub.test:80", "/start"):
            exchange.answer(302, {"Location": location})
        elif path == "/away":
            exchange.answer(307, {"Location": "http://far.test/x"})
        elif path == "/back":
            exchange.answer(307, {"Location": f"{HUB}/again"})
        else:
            exchange.answer(200, {}, b"ok")

    expected = SHAPES[location]
    with Origin(step) as proxy:
        settings = {"http": proxy.url(""), "https": proxy.url("")}
        tokens = Credentials({"hub": SECRET}, {"hub": frozenset({Place.parse(HUB)})})
        client = HttpClient(SystemClock(), credentials=tokens, proxies=Proxies(settings))
        try:
            await client.get(Request(f"{HUB}/start", headers=OWN, hub="hub"))
            refusal = None
        except StabilityError as error:
            refusal = error
        finally:
            await client.aclose()
    others = [(place, raw) for place, raw in seen if place != "hub.test:80"]
    assert [place for place, _ in others] == (expected or [])
    assert not any(SECRET in raw for _, raw in others)
    for _, raw in [each for each in seen if each not in others]:
        assert f"Bearer {SECRET}" in raw, "the hub itself is logged in to, also on the way back"
    assert SECRET not in str(refusal)
    if expected is None:
        assert refusal is not None
        assert len(seen) == 1
