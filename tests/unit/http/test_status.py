"""What status codes mean, and how long a server may ask to wait."""

from __future__ import annotations

import pytest

from stabilitydl.errors import (
    AccessDenied,
    LoginNeeded,
    NotFound,
    RemoteGone,
    ServerBusy,
    ServerFailed,
    UnexpectedStatus,
)
from stabilitydl.http.status import error_for, retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None), (206, None), (304, None), (307, None), (400, UnexpectedStatus), (401, LoginNeeded),
        (403, AccessDenied), (404, NotFound), (408, ServerFailed), (410, RemoteGone), (416, UnexpectedStatus),
        (429, ServerBusy), (451, RemoteGone), (500, ServerFailed), (502, ServerFailed), (503, ServerBusy),
        (599, ServerFailed), (999, ServerFailed),
    ],
)  # fmt: skip
def test_each_status_has_its_error(status: int, kind: type | None) -> None:
    error = error_for(status, {}, "h", NOW)
    assert (error and type(error)) == kind
    assert error is None or error.arguments["host"] == "h"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None), ({"retry-after": "5"}, 5), ({"retry-after": " 0 "}, 0), ({"retry-after": "-7"}, 0),
        ({"retry-after": "31536000"}, 600), ({"retry-after": "9" * 300}, None), ({"retry-after": "soon"}, None),
        ({"retry-after": "Tue, 14 Nov 2023 22:14:20 GMT"}, 60), ({"retry-after": "Tue, 14 Nov 2023 22:12:20 GMT"}, 0),
        ({"retry-after": "Thu, 14 Nov 2024 22:13:20 GMT"}, 600),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:30 -0000"}, 10),
        ({"ratelimit": '"resolvers";r=0;t=51'}, 52), ({"ratelimit": '"api";r=0'}, None),
        ({"retry-after": "3", "ratelimit": '"api";r=0;t=99'}, 3), ({"retry-after": "\u0665"}, None),
    ],
)  # fmt: skip
def test_waits_are_read_and_bounded(headers: dict[str, str], seconds: float | None) -> None:
    """H17"""
    assert retry_after(headers, NOW) == seconds
    busy = error_for(429, headers, "h", NOW)
    assert isinstance(busy, ServerBusy)
    assert busy.arguments["after_seconds"] == seconds
