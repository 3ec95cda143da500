"""Whose fault is it that a try failed: the resource's, its host's, or that of the network between us and every host?"""

from __future__ import annotations

from ..domain.states import WaitReason
from ..errors import StabilityError
from .context import Context
from .life import Life
from .portals import DOUBT
from .remedies import Verdict, judge
from .scheduler import Entry
from .source import in_order

DOUBT_POLL = 1.0
"""Seconds between two looks at what other hosts send, while one page is all that came."""


class Blame:
    """For one job. A try begins with `begin`, each failure of it is noted, and the one that ended it is judged."""

    def __init__(self, entry: Entry, life: Life, context: Context) -> None:
        self._entry = entry
        self._life = life
        self._context = context
        self._failing_at = -1
        self._since = 0.0

    def begin(self) -> None:
        """A try begins: earlier ones prove nothing about this one."""
        self._failing_at = -1

    def note(self) -> None:
        """No answer came. The first time counts since which no byte did."""
        if self._failing_at != self._life.live.fetched:
            self._failing_at, self._since = self._life.live.fetched, self._context.clock.monotonic()

    async def judge(self, failure: StabilityError, tries: int) -> Verdict:
        """What becomes of the resource after ``tries`` in a row. May take a while: what others meet tells more."""
        self.note()
        if await self._is_behind_portal(failure):
            return WaitReason.NETWORK
        return judge(
            failure,
            came=self._life.live.fetched > 0,
            offline=self._context.reach.is_offline(str(failure.arguments.get("host", "")), self._since),
            may_log_in=self._context.logins.may_wait(str(failure.arguments.get("hub", ""))),
            tries=tries,
        )

    async def _is_behind_portal(self, failure: StabilityError) -> bool:
        """Did something answer that stands between us and every host? The others that are asked right now will tell."""
        portals, clock, host = self._context.portals, self._context.clock, self._entry.host
        began = clock.monotonic()
        if not portals.met(host, failure, began, is_proven=self._is_proven):
            return False
        while portals.is_doubtful(host, clock.monotonic()) and clock.monotonic() - began < DOUBT:
            if not self._context.slots.is_any_elsewhere(host):
                return False
            await clock.sleep(DOUBT_POLL)
        return portals.is_in_between(host, clock.monotonic())

    @property
    def _is_proven(self) -> bool:
        """Does a certificate say who answers? Hubs that are not asked by address are asked over TLS."""
        first = next(iter(in_order(self._life.row.resource)), None)
        return first is None or not first.reference.lower().startswith("http://")

    def __repr__(self) -> str:
        return f"<Blame for {self._entry.host} since {self._since:.1f}>"
