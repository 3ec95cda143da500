"""Words, types, base models, versions and sizes narrow what is shown."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from stabilitydl.gui.filters import Filters
from stabilitydl.gui.resource_index import Query
from stabilitydl.gui.rows import Facets


@pytest.fixture
def filters(qtbot: QtBot) -> Filters:
    made = Filters()
    qtbot.addWidget(made)
    made.offer(Facets(types=(("LoRA", 70), ("VAE", 3)), base_models=(("SDXL", 40), ("", 2)), versions=(("v1", 80),)))
    return made


def menus(filters: Filters) -> dict[str, list[str]]:
    """What can be chosen, by title."""
    filters.menu.aboutToShow.emit()
    found: dict[str, list[str]] = {}
    for action in filters.menu.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            found[action.text()] = [each.text() for each in menu.actions()]
    return found


def choose(filters: Filters, title: str, words: str) -> None:
    filters.menu.aboutToShow.emit()
    for action in filters.menu.actions():
        menu = action.menu()
        if action.text() == title and isinstance(menu, QMenu):
            next(each for each in menu.actions() if each.text() == words).trigger()
            return
    raise AssertionError(title)


def test_what_can_be_chosen_is_counted_and_one_value_is_no_choice(filters: Filters) -> None:
    found = menus(filters)
    assert found["Type"] == ["LoRA (70)", "VAE (3)"]
    assert found["Base model"] == ["SDXL (40)", "(not said) (2)"]
    assert "Version" not in found
    assert found["Size"][0] == "Any size"


def test_every_choice_changes_the_query_once(qtbot: QtBot, filters: Filters) -> None:
    told: list[Query] = []
    filters.changed.connect(told.append)
    qtbot.keyClicks(filters.field, "ab")
    choose(filters, "Type", "LoRA (70)")
    choose(filters, "Base model", "(not said) (2)")
    choose(filters, "Size", "100 MB to 1 GB")
    assert len(told) == 5
    assert filters.query == Query(
        text="ab",
        types=frozenset({"LoRA"}),
        base_models=frozenset({""}),
        at_least=100_000_000,
        at_most=1_000_000_000,
    )
    assert filters.button.text() == "3"
    choose(filters, "Type", "LoRA (70)")
    assert filters.query.types == frozenset()


def test_clearing_asks_for_everything(qtbot: QtBot, filters: Filters) -> None:
    qtbot.keyClicks(filters.field, "ab")
    choose(filters, "Type", "LoRA (70)")
    filters.menu.aboutToShow.emit()
    clear = filters.menu.actions()[-1]
    assert clear.isEnabled()
    clear.trigger()
    assert filters.query == Query()
    assert filters.field.text() == ""
    assert filters.button.text() == ""
    filters.menu.aboutToShow.emit()
    assert not filters.menu.actions()[-1].isEnabled()
