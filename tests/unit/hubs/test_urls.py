"""Addresses that people type."""

from __future__ import annotations

import pytest

from stabilitydl.errors import UnsafeName
from stabilitydl.hubs.urls import below, clean_url, is_web, name_from_url


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" HTTPS://Example.COM:443/A/b.bin#part ", "https://example.com/A/b.bin"),
        ("http://example.com:80", "http://example.com/"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://example.com/a b.bin?x=1 2", "https://example.com/a%20b.bin?x=1%202"),
        ("https://example.com/50%25%20off.bin?sig=a%2Bb/c=&d", "https://example.com/50%25%20off.bin?sig=a%2Bb/c=&d"),
        ("https://example.com/模型.bin", "https://example.com/%E6%A8%A1%E5%9E%8B.bin"),
        ("https://example.com./x", "https://example.com/x"),
    ],
)
def test_one_way_to_write_an_address(typed: str, clean: str) -> None:
    assert clean_url(typed) == clean
    assert clean_url(clean) == clean


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("https://user:secret@example.com/x", "user name or password"),
        ("https://civitai.com@evil.test/x", "user name or password"),
        ("https:///x", "no host"),
        ("https://", "no host"),
        ("https://exa mple.com/x", "no host"),
        ("https://a%2eb/x", "no host"),
        ("https://[::1/x", "malformed"),
        ("https://example.com:99999/x", "malformed"),
        ("https://example.com:port/x", "malformed"),
        ("https://example.com/a\nHost: evil", "control characters"),
        ("ftp://example.com/x", "does not begin"),
        ("file:///etc/passwd", "does not begin"),
        ("https://example.com/" + "x" * 9000, "longer"),
    ],
)
def test_an_unusable_address_is_refused_without_repeating_it(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        clean_url(typed)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.com/a/model.safetensors", "model.safetensors"),
        ("https://example.com/resolve/main/a%20b.gguf?download=true", "a b.gguf"),
        ("https://example.com/a/b/", "b"),
        ("https://example.com/", "example.com"),
        ("https://example.com/%20/", "example.com"),
        ("https://example.com/a%2Fb.bin", "a_b.bin"),
        ("https://example.com/100%2525.bin", "100%25.bin"),
        ("https://example.com/nul.bin", "_nul.bin"),
        ("https://example.com/%FF.bin", "\ufffd.bin"),
    ],
)
def test_the_file_name_of_an_address_f09(url: str, name: str) -> None:
    assert name_from_url(url) == name


@pytest.mark.parametrize(
    "last", ["..%2Fx", "%2e%2e", "%2e%2e%2fx", "%252e%252e%252fx", "..%5Cx", "%2Fetc%2Fpasswd", "C%3A%5Cx"]
)
def test_a_file_name_that_climbs_is_refused_f01(last: str) -> None:
    with pytest.raises(UnsafeName):
        name_from_url(f"https://example.com/a/{last}")


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://example.com/d", "x.bin", "https://example.com/d/x.bin"),
        ("https://example.com/d/", "./sub/x y#1?.bin", "https://example.com/d/sub/x%20y%231%3F.bin"),
        ("https://example.com/d/", "a:b", "https://example.com/d/a%3Ab"),
        ("https://example.com/d/", "https:x", "https://example.com/d/https%3Ax"),
    ],
)
def test_a_name_below_a_base_address(base: str, path: str, url: str) -> None:
    assert below(base, path) == url


def test_what_looks_like_an_address() -> None:
    assert is_web("HTTP://x")
    assert not is_web("httpx://x")
    assert not is_web("list.txt")
