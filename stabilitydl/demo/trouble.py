"""What is odd or broken in a pack with trouble, and where: a pure table."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """One way in which a file of the pack is not plainly fine.

    The first seven never arrive; the others do, from a server with strange habits.
    """

    MISSING = "missing"
    """The download answers 404 although the model goes on listing the file."""
    REMOVED = "removed"
    """The download answers 404, and from then on the model does not list the file any more."""
    CORRUPT = "corrupt"
    """The bytes are not those of the listed checksums."""
    LOGIN = "login"
    """The download answers 401: only after a login."""
    EARLY_ACCESS = "early-access"
    """Listed as early access; the download answers 403 with the deadline."""
    USAGE = "usage"
    """Listed for use on the hub only; the download answers 401."""
    WEB_PAGE = "web-page"
    """The storage answers 200 with an HTML page."""
    NO_CHECKSUM = "no-checksum"
    """The hub lists no checksums, as while a scan is pending."""
    DROPS = "drops"
    """The connection is cut in the middle of the first bodies."""
    TWIN = "twin"
    """It has the file name of the file before it."""
    NO_ETAG = "no-etag"
    """The storage names no validator, so parts can only be joined on the strength of the checksum."""
    SLOW_START = "slow-start"
    """The first byte of every body comes late."""

    @property
    def is_fine(self) -> bool:
        """Does the right file arrive in the end?"""
        return self in _FINE


_FINE = frozenset({Trouble.NO_CHECKSUM, Trouble.DROPS, Trouble.TWIN, Trouble.NO_ETAG, Trouble.SLOW_START})

# The most telling ones first: a small pack has only the beginning of this list.
_ORDER = (
    Trouble.MISSING,
    Trouble.DROPS,
    Trouble.CORRUPT,
    Trouble.NO_CHECKSUM,
    Trouble.EARLY_ACCESS,
    Trouble.TWIN,
    Trouble.WEB_PAGE,
    Trouble.SLOW_START,
    Trouble.REMOVED,
    Trouble.NO_ETAG,
    Trouble.LOGIN,
    Trouble.USAGE,
)

DROPS = 3
"""How many bodies of a ``DROPS`` file are cut."""
SLOW_START_SECONDS = 1.5
"""How long a ``SLOW_START`` file keeps everybody waiting."""


def spread(files: int) -> dict[int, Trouble]:
    """Place (from 0) -> trouble for a pack of ``files`` files; at least 60 % of the places have none.

    Places are spread evenly, and the file before a troubled one is always plain.
    """
    count = min(files * 4 // 10, max(len(_ORDER), files * 3 // 10))
    return {number * files // count + 1: _ORDER[number % len(_ORDER)] for number in range(count)}
