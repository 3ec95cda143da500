"""What a status code means: the error for an answer, and how long a busy server asks to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from ..errors import (
    AccessDenied,
    LoginNeeded,
    NotFound,
    RemoteGone,
    ServerBusy,
    ServerFailed,
    StabilityError,
    UnexpectedStatus,
)

LONGEST_WAIT = 600.0
"""Seconds that a server can make us wait, whatever it asks for."""

_RESET = re.compile(r"(?:^|;)\s*t\s*=\s*(\d{1,9})\s*(?:;|,|$)")


def error_for(status: int, headers: Mapping[str, str], host: str, now: float) -> StabilityError | None:
    """The error that ``status`` stands for, None for 2xx and for redirects.

    ``now`` is seconds since 1970; it turns a date in ``Retry-After`` into seconds.
    """
    if 200 <= status < 400:
        return None
    if status in (429, 503):
        return ServerBusy(host=host, status=status, after_seconds=retry_after(headers, now))
    if status == 401:
        return LoginNeeded(host=host, status=status)
    if status == 403:
        return AccessDenied(host=host, status=status)
    if status == 404:
        return NotFound(host=host, status=status)
    if status in (410, 451):
        return RemoteGone(host=host, status=status)
    if status == 408 or status >= 500:
        return ServerFailed(host=host, status=status)
    return UnexpectedStatus(host=host, status=status)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds from 0 to ``LONGEST_WAIT`` that the server asks to wait, None when it does not say.

    Reads ``Retry-After`` (RFC 9110 section 10.2.3: seconds or a date) and, where that is missing, the ``t``
    parameter of ``RateLimit``, seconds until the quota is new (draft-ietf-httpapi-ratelimit-headers), plus one.
    """
    text = headers.get("retry-after")
    if text is None:
        match = _RESET.search(headers.get("ratelimit") or "")
        seconds = None if match is None else int(match[1]) + 1.0
    else:
        seconds = _delay(text.strip(), now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _delay(text: str, now: float) -> float | None:
    if re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,9})?", text, re.ASCII):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError, TypeError):
        return None
