"""What happens when the window is closed while files are on their way."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QWidget

from .tr import translate


class Closing(StrEnum):
    """The answers."""

    TRAY = "tray"
    QUIT = "quit"


def ask_closing(parent: QWidget, *, has_tray: bool) -> tuple[Closing | None, bool]:
    """What to do, None for staying as it is, and whether closing means the tray from now on."""
    box = QMessageBox(parent)
    box.setWindowTitle(QApplication.applicationDisplayName())
    box.setText(translate("Closing", "Files are still on their way."))
    box.setInformativeText(
        translate("Closing", "What has come is kept; the rest goes on when stabilitydl is started again.")
    )
    tray = always = None
    if has_tray:
        tray = box.addButton(translate("Closing", "Keep downloading in the tray"), QMessageBox.ButtonRole.ActionRole)
        # A box keeps pointing to its check box, so that must not go before the box does.
        always = QCheckBox(translate("Closing", "Always keep downloading in the tray"), box)
        box.setCheckBox(always)
    stop = box.addButton(translate("Closing", "Stop and keep"), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(QMessageBox.StandardButton.Cancel)
    # No other button of the window has a picture of the platform.
    stay.setIcon(QIcon())
    box.setDefaultButton(tray or stop)
    box.setEscapeButton(stay)
    box.exec()
    clicked = box.clickedButton()
    remember = always is not None and always.isChecked()
    box.deleteLater()
    if tray is not None and clicked is tray:
        return Closing.TRAY, remember
    return (Closing.QUIT if clicked is stop else None), False
