"""A short subset of the sweeps, the same points each time; ``python -m tests.sweeps`` runs them all.

C01, C03, C04, C05, C06, C07, C10, C11, C13; C02 and B05 where volumes can be mounted; D01 to D08, D13 for errors that
pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import errnos, kills, power, soak, trace
from .controls import KILL_CONTROLS
from .faults import Kind
from .kills import Story
from .nursery import Nursery
from .pack import KILL_BOUND, MIB, SHORT_PACK, Yard
from .table import Outcome


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


def hold(outcome: Outcome) -> None:
    """Every point of a sweep holds, and there were some."""
    assert outcome.verdicts
    assert not outcome.failures, "\n".join(map(str, outcome.failures))


@pytest.mark.parametrize(
    ("story", "kind", "every"),
    [
        (kills.GET, "kill", 31),
        (kills.GET, "tear", 19),
        (kills.RESUME, "kill", 19),
        (kills.COPIED, "kill", 17),
        (kills.CANCELLED, "kill", 19),
        (kills.REMOVED, "kill", 19),
        (kills.QUARANTINED, "kill", 37),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_kill_at_any_call_costs_little_and_leaves_nothing(
    tmp_path: Path, nursery: Nursery, story: Story, kind: Kind, every: int
) -> None:
    """C01, C03, C04, C05, C06, C13"""
    pack = story.pack if story in (kills.GET, kills.COPIED) or story.end == "quarantined" else SHORT_PACK
    with Yard(tmp_path, pack, nursery=nursery) as yard:
        hold(Outcome(story.name, KILL_BOUND).take(kills.sweep(yard, story, kind, every=every, first=3)))


@pytest.mark.parametrize(("control", "kind", "call", "about"), KILL_CONTROLS)
def test_a_sweep_of_kills_notices_steps_in_the_wrong_order(
    tmp_path: Path, nursery: Nursery, control: str, kind: Kind, call: str, about: str
) -> None:
    """C01, C07: without this, the test above would prove nothing."""
    with Yard(tmp_path, SHORT_PACK, nursery=nursery) as yard:
        points = kills.sweep(yard, kills.GET, kind, control=control, calls=(call,), about=about)
        outcome = Outcome(control, KILL_BOUND, is_control=True).take(points, until_failure=True)
    assert outcome.is_good, f"{len(outcome.verdicts)} points and nothing noticed"


def test_an_error_of_any_call_has_a_defined_end(tmp_path: Path, nursery: Nursery) -> None:
    """D02, D03, D05, D07, D08, D13"""
    with Yard(tmp_path, SHORT_PACK, nursery=nursery) as yard:
        hold(Outcome("errors", KILL_BOUND).take(errnos.sweep(yard, every=23, number=1)))
    assert len(errnos.PAIRS) >= 150


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
    with volume, Yard(tmp_path, SHORT_PACK, volume=volume.place, nursery=nursery) as yard:
        hold(Outcome(kind, power.BOUND).take(power.sweep(yard, volume, kind, every=23, first=7)))


def test_a_power_cut_that_takes_the_database_along_keeps_what_was_shown(
    tmp_path: Path, nursery: Nursery, volume: power.Volume
) -> None:
    """B05"""
    with volume, Yard(tmp_path, SHORT_PACK, volume=volume.place, home=volume.place, nursery=nursery) as yard:
        hold(Outcome("database", power.BOUND).take(power.sweep(yard, volume, every=29, first=9)))


@pytest.mark.parametrize(("control", "first"), [("data not synced", 25), ("folder not synced", power.END)])
def test_a_sweep_of_power_cuts_notices_what_was_not_synced(
    tmp_path: Path, nursery: Nursery, volume: power.Volume, control: str, first: int
) -> None:
    """C02"""
    with volume, Yard(tmp_path, SHORT_PACK, volume=volume.place, nursery=nursery) as yard:
        points = power.sweep(yard, volume, control=control, every=4, first=first)
        outcome = Outcome(control, power.BOUND, is_control=True).take(points, until_failure=True)
    assert outcome.is_good


@pytest.mark.parametrize("control", ["", "writes past the system calls"])
def test_every_call_of_the_write_path_can_be_struck(tmp_path: Path, control: str) -> None:
    outcome = trace.check(tmp_path, control=control)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.is_good, "\n".join(map(str, outcome.failures))


def test_the_program_killed_again_and_again_ends_with_the_right_file(tmp_path: Path) -> None:
    """C10, C11"""
    hold(soak.run(tmp_path, kills=3, size=64 * MIB, seed=3))
