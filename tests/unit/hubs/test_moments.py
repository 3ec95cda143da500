from __future__ import annotations

import pytest

from stabilitydl.hubs.moments import last_moment, moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2023-11-14T22:13:20Z", 1_700_000_000.0),
        ("2023-11-14T22:13:20.500Z", 1_700_000_000.5),
        ("2023-11-14T22:13:20", 1_700_000_000.0),
        ("2023-11-15T00:13:20+02:00", 1_700_000_000.0),
        ("1969-12-31T23:59:59Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_of_hubs(text: str, seconds: float | None) -> None:
    assert moment(text) == seconds


def test_the_last_moment_that_is_known() -> None:
    assert last_moment([3.0, None, 5.0]) == 5.0
    assert last_moment([None]) is None
    assert last_moment([]) is None
