from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.text import format_bytes, format_count, format_duration, format_speed, parse_quantity, plain


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "?"),
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (999.4, "999 B"),
        (999.5, "1.0 KB"),
        (1000, "1.0 KB"),
        (1500, "1.5 KB"),
        (99_949, "99.9 KB"),
        (99_950, "100 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (6_900_000_000, "6.9 GB"),
        (10**12, "1.0 TB"),
        (10**15, "1.0 PB"),
        (10**18, "1000 PB"),
        (-1500, "-1.5 KB"),
    ],
)
def test_bytes(count: float | None, text: str) -> None:
    assert format_bytes(count) == text


@given(st.integers(0, 999_499_999_999_999_999))
def test_bytes_are_never_wide(count: int) -> None:
    assert len(format_bytes(count)) <= 7


def test_speed() -> None:
    assert format_speed(None) == "?"
    assert format_speed(0) == "0 B/s"
    assert format_speed(12_300_000) == "12.3 MB/s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "?"),
        (math.inf, "?"),
        (math.nan, "?"),
        (-5, "0 s"),
        (0, "0 s"),
        (0.1, "1 s"),
        (59, "59 s"),
        (59.1, "1 min"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3659, "1 h"),
        (7500, "2 h 5 min"),
        (86_400, "1 d"),
        (273_600, "3 d 4 h"),
        (400 * 86_400, "400 d"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert format_duration(seconds) == text


def test_count() -> None:
    assert format_count(1, "file") == "1 file"
    assert format_count(0, "file") == "0 files"
    assert format_count(8000, "file") == "8,000 files"
    assert format_count(2, "child", "children") == "2 children"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1500", 1500),
        ("10M", 10_000_000),
        ("10m", 10_000_000),
        ("4 MiB", 4 * 1024**2),
        ("4mib", 4 * 1024**2),
        ("2.5GB", 2_500_000_000),
        ("1K", 1000),
        ("1KB", 1000),
        ("1KiB", 1024),
        ("1Ki", 1024),
        ("1MB/s", 1_000_000),
        ("1 MiB/s", 1024**2),
        ("8kbps", 8000),
        ("3 T", 3 * 10**12),
        ("1PB", 10**15),
        ("0.5", 0),
        (" 7 B ", 7),
    ],
)
def test_reading_a_quantity(text: str, value: int) -> None:
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "-10M",
        "+1",
        "\u22125",
        "M",
        "1 X",
        "1e9",
        "1.",
        ".5",
        "1,5",
        "1_000",
        "0x10",
        "inf",
        "nan",
        "1MM",
        "1 iB",
        "1i",
        "10 M M",
        "1/s/s",
        "1MB\x00",
        "ten",
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its text is checked below
        parse_quantity(text)
    assert str(caught.value) == text


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    try:
        value = parse_quantity(text)
    except ValueError:
        return
    assert value >= 0


@given(st.integers(0, 10**6), st.sampled_from(["", "B", "K", "KB", "KiB", "M", "MiB", "G", "GiB/s"]))
def test_units_multiply(number: int, unit: str) -> None:
    factor = {"": 1, "B": 1, "K": 1000, "KB": 1000, "KiB": 1024, "M": 1000**2, "MiB": 1024**2, "G": 1000**3}
    assert parse_quantity(f"{number}{unit}") == number * factor.get(unit, 1024**3)


def test_plain_leaves_what_people_read() -> None:
    assert plain("Füße 日本語 🦀 a\u0301") == "Füße 日本語 🦀 a\u0301"
    assert plain("") == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\t", "a\\u000ab\\u000d\\u0009"),
        ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"),
        ("\x9b31m", "\\u009b31m"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u200b\u2066\ufeff", "\\u200b\\u2066\\ufeff"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\udce9", "\\udce9"),
        ("\ue000", "\\ue000"),
        ("\x00\x7f", "\\u0000\\u007f"),
    ],
)
def test_plain_shows_what_would_deceive(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_plain_is_short() -> None:
    assert plain("a" * 500) == "a" * 500
    assert plain("a" * 501) == "a" * 499 + "\u2026"
    assert plain("abc", limit=2) == "a\u2026"


@given(st.text(st.characters()))
def test_plain_is_always_printable(text: str) -> None:
    shown = plain(text)
    shown.encode()
    assert not any(character in shown for character in "\n\r\x1b\u202e\x00")
    assert plain(shown, limit=10**6) == shown


def test_a_number_of_four_hundred_digits_is_refused_like_any_other_nonsense() -> None:
    with pytest.raises(ValueError, match="9999"):
        parse_quantity("9" * 400)
