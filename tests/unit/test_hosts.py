from __future__ import annotations

import pytest

from stabilitydl.hosts import ProxyFault, host_name, of_host, proxy_fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", None),
        ("none", None),
        ("proxy.example", None),
        ("proxy.example:8080", None),
        ("http://proxy.example:8080/", None),
        ("HTTPS://Proxy.Example", None),
        ("socks5://[::1]:1080", None),
        ("socks5h://127.0.0.1:9050", None),
        ("socks4://proxy.example", ProxyFault.SCHEME),
        ("file:///etc/passwd", ProxyFault.SCHEME),
        ("name:password@proxy.example", ProxyFault.LOGIN),
        ("http://name@proxy.example", ProxyFault.LOGIN),
        ("http://", ProxyFault.ADDRESS),
        ("two words", ProxyFault.ADDRESS),
        ("http://proxy.example:0", ProxyFault.ADDRESS),
        ("http://proxy.example:65536", ProxyFault.ADDRESS),
        ("http://proxy.example/path", ProxyFault.ADDRESS),
        ("http://[::1", ProxyFault.ADDRESS),
    ],
)
def test_addresses_of_proxies(text: str, fault: ProxyFault | None) -> None:
    assert proxy_fault(text) is fault


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Civitai.com", "civitai.com"),
        (" civitai.com. ", "civitai.com"),
        ("civitai.com:443", "civitai.com"),
        ("https://b2.civitai-delivery.com/file?x=y", "b2.civitai-delivery.com"),
        ("m\u00fcnchen.example", "xn--mnchen-3ya.example"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]:8080", "::1"),
        ("", ""),
        ("two words", ""),
        ("*.example", ""),
        ("-x", ""),
        ("a..b", ""),
        ("[::1", ""),
    ],
)
def test_names_of_hosts(text: str, name: str) -> None:
    assert host_name(text) == name


def test_a_table_of_hosts_holds_for_what_is_below_them_too() -> None:
    table = {"hub.example": 1, "cdn.hub.example": 2, "::1": 3}
    assert of_host(table, "hub.example") == 1
    assert of_host(table, "Files.Hub.Example.") == 1
    assert of_host(table, "a.cdn.hub.example") == 2
    assert of_host(table, "::1") == 3
    assert of_host(table, "example") is None
    assert of_host(table, "nohub.example") is None
    assert of_host(table, "::2") is None
