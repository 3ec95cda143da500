from __future__ import annotations

import pytest

from stabilitydl.demo.ranges import Span, Unsatisfiable, asked_span


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=0-100", 0, 100),
        ("bytes=10-", 10, 100),
        ("bytes=99-99999999999", 99, 100),
        ("bytes=-1", 99, 100),
        ("bytes=-1000", 0, 100),
        (" Bytes=5-6 ", 5, 7),
    ],
)
def test_a_range_of_100_bytes(header: str, start: int, end: int) -> None:
    span = asked_span(header, 100)
    assert span == Span(start, end, 100)
    assert span.content_range == f"bytes {start}-{end - 1}/100"


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,5-6", "items=0-1", "bytes=a-b"]
)
def test_what_is_no_range_means_the_whole(header: str | None) -> None:
    assert asked_span(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_bytes_after_the_end_do_not_exist(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        asked_span(header, 100)
