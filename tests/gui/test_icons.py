"""Signs on buttons: all are drawn, in the colours of the theme, and follow them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stabilitydl.gui.icons import SIDE, Sign, Tone, pixmap, put
from stabilitydl.gui.menu_button import MenuButton
from stabilitydl.gui.theme import DARK, LIGHT, Appearance, ThemeChoice

INK = QColor("#123456")


def inked(image: QImage, color: QColor) -> int:
    """Pixels that are wholly of a colour."""
    return sum(
        image.pixelColor(x, y).rgba() == color.rgba() for x in range(image.width()) for y in range(image.height())
    )


@pytest.mark.parametrize("sign", Sign)
def test_every_sign_is_drawn_within_its_square(qtbot: QtBot, sign: Sign) -> None:
    image = pixmap(sign, 64, INK).toImage()
    assert inked(image, INK) > 100
    edge = [image.pixelColor(place, line).alpha() for place in range(64) for line in (0, 63)]
    edge += [image.pixelColor(line, place).alpha() for place in range(64) for line in (0, 63)]
    assert max(edge) == 0


def test_signs_differ(qtbot: QtBot) -> None:
    assert len({bytes(pixmap(sign, 32, INK).toImage().constBits()) for sign in Sign}) == len(Sign)


def test_a_sharp_screen_gets_a_sharp_sign(qtbot: QtBot) -> None:
    sharp = pixmap(Sign.GEAR, SIDE, INK, 2.0)
    assert (sharp.width(), sharp.devicePixelRatio()) == (2 * SIDE, 2.0)


def test_a_sign_with_a_side_is_mirrored(qtbot: QtBot) -> None:
    there, back = (pixmap(Sign.FORWARD, 32, INK, mirrored=mirrored).toImage() for mirrored in (False, True))
    tips = [[x for x in range(32) if image.pixelColor(x, 16).alpha() > 128] for image in (there, back)]
    assert min(tips[0]) > 16 > max(tips[1])


@pytest.fixture
def button(qtbot: QtBot, dressed: Appearance) -> QPushButton:
    made = QPushButton("Pause all")
    qtbot.addWidget(made)
    put(made, Sign.PAUSE)
    return made


def shown(button: QPushButton) -> QImage:
    return button.icon().pixmap(QSize(SIDE, SIDE), 1.0).toImage()


def test_a_sign_follows_the_theme(dressed: Appearance, button: QPushButton) -> None:
    assert inked(shown(button), QColor(LIGHT.text)) > 20
    dressed.choose(ThemeChoice.DARK)
    assert inked(shown(button), QColor(DARK.text)) > 20
    assert inked(shown(button), QColor(LIGHT.text)) == 0


def test_a_button_gets_another_sign_and_tone(button: QPushButton) -> None:
    before = shown(button)
    put(button, Sign.PLAY, Tone.ACCENT)
    assert shown(button) != before
    assert inked(shown(button), QColor(LIGHT.accent)) > 10
    assert len(button.children()) == 1


def test_what_cannot_be_pressed_is_faint(button: QPushButton) -> None:
    button.setEnabled(False)
    faint = button.icon().pixmap(QSize(SIDE, SIDE), 1.0, button.icon().Mode.Disabled).toImage()
    assert inked(faint, QColor(LIGHT.disabled)) > 20


def test_the_arrow_of_a_menu_is_at_the_end(qtbot: QtBot, dressed: Appearance) -> None:
    button = MenuButton("flat")
    qtbot.addWidget(button)
    assert button.popupMode() is QToolButton.ToolButtonPopupMode.InstantPopup
    assert (button.property("role"), button.property("arrow")) == ("flat", "right")
    wide = button.sizeHint().width()
    button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert button.property("arrow") == "left"
    assert button.sizeHint().width() == wide
