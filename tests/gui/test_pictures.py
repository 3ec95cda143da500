"""Pictures: a gradient of its own for each id, then the real one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPixmap
from pytestqt.qtbot import QtBot

from stabilitydl.gui import pictures as module
from stabilitydl.gui.pictures import Pictures

from .samples import key


def middle(pixmap: QPixmap) -> str:
    image = pixmap.toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).name()


def test_each_id_keeps_its_gradient_and_has_round_corners(pictures: Pictures) -> None:
    first = pictures.picture(key(1), 32)
    assert first.toImage() == Pictures().picture(key(1), 32).toImage()
    assert len({middle(pictures.picture(key(number), 32)) for number in range(20)}) > 10
    assert first.toImage().pixelColor(0, 0).alpha() == 0
    assert pictures.picture("\ud800", 32).width() == 32


def test_a_fine_screen_gets_more_pixels(pictures: Pictures) -> None:
    fine = pictures.picture(key(1), 32, 2.0)
    assert (fine.width(), fine.devicePixelRatio()) == (64, 2.0)


def test_a_real_picture_replaces_the_gradient_and_goes_again(qtbot: QtBot, pictures: Pictures) -> None:
    before = middle(pictures.picture(key(1), 32))
    real = QPixmap(300, 100)
    real.fill(QColor("#ff0000"))
    with qtbot.waitSignal(pictures.changed) as heard:
        pictures.set_picture(key(1), real)
    assert heard.args == [key(1)]
    assert pictures.has(key(1))
    assert middle(pictures.picture(key(1), 32)) == "#ff0000"
    pictures.set_picture(key(1), QPixmap())
    assert not pictures.has(key(1))
    assert middle(pictures.picture(key(1), 32)) == before


def test_where_there_is_no_real_picture_nothing_changes(qtbot: QtBot, pictures: Pictures) -> None:
    pictures.picture(key(1), 32)
    with qtbot.assertNotEmitted(pictures.changed):
        pictures.set_picture(key(1), QPixmap())


def test_no_more_are_kept_than_agreed(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CACHED", 5)
    monkeypatch.setattr(module, "MOST_REAL", 3)
    real = QPixmap(10, 10)
    real.fill(QColor("#00ff00"))
    for number in range(10):
        pictures.set_picture(key(number), real)
        pictures.picture(key(number), 32)
    assert len(pictures._ready) <= 5
    assert [number for number in range(10) if pictures.has(key(number))] == [7, 8, 9]
