"""Run the sweeps and print the table; the exit code is 0 when everything held and every control failed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import errnos, kills, power, soak, trace
from .controls import KILL_CONTROLS, POWER_CONTROLS
from .faults import Kind
from .pack import KILL_BOUND, PACK, SHORT_PACK, Yard
from .table import Outcome, lines

Part = Callable[[Path], Iterator[Outcome]]


def _kills(folder: Path) -> Iterator[Outcome]:
    for story in (kills.GET, kills.RESUME, kills.COPIED, kills.CANCELLED, kills.REMOVED, kills.QUARANTINED):
        with Yard(folder, story.pack) as yard:
            yield Outcome(f"kill: {story.name}", KILL_BOUND).take(kills.sweep(yard, story))
    for story in (kills.GET, kills.RESUME, kills.COPIED):
        with Yard(folder, story.pack) as yard:
            yield Outcome(f"kill inside a write: {story.name}", KILL_BOUND).take(kills.sweep(yard, story, "tear"))


def _kill_controls(folder: Path) -> Iterator[Outcome]:
    with Yard(folder) as yard:
        for control, kind, call, about in KILL_CONTROLS:
            verdicts = kills.sweep(yard, kills.GET, kind, control=control, calls=(call,), about=about)
            yield Outcome(f"kill, {control}", KILL_BOUND, is_control=True).take(verdicts, until_failure=True)


def _errors(folder: Path) -> Iterator[Outcome]:
    with Yard(folder, SHORT_PACK) as yard:
        yield Outcome(f"{len(errnos.PAIRS)} (call, error) pairs", KILL_BOUND).take(errnos.sweep(yard))
        yield Outcome("short writes", KILL_BOUND).take(errnos.short_writes(yard))


def _power(folder: Path) -> Iterator[Outcome]:
    kinds: tuple[tuple[str, Kind], ...] = (("power cut, ext4", "power"), ("power cut, names kept", "flushed-power"))
    reason = power.is_allowed(folder)
    if reason:
        yield Outcome("power cuts", power.BOUND, skipped=reason)
        return
    with power.Volume(folder) as volume, Yard(folder, PACK, volume=volume.place) as yard:
        for name, kind in kinds:
            yield Outcome(name, power.BOUND).take(power.sweep(yard, volume, kind))
    with power.Volume(folder) as volume, Yard(folder, PACK, volume=volume.place, home=volume.place) as yard:
        yield Outcome("power cut, database too", power.BOUND).take(power.sweep(yard, volume))
    with power.Volume(folder) as volume, Yard(folder, PACK, volume=volume.place) as yard:
        for control in POWER_CONTROLS:
            # Other files of the pack sync their names along: only after the end it shows that nobody did.
            first = power.END if control == "folder not synced" else 1
            verdicts = power.sweep(yard, volume, control=control, first=first)
            yield Outcome(f"power cut, {control}", power.BOUND, is_control=True).take(verdicts, until_failure=True)


def _trace(folder: Path) -> Iterator[Outcome]:
    yield trace.check(folder)
    yield trace.check(folder, control="writes past the system calls")


def _soak(folder: Path) -> Iterator[Outcome]:
    yield soak.run(folder, kills=50, size=1024 * 1024 * 1024, seed=1)


PARTS: dict[str, Part] = {
    "kills": _kills,
    "kill-controls": _kill_controls,
    "errors": _errors,
    "power": _power,
    "trace": _trace,
    "soak": _soak,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sweeps", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"only these: {', '.join(PARTS)}")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    outcomes: list[Outcome] = []
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
            began = time.monotonic()
            for outcome in PARTS[name](Path(folder)):
                outcomes.append(outcome)
                print(f"{outcome.name}: {len(outcome.verdicts)} points, {time.monotonic() - began:.0f} s", flush=True)
                if not outcome.is_good:
                    print(*(f"  {verdict}" for verdict in outcome.failures), sep="\n", flush=True)
                began = time.monotonic()
    print("", *lines(outcomes), sep="\n")
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
