"""What a power cut would cost a volume now: what was written to its parts and is in no hard mark yet.

Syncs begin at half of what may be at risk, so that writing goes on beside them on a drive that keeps up. On one that
does not, nothing more is to be written once all of it is, until the sync has ended. Pure: is told the time, in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable

from .partfile import PartFile
from .place import MIB

AT_RISK_BYTES = 24 * MIB
"""With what is accepted and not yet written, and what is on its way, a power cut costs at most 32 MiB."""
AT_RISK_SECONDS = 1.0
"""More bytes may be at risk where they came within this time. While nothing is written no such time goes by."""
HARD_MARK_BYTES = AT_RISK_BYTES // 2
HARD_MARK_SECONDS = AT_RISK_SECONDS / 2


class Exposure:
    """The bytes at risk of all parts of a volume. At most one sync is under way, of some of the parts or of all."""

    def __init__(self, now: float) -> None:
        self.fresh = 0
        """Bytes that no sync has begun to make durable."""
        self._counts: dict[PartFile, int] = {}
        """How many these are of each file."""
        self._covered = 0
        """Bytes that the sync under way makes durable."""
        self._covered_seconds = 0.0
        self._since = now
        """When the first of the fresh bytes may have been written, later by what was spent holding back."""
        self._synced = now
        """When the last sync of all of them began."""
        self._held: float | None = None

    def add(self, file: PartFile, count: int) -> None:
        """``count`` more bytes of ``file`` were written."""
        self._counts[file] = self._counts.get(file, 0) + count
        self.fresh += count

    def drop(self, file: PartFile) -> None:
        """``file`` is about to be closed, or its bytes are given up."""
        self.fresh -= self._counts.pop(file, 0)

    @property
    def files(self) -> Iterable[PartFile]:
        """Those with bytes that no sync has begun to make durable."""
        return self._counts.keys()

    @property
    def at_risk(self) -> int:
        """Bytes that a power cut may take now."""
        return self._covered + self.fresh

    def is_due(self, now: float) -> bool:
        """Is it time for a sync of all of them?"""
        return self.fresh >= HARD_MARK_BYTES and now - self._synced >= HARD_MARK_SECONDS

    def is_full(self, now: float) -> bool:
        """May nothing more be written, if a sync is under way?"""
        if self._held is None:
            seconds = self._covered_seconds + now - self._since
            if self.at_risk < AT_RISK_BYTES or seconds < AT_RISK_SECONDS:
                return False
            self._held = now
        return True

    def held_for(self, now: float) -> float:
        """Since how many seconds nothing is written, because the sync under way takes so long."""
        return 0.0 if self._held is None else now - self._held

    def begin(self, files: Iterable[PartFile], now: float) -> None:
        """A sync of ``files`` begins."""
        before = self.fresh
        for file in files:
            self.drop(file)
        self._covered = before - self.fresh
        if not self._counts:
            self._covered_seconds = now - self._since
            self._since = self._synced = now

    def end(self, now: float) -> None:
        """It has ended: what it covered is durable, and hard marks say so."""
        self._covered, self._covered_seconds = 0, 0.0
        if self._held is not None:
            self._since += now - self._held
            self._held = None

    def __repr__(self) -> str:
        return f"<Exposure at_risk={self.at_risk}>"
