"""An attempt: one job run for one resource, from resolving to its end."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from .checksum import Verification


class Outcome(StrEnum):
    """How a job run ended. An attempt that a crash cut off has none until the next start marks it."""

    DOWNLOADED = "downloaded"
    FOUND = "found"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the download history. Times are seconds since 1970, ``bytes`` what came over the network."""

    resource: str
    start: float
    end: float | None = None
    bytes: int = 0
    host: str = ""
    outcome: Outcome | None = None
    code: str = ""
    verification: Verification | None = None
