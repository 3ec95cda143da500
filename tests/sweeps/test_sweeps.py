"""A short subset of the sweeps, the same points each time; ``python -m tests.sweeps`` runs them all.

C01, C03, C04, C05, C06, C07, C10, C11, C13; C02 and B05 where volumes can be mounted; D01 to D08, D13 for errors that
pass, D16 for what rotted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.disk.exposure import AT_RISK_BYTES

from . import errnos, kills, power, soak, stories, trace
from .actions import Action
from .faults import Fault, Kind
from .nursery import Life, Nursery
from .pack import KILL_BOUND, MIB, PACK, SHORT_PACK, Yard
from .plan import prove, prove_cut
from .proofs import KILL_CONTROLS, POWER_CONTROLS, Control
from .stories import Story
from .table import Outcome

NO_FAULT = Fault()

QUICK_CONTROLS = [control for control in KILL_CONTROLS if control.name != "nobody tidies"]
"""Of that one it takes long to be sure that nobody does."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


def hold(outcome: Outcome) -> None:
    """Every point of a sweep holds, and some were struck."""
    assert outcome.struck
    assert not outcome.failures, "\n".join(map(str, outcome.failures))


def show(outcome: Outcome) -> None:
    """A defect on purpose was noticed, as what it is."""
    assert outcome.is_good, f"{sorted(outcome.seen)} at {[str(verdict) for verdict in outcome.failures]}"


@pytest.mark.parametrize(
    ("story", "kind", "every"),
    [
        (stories.GET, "kill", 31),
        (stories.GET, "tear", 19),
        (stories.RESUME, "kill", 29),
        (stories.COPIED, "kill", 29),
        (stories.CANCELLED, "kill", 29),
        (stories.REMOVED, "kill", 29),
        (stories.QUARANTINED, "kill", 37),
        (stories.REPAIRED, "kill", 37),
        (stories.KEPT, "kill", 11),
        (stories.JUDGED, "kill", 11),
        (stories.RETRIED, "kill", 37),
        (stories.EMPTIED, "kill", 11),
        (stories.GET_PLAIN, "kill", 61),
        (stories.KEPT_PLAIN, "kill", 19),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_kill_at_any_call_costs_little_and_leaves_nothing(
    tmp_path: Path, nursery: Nursery, story: Story, kind: Kind, every: int
) -> None:
    """C01, C03, C04, C05, C06, C13, D16"""
    is_short = story in (stories.CANCELLED, stories.REMOVED)
    with Yard(tmp_path, SHORT_PACK if is_short else story.pack, nursery=nursery) as yard:
        hold(Outcome(story.name, KILL_BOUND).take(kills.sweep(yard, story, kind, every=every, first=3)))


@pytest.mark.parametrize("control", QUICK_CONTROLS, ids=lambda control: control.name)
def test_a_sweep_of_kills_notices_defects_on_purpose(tmp_path: Path, nursery: Nursery, control: Control) -> None:
    """C01, C07: without this, the test above would prove nothing."""
    with Yard(tmp_path, control.story.pack, nursery=nursery) as yard:
        show(prove(Outcome(control.name, KILL_BOUND, control.expects), yard, control))


def test_an_error_of_any_call_has_a_defined_end(tmp_path: Path, nursery: Nursery) -> None:
    """D02, D03, D05, D07, D08, D13"""
    with Yard(tmp_path, SHORT_PACK, nursery=nursery) as yard:
        hold(Outcome("errors", KILL_BOUND).take(errnos.sweep(yard, every=23, number=1)))
    assert len(errnos.PAIRS) >= 150


def test_a_sweep_of_errors_notices_a_file_that_was_shown_and_is_gone(
    tmp_path: Path, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D02, D05: without this, the test above would prove nothing."""
    live, gone = Yard.live, []

    def lose(yard: Yard, action: Action, fault: Fault = NO_FAULT, **more: Any) -> Life:
        life = live(yard, action, fault, **more)
        if fault.kind == "error":
            gone.append(Path(life.announced[0]))
            gone[0].unlink()
        return life

    monkeypatch.setattr(Yard, "live", lose)
    with Yard(tmp_path, SHORT_PACK, nursery=nursery) as yard:
        verdict = next(errnos.sweep(yard, number=1))
    assert verdict.lost == [gone[0].name]


def test_short_writes_are_continued(tmp_path: Path, nursery: Nursery) -> None:
    """D06"""
    with Yard(tmp_path, SHORT_PACK, nursery=nursery) as yard:
        hold(Outcome("short writes", KILL_BOUND).take(errnos.short_writes(yard, every=15)))


@pytest.fixture
def volume(tmp_path: Path) -> power.Volume:
    reason = power.is_allowed(tmp_path / "try")
    if reason:
        pytest.skip(f"no volume of its own can be mounted here: {reason}")
    return power.Volume(tmp_path)


@pytest.mark.parametrize("kind", ["power", "flushed-power"])
def test_a_power_cut_loses_no_more_than_it_may(
    tmp_path: Path, nursery: Nursery, volume: power.Volume, kind: Kind
) -> None:
    """C02, B05"""
    with volume, Yard(tmp_path, PACK, volume=volume.place, nursery=nursery, is_slow_line=True) as yard:
        hold(Outcome(kind, power.BOUND).take(power.sweep(yard, volume, kind, every=61, first=17)))


def test_what_may_come_besides_fits_into_what_a_power_cut_may_cost() -> None:
    """C02: the full run cuts the power in a file of 96 MiB that is synced as the product does it."""
    assert AT_RISK_BYTES + power.AHEAD <= power.LARGE_BOUND


def test_a_power_cut_that_takes_the_database_along_keeps_what_was_shown(
    tmp_path: Path, nursery: Nursery, volume: power.Volume
) -> None:
    """B05"""
    with (
        volume,
        Yard(tmp_path, SHORT_PACK, volume=volume.place, home=volume.place, nursery=nursery, is_slow_line=True) as yard,
    ):
        hold(Outcome("database", power.BOUND).take(power.sweep(yard, volume, every=37, first=9)))


@pytest.mark.parametrize("control", POWER_CONTROLS, ids=lambda control: control.name)
def test_a_sweep_of_power_cuts_notices_what_was_not_synced(
    tmp_path: Path, nursery: Nursery, volume: power.Volume, control: Control
) -> None:
    """C02"""
    pack = control.story.pack
    with volume, Yard(tmp_path, pack, volume=volume.place, nursery=nursery, is_slow_line=True) as yard:
        show(prove_cut(Outcome(control.name, power.BOUND, control.expects), yard, volume, control))


@pytest.mark.parametrize("control", ["", "writes past the system calls"])
def test_every_call_of_the_write_path_can_be_struck(tmp_path: Path, control: str) -> None:
    outcome = trace.check("strace", tmp_path, control=control)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.is_good, "\n".join(map(str, outcome.failures))


def test_the_program_killed_again_and_again_ends_with_the_right_file(tmp_path: Path) -> None:
    """C10, C11"""
    hold(soak.run("soak", tmp_path, kills=3, size=64 * MIB, seed=3))
