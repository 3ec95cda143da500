from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.domain.states import State
from stabilitydl.engine.here import Foreseen
from stabilitydl.gui.forecast import Forecast, Volume
from stabilitydl.gui.plan_model import PICKLES, Kind, PlanModel
from stabilitydl.gui.plan_text import group_text, room, shorten_path, title
from tests.gui.plan_samples import FOLDER, NAMES, forecast, made, many
from tests.gui.samples import MB, child

KINDS = {
    "ready": Kind.READY,
    "here": Kind.HERE,
    "busy": Kind.ON_THE_WAY,
    "bare": Kind.UNVERIFIABLE,
    "pickle": Kind.PICKLE,
    "flagged": Kind.FLAGGED,
    "login": Kind.LOGIN,
    "early": Kind.BLOCKED,
    "gated": Kind.BLOCKED,
    "program": Kind.PROGRAM,
    "endless": Kind.READY,
}
ON_FROM_THE_START = {"ready", "here", "bare", "endless"}
NEVER_ON = {"busy", "early", "gated", "program"}


@pytest.mark.parametrize("name", NAMES)
def test_every_child_is_in_one_group(name: str) -> None:
    plan = PlanModel(forecast([name]))
    assert [child.kind for child in plan.children] == [KINDS[name]]
    assert len(plan.groups) == 1
    assert bool(plan.chosen) == (name in ON_FROM_THE_START)
    assert plan.children[0].can_be_chosen == (name not in NEVER_ON)


@pytest.mark.parametrize("suffix", sorted(PICKLES))
def test_pickles_are_known_by_their_suffix(suffix: str) -> None:
    plan = PlanModel(made([Foreseen(child(1, name=f"m{suffix.upper()}", path="m"), False)]))
    assert plan.children[0].kind is Kind.PICKLE
    assert not plan.chosen


def test_what_a_hub_does_not_give_is_grouped_by_reason() -> None:
    plan = PlanModel(forecast())
    assert [(group.kind, group.code) for group in plan.groups] == [
        (Kind.READY, ""),
        (Kind.HERE, ""),
        (Kind.ON_THE_WAY, ""),
        (Kind.UNVERIFIABLE, ""),
        (Kind.PICKLE, ""),
        (Kind.FLAGGED, ""),
        (Kind.LOGIN, ""),
        (Kind.BLOCKED, "early-access"),
        (Kind.BLOCKED, "gated"),
        (Kind.PROGRAM, ""),
    ]
    assert sum(len(group.children) for group in plan.groups) == len(plan)


def test_a_group_is_switched_as_a_whole_and_each_child_alone() -> None:
    plan = PlanModel(forecast(["ready", "endless", "pickle", "gated"]))
    ready, pickle, gated = plan.groups
    plan.choose(ready.children[:1], False)
    assert plan.chosen_of(ready) == 1
    plan.choose(pickle.children, True)
    assert plan.chosen_of(pickle) == 1
    plan.choose(gated.children, True)
    assert plan.chosen_of(gated) == 0
    assert not gated.can_be_chosen
    assert plan.totals().files == 2


def test_ids_to_start_keep_the_order_of_the_hub() -> None:
    made_of = forecast(["bare", "ready", "here"])
    plan = PlanModel(made_of)
    assert plan.chosen_ids() == tuple(each.row.id for each in made_of.children)
    assert [child.kind for child in plan.children] == [Kind.READY, Kind.HERE, Kind.UNVERIFIABLE]


def test_bytes_are_those_still_to_come() -> None:
    rows = [
        child(1, State.PAUSED, size=100 * MB, received=30 * MB, target=str(FOLDER / "1")),
        child(2, size=None, target=str(FOLDER / "2")),
        child(3, State.DOWNLOADED, size=100 * MB, target=str(FOLDER / "3")),
    ]
    totals = PlanModel(made([Foreseen(row, False) for row in rows])).totals()
    assert (totals.files, totals.bytes, totals.unknown) == (3, 70 * MB, 1)


def test_needs_are_added_up_for_each_volume() -> None:
    here, there = Path("/models/a"), Path("/disk/b")
    rows = [
        child(number, size=100 * MB, target=str((there if number % 2 else here) / str(number))) for number in range(3)
    ]
    volumes = (Volume(here, 150 * MB, frozenset({here})), Volume(there, 150 * MB, frozenset({there})))
    children = tuple(Foreseen(row, False) for row in rows)
    plan = PlanModel(Forecast(made(children).expansions, children, (), volumes))
    totals = plan.totals()
    assert [need.bytes for need in totals.needs] == [200 * MB, 100 * MB]
    assert [need.is_enough for need in totals.needs] == [False, True]
    assert not totals.fits
    plan.choose(plan.children[:1], False)
    assert plan.totals().fits


def test_a_pickle_with_a_safe_sibling_is_told() -> None:
    with_sibling = PlanModel(forecast(["ready", "pickle"]))
    alone = PlanModel(forecast(["bare", "pickle"]))
    assert ".safetensors" in group_text(with_sibling, with_sibling.groups[1]).detail
    assert ".safetensors" not in group_text(alone, alone.groups[1]).detail


def test_words_of_groups() -> None:
    plan = PlanModel(forecast())
    words = {group.code or group.kind.name: group_text(plan, group) for group in plan.groups}
    assert words["READY"].title == "2 files, ready"
    assert words["READY"].size == "≥ 100 MB"
    assert words["HERE"].size == "0 B"
    assert words["PICKLE"].title == "1 file is a pickle (.ckpt)"
    assert words["FLAGGED"].detail == "A pickle scan of Civitai warns about “f.safetensors”."
    assert words["LOGIN"].link == "Log in…"
    assert words["early-access"].detail == "In early access until 2026-12-03."
    assert words["gated"].link == "Open page"
    assert words["PROGRAM"].link == ""


def test_a_size_that_nobody_knows() -> None:
    plan = PlanModel(forecast(["endless"]))
    assert group_text(plan, plan.groups[0]).size == "?"


def test_titles_and_paths_are_safe_to_show() -> None:
    plan = PlanModel(forecast(["ready"], title="<b>Bad\u202e</b>"))
    assert title(plan) == "Download 1 file from “<b>Bad\\u202e</b>”"
    need = PlanModel(forecast(["ready"])).totals().needs[0]
    assert "<b>/models/lora/pack</b>" in room(need)
    long = Path("/" + "x" * 300 + "<i>")
    assert len(shorten_path(long)) <= 56


def test_a_plan_of_many_is_a_plan() -> None:
    plan = PlanModel(many(10_000))
    assert plan.totals().files == 10_000
    plan.choose(plan.groups[0].children, False)
    assert plan.chosen_ids() == ()
