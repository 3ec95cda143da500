"""Times in the answers of hubs, as seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime


def moment(text: str) -> float | None:
    """An ISO 8601 date with or without zone (then UTC) as seconds since 1970, None for anything else."""
    try:
        when = datetime.fromisoformat(text)
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def last_moment(moments: Iterable[float | None]) -> float | None:
    """The last of the moments that are known."""
    return max((moment for moment in moments if moment is not None), default=None)
