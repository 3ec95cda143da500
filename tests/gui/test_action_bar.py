"""The bar for a selection says what each button would do, and offers nothing that cannot be done."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State
from stabilitydl.gui.action_bar import ActionBar
from stabilitydl.gui.offer import Offer
from stabilitydl.gui.resource_table_model import ResourceTableModel
from tests.gui.samples import MB, child


def offer(*rows: ResourceSnapshot) -> Offer:
    model = ResourceTableModel()
    model.load(rows)
    try:
        return Offer.of(model.sums)
    finally:
        model.close()


@pytest.fixture
def bar(qtbot: QtBot) -> ActionBar:
    made = ActionBar()
    qtbot.addWidget(made)
    made.resize(1400, made.height())
    return made


def shown(bar: ActionBar) -> list[str]:
    buttons = (bar.limit, bar.remove, bar.cancel, bar.rank, bar.pause, bar.resume, bar.retry, bar.download)
    row = bar.layout()
    assert row is not None
    return [button.text() for button in sorted(buttons, key=row.indexOf) if not button.isHidden()]


def test_nothing_selected_hides_it(bar: ActionBar) -> None:
    bar.show_offer(offer())
    assert bar.isHidden()


def test_missing_ones_can_be_downloaded_and_ranked(bar: ActionBar) -> None:
    bar.show_offer(offer(child(1, size=100 * MB), child(2, size=44 * MB)), 212_000_000_000)
    assert not bar.isHidden()
    assert bar.count.text() == "2 selected"
    assert bar.detail.text() == "144 MB · 212 GB free"
    assert shown(bar) == ["Remove", "Limit", "Priority", "Download 2 files, 144 MB"]


def test_what_has_come_already_is_not_counted_again(bar: ActionBar) -> None:
    bar.show_offer(offer(child(1, size=100 * MB, received=40 * MB)))
    assert shown(bar)[-1] == "Download 1 file, 60.0 MB"


def test_each_state_has_its_commands(bar: ActionBar) -> None:
    every = {
        State.QUEUED: ["Remove", "Cancel 1", "Limit", "Priority", "Pause 1"],
        State.DOWNLOADING: ["Remove", "Cancel 1", "Limit", "Priority", "Pause 1"],
        State.WAITING: ["Remove", "Cancel 1", "Limit", "Priority", "Pause 1"],
        State.PAUSED: ["Remove", "Cancel 1", "Limit", "Priority", "Resume 1"],
        State.DOWNLOADED: ["Remove"],
        State.FAILED: ["Remove", "Limit", "Retry 1"],
        State.BLOCKED: ["Remove", "Limit", "Retry 1"],
        State.GONE: ["Remove", "Limit", "Retry 1"],
        State.QUARANTINED: ["Remove", "Limit", "Retry 1"],
    }
    for state, words in every.items():
        bar.show_offer(offer(child(1, state)))
        assert shown(bar) == words, state


def test_a_mixed_selection_counts_each_apart(bar: ActionBar) -> None:
    states = [State.MISSING] * 3 + [State.QUEUED] * 2 + [State.PAUSED] + [State.FAILED] * 4 + [State.DOWNLOADED]
    bar.show_offer(offer(*(child(number, state, size=MB) for number, state in enumerate(states))))
    assert bar.count.text() == "11 selected"
    assert shown(bar) == [
        "Remove", "Cancel 3", "Limit", "Priority", "Pause 2", "Resume 1", "Retry 4", "Download 3 files, 3.0 MB",
    ]  # fmt: skip


def test_buttons_tell(bar: ActionBar) -> None:
    told: list[object] = []
    for name in ("download", "pause", "resume", "retry", "cancel", "remove", "clear"):
        getattr(bar, f"{name}_wanted").connect(lambda name=name: told.append(name))
        getattr(bar, name).click()
    bar.rank_wanted.connect(told.append)
    for action in (bar.earlier, bar.as_usual, bar.later):
        action.trigger()
    assert told == ["download", "pause", "resume", "retry", "cancel", "remove", "clear", 1, 0, -1]


def test_what_has_no_room_is_in_a_menu(bar: ActionBar) -> None:
    states = [State.MISSING] * 3 + [State.QUEUED] * 2 + [State.PAUSED] + [State.FAILED] * 4
    bar.show_offer(offer(*(child(number, state, size=MB) for number, state in enumerate(states))))
    assert bar.more.isHidden()
    bar.resize(560, bar.height())
    assert not bar.more.isHidden()
    visible = shown(bar)
    assert visible[-1] == "Download 3 files, 3.0 MB", "what matters most stays"
    bar.more.menu().aboutToShow.emit()
    hidden = [action.text().partition("\t")[0] for action in bar.more.menu().actions()]
    assert hidden[:3] == ["Remove", "Cancel 3", "Limit speed"]
    told: list[str] = []
    bar.cancel_wanted.connect(lambda: told.append("cancel"))
    bar.more.menu().actions()[1].trigger()
    assert told == ["cancel"]
    assert bar.minimumSizeHint().width() < 560
