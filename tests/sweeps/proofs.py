"""Where each defect on purpose shows, and as what kind of failure: in any other way it proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from .faults import Kind
from .pack import PACK
from .power import END
from .stories import CANCELLED, GET, KEPT, REPAIRED, RESUME, Story


@dataclass(frozen=True)
class Control:
    """A defect, and the fault, the calls and the part of a path at which it shows: elsewhere it does no harm.

    The first of ``expects`` is what has to be seen at the first point that fails; the others may come of it.
    """

    name: str
    expects: tuple[str, ...]
    kind: Kind = "kill"
    story: Story = GET
    calls: tuple[str, ...] = ()
    about: str = ""
    first: int = 1


ALONE = Story("get", pack=PACK[:1])
"""Beside small files, which wear their names at once, it would be chance what is seen first."""

KILL_CONTROLS = (
    Control("journal before write", ("lost", "again"), "tear"),
    Control("journal removed before the name", ("again",), calls=("rename_exclusive",), about="big"),
    Control("empty journal refused", ("stuck", "orphans"), calls=("write_at",), about=".journal"),
    Control("journal not read", ("again", "lost"), story=RESUME, calls=("write_at",), about="big"),
    Control("nobody tidies", ("orphans",), story=CANCELLED, calls=("remove",), about="big"),
    Control("names are replaced", ("wrong", "stuck", "lost", "orphans"), story=KEPT),
    Control("damaged file thrown away", ("lost", "again"), story=REPAIRED, calls=("sync_data",)),
)

POWER_CONTROLS = (
    Control("journal before data sync", ("lost", "again"), "power", ALONE, calls=("sync_data",)),
    Control("data not synced", ("lost", "again"), "power", ALONE, calls=("sync_data",), about=".journal"),
    Control("name before data sync", ("wrong", "stuck", "again"), "power", calls=("sync_data",)),
    # Other files of the pack sync their names along: only after the end it shows that nobody did. The part has its old
    # name again then, and might as well be one that another list began since.
    Control("folder not synced", ("lost", "stuck", "orphans"), "power", first=END),
)

LARGE_CONTROLS = (
    Control("no sync before the end", ("again",), "power", calls=("sync_data",), about=".sdlpart"),
    Control("nobody held back by a sync", ("again",), "power", calls=("sync_data",), about=".sdlpart"),
)
"""Show only with a file that is larger than what a power cut may cost."""
