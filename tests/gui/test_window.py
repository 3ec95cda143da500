"""The window on the real engine and the demo hub: a pack comes, some of it fails, and everything is left as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.question import Question
from stabilitydl.settings import Settings
from tests.engine.real import contents, expand
from tests.fakes.origin import FileOrigin
from tests.gui.stage import SLOW, Stage

EIGHT = "demo:?files=8&size=64KiB"
TROUBLED = "demo:?files=80&size=16KiB&trouble=1"


def test_an_empty_window_teaches_what_to_do(stage: Stage) -> None:
    window = stage.open()
    pane = window.resources
    assert pane.stack.currentWidget() is pane.empty
    assert "Paste the address" in pane.empty.title.text()
    *pages, file = pane.empty.examples.text().splitlines()
    assert len(pages) == 2
    assert all(map(window.planning.is_locator, pages))
    assert Path(file).is_absolute()
    buttons = [each for each in window.findChildren(QPushButton) if each.isVisible()]
    assert [each for each in buttons if each.property("role") == "primary"] == [window.toolbar.add]
    assert pane.empty.button in buttons
    pane.empty.second.click()
    assert "80" in stage.plan("the demo").title.text()


def test_a_pack_goes_on_the_list_and_nothing_starts(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(EIGHT)
    assert len(ids) == 8
    assert stage.counts() == {Tab.MISSING: 8, Tab.DOWNLOADING: 0, Tab.DOWNLOADED: 0, Tab.FAILED: 0, Tab.ALL: 8}
    assert window.resources.header.title.text().startswith("Demo pack")
    assert "524 KB" in window.resources.header.facts.text()
    assert window.resources.header.get_missing.text() == "Get the missing 8 · 524 KB"
    assert not list(stage.paths.library.rglob("*.safetensors"))


def test_the_missing_ones_come_with_one_click_through_the_plan(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(EIGHT)
    window.resources.header.get_missing.click()
    plan = stage.plan()
    assert plan.start.text() == "Download 8 files"
    stage.press_enter(plan)
    stage.until_states(ids, State.DOWNLOADED)
    stage.until(lambda: stage.counts()[Tab.DOWNLOADED] == 8)
    assert not window.resources.header.get_missing.isVisible()
    for row in stage.rows:
        assert row.target is not None
        assert Path(row.target).stat().st_size == 64 * 1024
    window.resources.choose_tab(Tab.MISSING)
    assert window.resources.empty.title.text() == "Everything is here"
    assert window.resources.empty.text.text() == window.collections.model.snapshots[0].collection.target


def test_one_child_starts_at_once_and_a_plan_can_be_left(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(EIGHT)
    stage.start(ids[:1])
    stage.until_states(ids[:1], State.DOWNLOADED)
    window.resources.model.selection.replace(ids)
    assert window.resources.bar.download.text() == "Download 7 files, 459 KB"
    window.resources.bar.download.click()
    stage.plan().reject()
    stage.until(lambda: stage.find(PlanDialog) is None)
    assert stage.counts()[Tab.MISSING] == 7


def test_a_child_that_is_switched_off_in_the_plan_does_not_come(stage: Stage) -> None:
    window = stage.open()
    window.planning.open([EIGHT])
    plan = stage.plan()
    assert plan.plan is not None
    plan.show_all.click()
    first = plan.plan.forecast.children[0].row.id
    plan.children_table.selectRow(0)
    stage.press(plan.children_table, Qt.Key.Key_Space)
    assert plan.start.text() == "Download 7 files"
    plan.start.click()
    stage.until(lambda: stage.counts()[Tab.DOWNLOADED] == 7)
    assert stage.row(first).state is State.MISSING


def test_trouble_stays_with_its_child(stage: Stage) -> None:
    window = stage.open()
    window.planning.open([TROUBLED])
    plan = stage.plan()
    assert plan.plan is not None
    assert 40 < len(plan.plan.chosen_ids()) < 80, "what the hub does not give starts switched off"
    plan.start.click()
    stage.until_settled()
    counts = stage.counts()
    assert counts[Tab.ALL] == 80
    assert counts[Tab.DOWNLOADED] >= 48
    assert counts[Tab.FAILED] > 2
    assert counts[Tab.MISSING] == len(stage.ids(State.BLOCKED)) > 0
    model = window.resources.model
    for each in stage.ids(State.FAILED, State.GONE, State.QUARANTINED, State.BLOCKED):
        row, text = stage.row(each), model.state_text(stage.row(each))
        assert row.problem is not None or row.resource.blocked is not None
        assert text.left
    window.resources.choose_tab(Tab.FAILED)
    stage.until(lambda: model.rowCount() == counts[Tab.FAILED])
    window.resources.model.selection.replace(model.shown_ids())
    assert window.resources.bar.retry.text() == f"Retry {counts[Tab.FAILED]}"


def test_a_failure_of_the_server_is_cured_by_trying_again(stage: Stage, tmp_path: Path) -> None:
    window = stage.open()
    data = {name: contents(50_000, place) for place, name in enumerate(("a.bin", "b.bin", "c.bin"))}
    digests = [hashlib.sha256(each).hexdigest() for each in data.values()]
    with FileOrigin() as origin:
        origin.add("/a.bin", data["a.bin"])
        expansion = expand(tmp_path / "to", [origin.url(f"/{name}") for name in data], digests)
        first, *others = ids = [resource.id for resource in expansion.resources]
        stage.opened.bridge.add([expansion], lambda _done: stage.opened.bridge.enqueue(ids))
        stage.until(lambda: stage.rows)
        stage.until_states([first], State.DOWNLOADED)
        stage.until_states(others, State.GONE)
        assert stage.counts()[Tab.FAILED] == 2
        for name in ("b.bin", "c.bin"):
            origin.add(f"/{name}", data[name])
        window.resources.model.selection.replace(others)
        assert window.resources.bar.retry.text() == "Retry 2"
        window.resources.bar.retry.click()
        stage.until_states(ids, State.DOWNLOADED)
    stage.until(lambda: stage.counts()[Tab.FAILED] == 0)
    assert {path.name: path.read_bytes() for path in (tmp_path / "to").iterdir() if path.is_file()} == data


def test_pause_and_resume_and_cancel_with_undo(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=2))
    ids = stage.add("demo:?files=6&size=1MiB")
    stage.start(ids)
    stage.until_states(ids[:2], State.DOWNLOADING)
    selection, bar = window.resources.model.selection, window.resources.bar
    selection.replace(ids[:3])
    assert bar.pause.text() == "Pause 3"
    bar.pause.click()
    stage.until_states(ids[:3], State.PAUSED)
    assert not bar.pause.isVisible()
    bar.resume.click()
    stage.until(lambda: not stage.ids(State.PAUSED))
    selection.replace(ids[4:])
    bar.cancel.click()
    stage.until_states(ids[4:], State.MISSING)
    assert window.toast.label.text() == "2 downloads cancelled."
    window.toast.button.click()
    stage.until(lambda: not stage.ids(State.MISSING), "the cancel is taken back")
    assert not window.toast.isVisible()
    stage.change(rate_limit=0)
    stage.until_states(ids, State.DOWNLOADED)


def test_everything_can_be_held_back_and_goes_on(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW))
    ids = stage.add("demo:?files=5&size=1MiB")
    toolbar = window.toolbar
    assert not toolbar.pause_all.isEnabled()
    stage.start(ids)
    stage.until(lambda: stage.ids(State.DOWNLOADING))
    stage.until(toolbar.pause_all.isEnabled)
    assert toolbar.pause_all.text() == "Pause all"
    toolbar.pause_all.click()
    stage.until_states(ids, State.PAUSED)
    stage.until(lambda: toolbar.pause_all.text() == "Resume all")
    toolbar.pause_all.click()
    stage.until(lambda: not stage.ids(State.PAUSED))
    stage.until(lambda: toolbar.pause_all.text() == "Pause all")


def test_what_is_removed_leaves_the_list_and_comes_back(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(EIGHT)
    stage.start(ids[:2])
    stage.until_states(ids[:2], State.DOWNLOADED)
    files = [Path(stage.row(each).target or "") for each in ids[:2]]
    window.resources.model.selection.replace(ids[:3])
    window.resources.bar.remove.click()
    stage.until(lambda: stage.counts()[Tab.ALL] == 5)
    assert all(file.exists() for file in files), "files stay"
    stage.until(lambda: window.collections.model.snapshots[0].summary.resources == 5, "the side bar counts again")
    window.toast.button.click()
    stage.until(lambda: stage.counts()[Tab.ALL] == 8, "they come back")
    stage.until_states(ids[:2], State.DOWNLOADED)
    assert stage.row(ids[2]).state is State.MISSING


def test_what_has_partly_come_is_removed_only_after_a_question(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=2, connections=1))
    ids = stage.add("demo:?files=3&size=8MiB")
    model, bridge = window.resources.model, stage.opened.bridge
    bridge.set_priority(ids[:1], 2, model.update)
    bridge.set_resource_limit(ids[1:2], 7000)
    stage.start(ids[:2])
    stage.until(lambda: all((one := model.progress_of(each)) and one.received for each in ids[:2]), "some bytes come")
    bridge.pause(ids[:1])
    stage.until_states(ids[:1], State.PAUSED)
    model.selection.replace(ids)
    window.resources.bar.remove.click()
    question = stage.dialog(Question)
    assert question.text() == "Remove 3 files?"
    assert question.informativeText().endswith("that have come of unfinished files are thrown away.")
    assert question.defaultButton() is question.no
    question.no.click()
    stage.until(lambda: stage.find(Question) is None)
    assert stage.counts()[Tab.ALL] == 3

    window.resources.bar.remove.click()
    stage.dialog(Question).yes.click()
    stage.until(lambda: not window.collections.model.snapshots)
    window.toast.button.click()
    stage.until(lambda: window.collections.model.snapshots, "it comes back")
    window.shown.choose(window.collections.model.snapshots[0].id)
    stage.until(lambda: len(stage.ids()) == 3)
    stage.until(lambda: stage.row(ids[1]).state.is_running, "what was on its way is brought again")
    stage.until_states(ids[:1], State.PAUSED)
    assert stage.row(ids[2]).state is State.MISSING
    assert [stage.row(each).priority for each in ids] == [2, 0, 0]
    assert [stage.row(each).rate_limit for each in ids] == [0, 7000, 0]


def test_a_collection_that_is_emptied_leaves_the_window(stage: Stage) -> None:
    window = stage.open()
    stage.add(EIGHT)
    window.resources.model.selection.replace(stage.ids())
    window.resources.bar.remove.click()
    stage.until(lambda: not window.collections.model.snapshots)
    stage.until(lambda: window.resources.stack.currentWidget() is window.resources.empty)
    assert window.shown.collection == ""
    assert "Paste the address" in window.resources.empty.title.text()
    assert not window.resources.bar.isVisible()


def test_who_starts_next_can_be_said(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=1))
    ids = stage.add("demo:?files=6&size=2MiB")
    stage.start(ids)
    stage.until(lambda: len(stage.ids(State.QUEUED)) == 5)
    model = window.resources.model
    last = stage.ids(State.QUEUED)[-1]
    assert model.state_text(stage.row(last)).left == "Queued · starts after 4 others"
    model.selection.replace([last])
    window.resources.bar.earlier.trigger()
    stage.until(lambda: stage.row(last).priority == 1)
    assert model.state_text(stage.row(last)).left == "Queued · starts next"
    window.resources.bar.as_usual.trigger()
    stage.until(lambda: stage.row(last).priority == 0)
    window.resources.bar.earlier.trigger()
    stage.until(lambda: stage.row(last).priority == 1)
    running = stage.ids(State.DOWNLOADING, State.RESOLVING)
    model.selection.replace(running)
    window.resources.bar.cancel.click()
    stage.until(lambda: stage.row(last).state is not State.QUEUED, "it overtook the others")
    assert len(stage.ids(State.QUEUED)) == 4


def test_everything_is_as_it_was_after_a_restart(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=2))
    ids = stage.add("demo:?files=6&size=1MiB")
    stage.start(ids)
    stage.until_states(ids[:1], State.DOWNLOADING)
    window.resources.model.selection.replace(ids[3:5])
    window.resources.bar.pause.click()
    stage.until_states(ids[3:5], State.PAUSED)
    window.resources.choose_tab(Tab.DOWNLOADING)
    window.resources.as_grid.click()
    window.activity.toggle()
    shown = window.shown.collection
    window = stage.restart()
    assert window.shown.collection == shown
    assert window.resources.tabs.current is Tab.DOWNLOADING
    assert window.resources.is_grid
    assert not window.activity.is_open
    stage.until(lambda: set(stage.ids(State.PAUSED)) == set(ids[3:5]), "what was paused stays paused")
    stage.until(lambda: stage.ids(State.DOWNLOADING), "what was on its way goes on by itself")
    stage.change(rate_limit=0)
    stage.until(lambda: len(stage.ids(State.DOWNLOADED)) == 4)


def test_a_link_or_a_second_start_opens_the_plan_only(stage: Stage) -> None:
    window = stage.open()
    window.hide()
    window.take_over(["stabilitydl://add?locator=demo%3A%3Ffiles%3D2&target=%2Ftmp&start=1"])
    assert window.isVisible()
    plan = stage.plan()
    assert plan.start.text() == "Download 2 files"
    assert plan.plan is not None
    assert plan.plan.forecast.volumes[0].path.is_relative_to(stage.paths.library)
    assert not stage.ids()
    plan.reject()
    window.showMinimized()
    window.take_over(["stabilitydl://add?locator=%2Fetc%2Fpasswd"])
    assert not window.isMinimized()
    assert window.toast.label.text() == "This link names nothing that can be shown."


def test_a_pack_that_another_start_adds_appears(stage: Stage) -> None:
    window = stage.open()
    stage.add(EIGHT)
    engine = stage.opened.bridge.engine
    stage.opened.bridge.expand(
        ["demo:?files=3&size=8KiB"], window.planning.destination, lambda found: stage.opened.bridge.add(found[0], len_)
    )
    stage.until(lambda: len(window.collections.model.snapshots) == 2)
    assert engine is not None
    assert stage.counts()[Tab.ALL] == 8, "the chosen collection stays"
    window.collections.show_filter(window.collections.filter)
    stage.until(lambda: stage.counts()[Tab.ALL] == 11)


def len_(_done: None) -> None:
    """Nobody waits for it."""


def test_who_starts_when_is_said_as_the_engine_has_it_whatever_is_ranked_and_removed(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=1))
    stage.start(stage.add("demo:?files=80&size=2MiB"))
    stage.until(lambda: len(stage.ids(State.QUEUED)) == 79)
    model = window.resources.model
    start_order(stage)
    for chosen in (stage.ids(State.QUEUED)[40:45], stage.ids(State.QUEUED)[42:46]):
        ranks = {each: stage.row(each).priority + 1 for each in chosen}
        model.selection.replace(chosen)
        window.resources.bar.earlier.trigger()
        stage.until(lambda ranks=ranks: all(stage.row(each).priority == rank for each, rank in ranks.items()))
        order = start_order(stage)
        assert [each for each in order if each in chosen] == sorted(chosen, key=lambda each: -ranks[each])
    gone = order[:2] + order[10:12]
    model.selection.replace(gone)
    window.resources.bar.remove.click()
    stage.until(lambda: len(stage.ids(State.QUEUED)) == 75)
    assert start_order(stage) == [each for each in order if each not in gone]


def start_order(stage: Stage) -> list[str]:
    """The queued ones in the order in which the engine starts them, which each of them has to say in the window."""
    answers: list[list[ResourceSnapshot]] = []
    stage.opened.bridge.load_resources(None, answers.append, lambda _problem: None)
    stage.until(lambda: answers, "the engine answers")
    queued = [row for row in answers[0] if row.state is State.QUEUED]
    order = [row.id for row in sorted(queued, key=lambda row: (-row.priority, row.position))]
    places = ["starts next", "starts after 1 other"]
    places += [f"starts after {ahead} others" for ahead in range(2, len(order))]
    model = stage.window.resources.model
    assert [model.state_text(stage.row(each)).left for each in order] == [f"Queued · {place}" for place in places]
    return order
