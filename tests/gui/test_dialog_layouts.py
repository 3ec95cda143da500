"""Dialogs hold in text that is half as long again, as German is, and written from right to left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from stabilitydl.domain.kept import Kept
from stabilitydl.errors import ChecksumMismatch, InternalError, UnknownLocator
from stabilitydl.gui.about import AboutDialog
from stabilitydl.gui.add_dialog import AddDialog
from stabilitydl.gui.licences import LicencesDialog
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.qt import override
from stabilitydl.gui.quarantine_dialog import QuarantineDialog
from stabilitydl.gui.rate_dialog import RateDialog
from stabilitydl.gui.report_dialog import ReportDialog
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.gui.theme import Appearance
from stabilitydl.hubs.protocol import Destination
from stabilitydl.paths import Paths, resource_path
from stabilitydl.settings import Settings
from tests.gui.plan_samples import forecast

SCREEN = (1280, 800)


class Longer(QTranslator):
    """Makes every text half as long again, by words that can be wrapped, as those of German cannot always be."""

    @override
    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return text + " " + "wörter" * max(1, len(text) // 12)

    @override
    def isEmpty(self) -> bool:
        return False


@pytest.fixture(params=["english", "long", "right-to-left"])
def writing(request: pytest.FixtureRequest, qapp: object) -> Iterator[str]:
    translator = Longer()
    if request.param == "long":
        QCoreApplication.installTranslator(translator)
    if request.param == "right-to-left":
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield request.param
    QCoreApplication.removeTranslator(translator)
    QGuiApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture(scope="module", autouse=True)
def styled(qapp: object) -> Iterator[None]:
    """The look of the program, which decides how much room everything takes."""
    from PySide6.QtWidgets import QApplication

    from stabilitydl.gui.theme import ThemeChoice

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = application.style().name(), application.font(), application.palette()
    Appearance(ThemeChoice.LIGHT).apply()
    yield
    application.setStyleSheet("")
    application.setStyle(before[0])
    application.setFont(before[1])
    application.setPalette(before[2])


def refuse(text: str) -> object:
    raise UnknownLocator(locator=text, hint="")


def plan(appearance: Appearance) -> QDialog:
    dialog = PlanDialog(appearance)
    dialog.show_forecast(forecast())
    return dialog


def settings(page: str) -> Callable[[Appearance], QDialog]:
    def make(appearance: Appearance) -> QDialog:
        dialog = SettingsDialog(Settings(), appearance, Paths.from_environment())
        dialog.show_page(page)
        return dialog

    return make


def add(appearance: Appearance) -> QDialog:
    return AddDialog(refuse, appearance, Destination(Path("/models")))


def quarantine(appearance: Appearance) -> QDialog:
    dialog = QuarantineDialog()
    wrong = ChecksumMismatch(expected="0" * 64, actual="1" * 64).problem
    path = "/models/.stabilitydl-quarantine/model-" + "0" * 8
    names = ["a.safetensors", "another_one_with_a_longer_name.safetensors"]
    dialog.load([Kept(path=path, size=5_000_000, name=name, resource=name, problem=wrong) for name in names])
    return dialog


MAKERS: dict[str, Callable[[Appearance], QDialog]] = {
    "plan": plan,
    "add": add,
    "downloads": settings("downloads"),
    "network": settings("network"),
    "window": settings("window"),
    "accounts": settings("accounts"),
    "quarantine": quarantine,
    "about": lambda appearance: AboutDialog(Paths.from_environment()),
    "licences": lambda appearance: LicencesDialog(resource_path("licences/LGPL-3.0.txt")),
    "rate": lambda appearance: RateDialog(57, 2_500_000),
    "report": lambda appearance: ReportDialog(InternalError(detail="x").problem, Paths.from_environment()),
}


@pytest.mark.parametrize("name", MAKERS)
def test_no_text_is_cut(qtbot: QtBot, appearance: Appearance, writing: str, name: str) -> None:
    dialog = MAKERS[name](appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: not dialog.grab().isNull())
    assert dialog.width() <= SCREEN[0]
    assert dialog.height() <= SCREEN[1]
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible():
            assert is_whole(widget), f"{widget!r} {words(widget)!r} {widget.size()} {widget.sizeHint()}"


@pytest.mark.parametrize("name", MAKERS)
def test_every_control_can_be_named_by_a_screen_reader(qtbot: QtBot, appearance: Appearance, name: str) -> None:
    dialog = MAKERS[name](appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    for widget in dialog.findChildren(QWidget):
        takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisible()
        if takes_keys and widget.focusProxy() is None and not widget.objectName().startswith("qt_"):
            assert widget.accessibleName() or words(widget) or is_text(widget), f"{widget!r} has no name"


def words(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else ""


def is_text(widget: QWidget) -> bool:
    """Text that can be read itself."""
    return isinstance(widget, QLabel)


def is_whole(widget: QWidget) -> bool:
    """Is there room for all of its words?"""
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.width() >= widget.sizeHint().width() - 1 and widget.height() >= widget.sizeHint().height() - 1
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.height() >= widget.heightForWidth(widget.width()) - 1
        return widget.width() >= widget.sizeHint().width() - 1
    return True
