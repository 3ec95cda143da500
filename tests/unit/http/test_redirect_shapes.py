"""Twenty-five ways in which a redirect leaves the origin of a secret, and that none of them takes the secret along.

Each is one answer of the hub. Where it is followed, the other server records what it was sent; where it is refused,
nobody is asked. Names are resolved by the operating system here, so the look-alikes of names are judged as origins.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from stabilitydl.errors import StabilityError, UnsafeRedirect, UsageError
from stabilitydl.http.client import HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.redirects import follow, headers_for
from stabilitydl.http.request import Request
from tests.fakes.clock import ManualClock
from tests.fakes.origin import FileOrigin

TOKEN = "canary-token"
OWN = (
    ("Authorization", "Bearer canary-own"),
    ("Proxy-Authorization", "Basic canary-proxy"),
    ("Cookie", "session=canary-cookie"),
    ("X-Api-Key", "canary-key"),
    ("Private-Token", "canary-private"),
    ("X-Future-Secret", "canary-future"),
)

# What stands in Location at the hub on 127.0.0.1:PORT; OTHER is another port, HOST another host of this machine.
FOLLOWED = [
    "http://127.0.0.1:{other}/f",
    "http://127.0.0.2:{host}/f",
    "HTTP://127.0.0.1:{other}/f",
    "//127.0.0.1:{other}/f",
    "//127.0.0.2:{host}/f",
    "http://127.0.0.1:{other}/f#fragment",
    "http://127.0.0.1:{other}/f?token=public",
    "http://127.0.0.2:{host}/../f",
    " http://127.0.0.1:{other}/f",
    "/again?to=other",
    "again?to=host",
    "http://localhost:{other}/f",
]
REFUSED = [
    "http://canary@127.0.0.1:{other}/f",
    "http://127.0.0.1:{port}@127.0.0.2:{host}/f",
    "http://user:canary@127.0.0.2:{host}/f",
    "ftp://127.0.0.1:{other}/f",
    "file:///etc/passwd",
    "data:text/plain,here",
    "http:///f",
    "gopher://127.0.0.1:{other}/f",
]
LOOK_ALIKES = [
    "https://civitai.com.evil.test/f",
    "https://evilcivitai.com/f",
    "https://xn--ivitai-bxf.com/f",
    "https://civitai.com:8443/f",
    "https://civitai.com./f",
]


@pytest.fixture
async def client() -> AsyncIterator[tuple[HttpClient, FileOrigin, FileOrigin, FileOrigin]]:
    with FileOrigin() as hub, FileOrigin() as other, FileOrigin(host="127.0.0.2") as host:
        tokens = Credentials({"civitai": TOKEN}, {"civitai": frozenset({Origin.parse(hub.url())})})
        made = HttpClient(ManualClock(), credentials=tokens, proxies=Proxies({}))
        yield made, hub, other, host
        await made.aclose()


def filled(location: str, hub: FileOrigin, other: FileOrigin, host: FileOrigin) -> str:
    return location.format(port=hub.port, other=other.port, host=host.port)


@pytest.mark.anyio
@pytest.mark.parametrize("location", FOLLOWED)
async def test_the_other_server_sees_no_secret_a01_a02(
    client: tuple[HttpClient, FileOrigin, FileOrigin, FileOrigin], location: str
) -> None:
    made, *servers = client
    hub, other, host = servers
    other.add("/f", b"here")
    host.add("/f", b"here")
    start = hub.redirect("/start", filled(location, hub, other, host))
    hub.routes["/again"] = lambda exchange: exchange.answer(
        307, {"Location": (other if exchange.request.query["to"] == ["other"] else host).url("/f")}
    )
    answer, body = await made.get(Request(start, headers=OWN, hub="civitai", trusted=True))
    assert body == b"here"
    assert TOKEN in hub.requests[0].raw.decode()
    seen = [*other.requests, *host.requests]
    assert len(seen) == 1
    assert "canary" not in seen[0].raw.decode()
    assert "canary" not in repr(answer)


@pytest.mark.anyio
@pytest.mark.parametrize("location", REFUSED)
async def test_what_is_no_address_is_not_followed_a03(
    client: tuple[HttpClient, FileOrigin, FileOrigin, FileOrigin], location: str
) -> None:
    made, *servers = client
    hub, other, host = servers
    start = hub.redirect("/start", filled(location, hub, other, host))
    with pytest.raises(StabilityError) as caught:
        await made.get(Request(start, headers=OWN, hub="civitai", trusted=True))
    assert isinstance(caught.value, UnsafeRedirect | UsageError)
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.problem}"
    assert other.requests == host.requests == []


@pytest.mark.parametrize("location", LOOK_ALIKES)
def test_a_look_alike_is_another_origin_a03(location: str) -> None:
    tokens = Credentials({"civitai": TOKEN})
    first = Origin.parse("https://civitai.com/start")
    target = Origin.of(follow(httpx.URL("https://civitai.com/start"), location))
    assert headers_for(target, first, OWN, tokens.headers_for("civitai", target)) == []
    assert headers_for(first, first, OWN, tokens.headers_for("civitai", first))


def test_there_are_twenty_five() -> None:
    assert len({*FOLLOWED, *REFUSED, *LOOK_ALIKES}) == 25
