"""The settings of the running program: kept in their file, followed at once, and shown in their dialog.

Dialogs are imported when they are first opened, because a window that starts shows none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from .. import settings as stored
from ..domain.resource import ResourceSnapshot
from ..errors import NotWritable, Problem
from ..paths import Paths
from ..settings import Settings, Value
from .theme import Appearance

if TYPE_CHECKING:
    from .accounts_page import Accounts
    from .settings_dialog import SettingsDialog


class Preferences(QObject):
    """``changed`` carries new settings; ``failed`` the Problem of a file that cannot be written."""

    changed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        appearance: Appearance,
        paths: Paths,
        window: QWidget,
        accounts: Accounts | None = None,
    ) -> None:
        super().__init__(window)
        self._accounts = accounts
        self.settings = settings
        self._appearance = appearance
        self._paths = paths
        self._window = window
        self._dialogs: list[QDialog] = []

    def take(self, settings: Settings) -> None:
        """Keep new settings, and let everybody follow them."""
        self.settings = settings
        try:
            stored.save(self._paths.settings, settings)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            self.failed.emit(NotWritable(path=str(self._paths.settings), detail=detail).problem)
        self.changed.emit(settings)

    def change(self, **values: Value) -> None:
        """Set some settings and leave the others."""
        self.take(msgspec.structs.replace(self.settings, **values))

    def show(self, page: str = "") -> SettingsDialog:
        """Open the settings, at a page where one is named."""
        from .desktop_links import DesktopLinks
        from .settings_dialog import SettingsDialog

        links = DesktopLinks.of_user()
        dialog = SettingsDialog(self.settings, self._appearance, self._paths, self._window, self._accounts, links)
        dialog.saved.connect(self.take)
        if page:
            dialog.show_page(page)
        self._open(dialog)
        return dialog

    def show_about(self) -> None:
        """Open the dialog about the program."""
        from .about import AboutDialog

        self._open(AboutDialog(self._paths, self._window))

    def show_report(self, problem: Problem, row: ResourceSnapshot | None = None) -> None:
        """Open what can be sent with a report."""
        from .report_dialog import ReportDialog

        self._open(ReportDialog(problem, self._paths, row, self._window))

    def close(self) -> None:
        """Close every dialog."""
        for dialog in list(self._dialogs):
            dialog.reject()

    def _open(self, dialog: QDialog) -> None:
        self._dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()

    def _forget(self, dialog: QDialog) -> None:
        if dialog in self._dialogs:
            self._dialogs.remove(dialog)
            dialog.deleteLater()
