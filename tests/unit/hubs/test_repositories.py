"""What repository hubs share: pins that are read back as they were written, and names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.errors import HubError
from stabilitydl.hubs.repositories import LARGEST_FILE, Pin, is_below, is_name, plausible_size

PARTS = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1).filter(
    lambda part: part not in (".", "..")
)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.lists(PARTS, min_size=1, max_size=4), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_pin_is_read_as_it_was_written(parts: list[str], commit: str) -> None:
    pin = Pin("dataset", "org/pack.v1", commit, "/".join(parts))
    assert Pin.parse(str(pin), "hub") == pin


@pytest.mark.parametrize("text", ["", "model:a/b@c", "model:a/b@c/", "model:a/b@c/x//y", "model:a/b@c/./x", "x:a/b@c/d",
                                  "model:a/b/c@d/e", "model:@c/d", "model:a/..@c/d", "model:a/b@/d"])  # fmt: skip
def test_what_is_no_pin_is_refused(text: str) -> None:
    with pytest.raises(HubError, match="hub"):
        Pin.parse(text, "hub")


def test_names() -> None:
    for name in ("a/b", "gpt2", "Org-1/Pack_2.v3", "0/9"):
        assert is_name(name), name
    for name in ("", "/", "a/", "/b", "a/b/c", "a..b/c", "-a/b", ".a/b", "a/b c", "a/\u0431", "a/" + "b" * 97, "a/b\n"):
        assert not is_name(name), name


def test_below_and_sizes() -> None:
    assert is_below("a/b", "a")
    assert is_below("a/b", "a/b")
    assert not is_below("ab", "a")
    assert [plausible_size(size) for size in (None, 0, LARGEST_FILE, LARGEST_FILE + 1)] == [None, 0, LARGEST_FILE, None]
