"""Classes of addresses."""

from __future__ import annotations

import pytest

from stabilitydl.errors import UsageError
from stabilitydl.http.origins import Origin, Reach, parse_url, place_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1", Reach.LOOPBACK), ("127.9.9.9", Reach.LOOPBACK), ("::1", Reach.LOOPBACK),
        ("localhost", Reach.LOOPBACK), ("LOCALHOST.", Reach.LOOPBACK), ("a.localhost", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK), ("64:ff9b::7f00:1", Reach.LOOPBACK), ("2002:7f00:1::", Reach.LOOPBACK),
        ("10.1.2.3", Reach.PRIVATE), ("172.31.0.1", Reach.PRIVATE), ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE), ("0.0.0.0", Reach.PRIVATE), ("255.255.255.255", Reach.PRIVATE),
        ("224.0.0.1", Reach.PRIVATE), ("::", Reach.PRIVATE), ("fd12::1", Reach.PRIVATE),
        ("::ffff:10.0.0.1", Reach.PRIVATE),
        ("169.254.169.254", Reach.LINK_LOCAL), ("fe80::1%eth0", Reach.LINK_LOCAL), ("[fe80::1]", Reach.LINK_LOCAL),
        ("8.8.8.8", Reach.PUBLIC), ("172.32.0.1", Reach.PUBLIC), ("2606:4700::1", Reach.PUBLIC),
        ("198.18.0.5", Reach.PUBLIC), ("64:ff9b::808:808", Reach.PUBLIC), ("civitai.com", Reach.PUBLIC),
    ],
)  # fmt: skip
def test_places(text: str, place: Reach) -> None:
    """F15"""
    assert place_of(text) is place


def test_reach_grants_public_and_one_class() -> None:
    assert Reach.PUBLIC.allows(Reach.PUBLIC)
    assert not Reach.PUBLIC.allows(Reach.LOOPBACK)
    assert Reach.LOOPBACK.allows(Reach.LOOPBACK)
    assert Reach.LOOPBACK.allows(Reach.PUBLIC)
    assert not Reach.LOOPBACK.allows(Reach.PRIVATE)
    assert all(Reach.ANY.allows(place) for place in Reach)


def test_origins_read_and_print() -> None:
    assert Origin.parse("HTTPS://CIVITAI.com:443/x") == Origin("https", "civitai.com", 443)
    assert str(Origin.parse("http://[::1]:8080/")) == "http://[::1]:8080"
    assert str(Origin.parse("https://b\u00fccher.test/")) == "https://xn--bcher-kva.test"


@pytest.mark.parametrize("host", ["xn--hub-.test", "xn--", "xn--a.test", "\u2488.test"])
def test_a_host_that_is_no_name_is_no_web_address(host: str) -> None:
    """H19"""
    with pytest.raises(UsageError):
        parse_url(f"https://{host}/x")
