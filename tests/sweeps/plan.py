"""All sweeps by name, each a function that runs in a folder of its own; the longest come first."""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from stabilitydl.disk.exposure import HARD_MARK_BYTES

from . import errnos, kills, power, soak, trace
from .faults import Kind
from .pack import KILL_BOUND, LARGE_PACK, PACK, SHORT_PACK, Yard
from .proofs import KILL_CONTROLS, LARGE_CONTROLS, POWER_CONTROLS, Control
from .stories import COPIED, GET, RESUME, STORIES, Story
from .table import Outcome


@dataclass(frozen=True)
class Planned:
    """One sweep. ``part``: under what it can be asked for."""

    part: str
    run: Callable[[str, Path], Outcome]


def _kill(name: str, folder: Path, *, story: Story, kind: Kind) -> Outcome:
    with Yard(folder, story.pack) as yard:
        return Outcome(name, KILL_BOUND, counts_as="kill points").take(kills.sweep(yard, story, kind))


def _kill_control(name: str, folder: Path, *, control: Control) -> Outcome:
    with Yard(folder, control.story.pack) as yard:
        return prove(Outcome(name, KILL_BOUND, expects=control.expects), yard, control)


def _errors(name: str, folder: Path) -> Outcome:
    with Yard(folder, SHORT_PACK) as yard:
        return Outcome(name, KILL_BOUND, counts_as="(call, error) pairs").take(errnos.sweep(yard))


def _short_writes(name: str, folder: Path) -> Outcome:
    with Yard(folder, SHORT_PACK) as yard:
        return Outcome(name, KILL_BOUND).take(errnos.short_writes(yard))


def _cut(name: str, folder: Path, *, kind: Kind = "power", with_database: bool = False) -> Outcome:
    outcome = Outcome(name, power.BOUND, counts_as="power cuts", skipped=power.is_allowed(folder))
    if outcome.skipped:
        return outcome
    with power.Volume(folder) as volume:
        home = volume.place if with_database else None
        with Yard(folder, PACK, volume=volume.place, home=home, is_slow_line=True) as yard:
            return outcome.take(power.sweep(yard, volume, kind))


def _cut_large(name: str, folder: Path, *, control: Control | None = None) -> Outcome:
    """With the product's own distance between two syncs, which take longer than what may come meanwhile."""
    expects = control.expects if control is not None else ()
    counts_as = "" if control is not None else "power cuts"
    outcome = Outcome(name, power.LARGE_BOUND, expects, counts_as, skipped=power.is_allowed(folder))
    if outcome.skipped:
        return outcome
    with (
        power.Volume(folder) as volume,
        Yard(folder, LARGE_PACK, volume=volume.place, hard_mark=HARD_MARK_BYTES, sync_seconds=0.2) as yard,
    ):
        if control is not None:
            return prove_cut(outcome, yard, volume, control)
        return outcome.take(power.sweep(yard, volume, every=4))


def _cut_control(name: str, folder: Path, *, control: Control) -> Outcome:
    outcome = Outcome(name, power.BOUND, control.expects, skipped=power.is_allowed(folder))
    if outcome.skipped:
        return outcome
    with (
        power.Volume(folder) as volume,
        Yard(folder, control.story.pack, volume=volume.place, is_slow_line=True) as yard,
    ):
        return prove_cut(outcome, yard, volume, control)


def _trace(name: str, folder: Path, *, control: str = "") -> Outcome:
    return trace.check(name, folder, control=control)


def _soak(name: str, folder: Path) -> Outcome:
    return soak.run(name, folder, kills=50, size=1024 * 1024 * 1024, seed=1)


def prove(outcome: Outcome, yard: Yard, control: Control) -> Outcome:
    """The kills at which ``control`` has to fail."""
    points = kills.sweep(
        yard,
        control.story,
        control.kind,
        control=control.name,
        calls=control.calls,
        about=control.about,
        first=control.first,
    )
    return outcome.take(points)


def prove_cut(outcome: Outcome, yard: Yard, volume: power.Volume, control: Control) -> Outcome:
    """The power cuts at which ``control`` has to fail."""
    points = power.sweep(
        yard,
        volume,
        control.kind,
        control=control.name,
        calls=control.calls or kills.KILLED,
        about=control.about,
        first=control.first,
    )
    return outcome.take(points)


PLAN: Mapping[str, Planned] = {
    "power cut: data lost": Planned("power", _cut),
    "(call, error) pairs": Planned("errors", _errors),
    "power cut: names kept": Planned("power", partial(_cut, kind="flushed-power")),
    "power cut: database too": Planned("power", partial(_cut, with_database=True)),
    "power cut: a file of 96 MiB": Planned("power", _cut_large),
    **{f"kill: {story.name}": Planned("kills", partial(_kill, story=story, kind="kill")) for story in STORIES},
    **{
        f"kill inside a write: {story.name}": Planned("kills", partial(_kill, story=story, kind="tear"))
        for story in (GET, RESUME, COPIED)
    },
    "kill -9 of the program, 1024 MiB": Planned("soak", _soak),
    "short writes": Planned("errors", _short_writes),
    "strace: calls that go around": Planned("trace", _trace),
    **{
        f"control: {control.name}": Planned("kills", partial(_kill_control, control=control))
        for control in KILL_CONTROLS
    },
    **{
        f"control: {control.name}": Planned("power", partial(_cut_control, control=control))
        for control in POWER_CONTROLS
    },
    **{f"control: {each.name}": Planned("power", partial(_cut_large, control=each)) for each in LARGE_CONTROLS},
    "control: writes past the system calls": Planned("trace", partial(_trace, control="writes past the system calls")),
}

COUNTED = {"kills": "kill points", "power": "power cuts", "errors": "(call, error) pairs"}
"""Of which part what is counted: see `table.LEAST`."""


def run_alone(name: str) -> tuple[Outcome, float]:
    """One sweep in a folder of its own, and how many seconds it took; one that breaks off says so in its outcome."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
        try:
            outcome = PLAN[name].run(name, Path(folder))
        except Exception as error:
            traceback.print_exc()
            outcome = Outcome(name, KILL_BOUND, error=f"{type(error).__name__}: {error}")
    return outcome, time.monotonic() - began
