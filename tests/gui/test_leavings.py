"""Children that nobody shows any more go bit by bit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from stabilitydl.gui import leavings
from stabilitydl.gui.leavings import Leavings
from stabilitydl.gui.rows import Rows

from .samples import child


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leavings, "SLICE", 10)


def test_many_go_in_slices(qtbot: QtBot) -> None:
    parent = QObject()
    kept = Leavings(parent)
    kept.take(Rows([child(number) for number in range(25)]))
    seen = []
    while kept:
        seen.append(len(kept))
        kept._timer.timeout.emit()
    assert seen == [25, 15, 5]
    assert not kept._timer.isActive()


def test_few_just_go(qtbot: QtBot) -> None:
    parent = QObject()
    kept = Leavings(parent)
    kept.take(Rows([child(number) for number in range(10)]))
    assert not kept
    assert not kept._timer.isActive()


def test_the_loop_drops_them_and_closing_drops_them_at_once(qtbot: QtBot) -> None:
    parent = QObject()
    kept = Leavings(parent)
    many = Rows([child(number) for number in range(40)])
    kept.take(many)
    assert repr(kept) == "<Leavings 40>"
    qtbot.waitUntil(lambda: not kept, timeout=60_000)
    # Whoever still reads them elsewhere has them all.
    assert len(many.snapshots) == 40
    kept.take(many)
    kept.close()
    assert not kept
    assert not kept._timer.isActive()
