"""The headers of an answer."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.http.headers import Headers

fields = st.lists(st.tuples(st.sampled_from([b"A", b"a", b"ETag", b"b"]), st.binary(max_size=6)), max_size=6)


def test_names_have_any_case_and_values_are_joined() -> None:
    headers = Headers([(b"ETag", b'"a"'), (b"Link", b"<1>"), (b"link", b"<2>")])
    assert headers["etag"] == headers["ETAG"] == '"a"'
    assert headers.get("Link") == "<1>, <2>"
    assert headers.get("missing") is None
    assert dict(headers) == {"etag": '"a"', "link": "<1>, <2>"}
    assert len(headers) == 2
    assert repr(headers) == "<Headers etag, link>"
    with pytest.raises(KeyError):
        headers["missing"]


@given(fields)
def test_they_mean_what_httpx_makes_of_them(given_fields: list[tuple[bytes, bytes]]) -> None:
    """Where all of them are UTF-8; of others each is read by itself."""
    try:
        for _, value in given_fields:
            value.decode()
    except UnicodeDecodeError:
        return
    assert dict(Headers(given_fields)) == dict(httpx.Headers(given_fields))


def test_what_is_not_utf_8_is_still_text() -> None:
    assert Headers([(b"a", b"\xe9"), (b"b", "é".encode())]) == {"a": "é", "b": "é"}
