"""Resources with the same bytes: one of them is brought, the others are copies of its file.

They may come from different hubs and go to different folders; what makes them twins is an equal SHA-256.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..clock import Clock
from ..disk.disk import Disk
from ..domain.checksum import Algorithm
from ..domain.resource import Address, Resource, ResourceSnapshot
from ..domain.states import State
from ..errors import TwinComes
from .here import is_recorded
from .recorder import Recorder
from .source import in_order

LOOK_SECONDS = 2.0
"""How long the drives of twins may take to say whether their files are there."""


class Twins:
    """Who works on which content, in the order in which they came."""

    def __init__(self) -> None:
        self._at_work: dict[str, dict[str, str]] = {}

    def announce(self, row: ResourceSnapshot) -> None:
        """``row`` may have its content soon, be it only that its file is found: others wait until that is known."""
        content = content_of(row.resource)
        if content is not None:
            self._at_work.setdefault(content, {}).setdefault(row.id, row.resource.name)

    def enter(self, row: ResourceSnapshot) -> None:
        """``row`` wants its content. Raises TwinComes while another one that came before it is at work on the same."""
        self.announce(row)
        working = self._at_work.get(content_of(row.resource) or "", {})
        first = next(iter(working), row.id)
        if first != row.id:
            raise TwinComes(path=working[first])

    def leave(self, row: ResourceSnapshot) -> None:
        """``row`` ends, or waits for something else: the next one may go on."""
        content = content_of(row.resource)
        working = self._at_work.get(content, {}) if content is not None else {}
        working.pop(row.id, None)
        if content is not None and not working:
            self._at_work.pop(content, None)

    def is_free(self, row: ResourceSnapshot) -> bool:
        """Would `enter` raise nothing?"""
        content = content_of(row.resource)
        working = self._at_work.get(content, {}) if content is not None else {}
        return next(iter(working), row.id) == row.id

    def __repr__(self) -> str:
        return f"<Twins {sum(map(len, self._at_work.values()))} at work on {len(self._at_work)} contents>"


def content_of(resource: Resource) -> str | None:
    """The SHA-256 that the hub names, None where it names none."""
    return next((each.digits for each in resource.checksums if each.algorithm is Algorithm.SHA256), None)


async def twins_of(resource: Resource, recorder: Recorder) -> list[ResourceSnapshot]:
    """The other resources on the list with the same bytes."""
    content = content_of(resource)
    if content is None:
        return []
    rows = await recorder.ask(lambda ledger: ledger.store.same_content(content))
    return [row for row in rows if row.id != resource.id]


async def file_of(twins: Sequence[ResourceSnapshot], disk: Disk, clock: Clock) -> Path | None:
    """A file of one of ``twins`` that is here and unchanged since it arrived; None also where a drive does not say.

    Raises DiskError.
    """
    arrived = [row for row in twins if row.state is State.DOWNLOADED and row.target is not None]
    if not arrived:
        return None
    try:
        with clock.fail_after(LOOK_SECONDS):
            statuses = await disk.stats(Path(row.target or "") for row in arrived)
    except TimeoutError:
        return None
    for row, status in zip(arrived, statuses, strict=True):
        if is_recorded(row, status):
            return Path(row.target or "")
    return None


def addresses_of(resource: Resource, twins: Sequence[ResourceSnapshot]) -> list[tuple[Resource, Address]]:
    """Where the bytes can be had, with the resource that the hub knows there: its own addresses, then its twins'."""
    given = [row.resource for row in twins if row.resource.blocked is None]
    found: dict[tuple[str, str], tuple[Resource, Address]] = {}
    for owner in (resource, *given):
        for address in in_order(owner):
            found.setdefault((address.hub, address.reference), (owner, address))
    return list(found.values())
