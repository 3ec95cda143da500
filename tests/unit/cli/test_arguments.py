import pytest

from stabilitydl.cli.arguments import read_order, read_rate, read_size
from stabilitydl.errors import BadNumber, UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("500", 500), ("500K", 500_000), ("2.5MiB", 2_621_440), ("10M", 10_000_000), ("1MB/s", 1_000_000)],
)
def test_a_rate_is_bytes_per_second(text: str, value: int) -> None:
    assert read_rate(text) == value


@pytest.mark.parametrize(
    "text", ["", "-1", "-5M", "nan", "inf", "1e9", "ten", "5X", "9" * 400, "99999P", "5 5", "0x10"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadNumber):
        read_rate(text)


def test_an_order_is_one_of_those_of_the_settings() -> None:
    assert [read_order(text) for text in ("in-order", "Small-First")] == ["in-order", "small-first"]
    with pytest.raises(UsageError, match="nearly-done-first"):
        read_order("random")


@pytest.mark.parametrize("text", ["0", "-1", "", "0.0001"])
def test_a_size_is_at_least_one_byte(text: str) -> None:
    with pytest.raises(BadNumber):
        read_size(text)


def test_a_size() -> None:
    assert read_size("4MiB") == 4 * 1024 * 1024
