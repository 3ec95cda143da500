"""What the one button of a row does: the remedy for what happened, carried out.

`RowAction` says which; the row says for what. Nothing here waits, and nothing changes in the window before an event
of the engine says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from ..domain.resource import ResourceSnapshot
from ..text import plain
from .hub_names import hub_title
from .row_action import RowAction
from .tr import fill, translate

ACCOUNTS, NETWORK, DOWNLOADS = "accounts", "network", "downloads"
"""Pages of the settings."""


_Words = Callable[[str], str]
"""What is said of the page at an address that no browser opened, or, for an empty one, of a page that there is not."""


class Commands(Protocol):
    """What is asked of the engine's bridge."""

    def resume(self, ids: Sequence[str]) -> None: ...

    def retry(self, ids: Sequence[str]) -> None: ...

    def web_address(self, hub: str, reference: str, then: Callable[[str], None]) -> None: ...

    def can_log_in(self, hub: str) -> bool: ...


class Remedies(QObject):
    """Carries out row actions.

    ``settings_wanted`` names a page of the settings; ``other_file_wanted``, ``decision_wanted`` (what becomes of a
    quarantined file) and ``report_wanted`` carry the row; ``said`` is a sentence for the user; ``unopened`` carries
    one about a page for which no browser opened, and the address of the page. ``open_url`` gives a URL to the desktop
    and says whether that worked.
    """

    settings_wanted = Signal(str)
    other_file_wanted = Signal(object)
    decision_wanted = Signal(object)
    report_wanted = Signal(object)
    said = Signal(str)
    unopened = Signal(str, str)

    def __init__(
        self,
        commands: Commands,
        parent: QObject | None = None,
        *,
        open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._open_url = open_url

    def act(self, row: ResourceSnapshot, action: RowAction) -> None:
        """Do for ``row`` what ``action`` says."""
        match action:
            case RowAction.RESUME | RowAction.SKIP:
                self._commands.resume([row.id])
            case RowAction.RETRY:
                self._commands.retry([row.id])
            case RowAction.LOG_IN:
                self._log_in(row)
            case RowAction.CHECK_NETWORK:
                self.settings_wanted.emit(NETWORK)
            case RowAction.CHECK_FOLDER:
                self.settings_wanted.emit(DOWNLOADS)
            case RowAction.FREE_SPACE:
                self.open_folder_of(row)
            case RowAction.OPEN_PAGE:
                self.open_page_of(row)
            case RowAction.OTHER_FILE:
                self.other_file_wanted.emit(row)
            case RowAction.DECIDE:
                self.decision_wanted.emit(row)
            case RowAction.REPORT:
                self.report_wanted.emit(row)

    def _log_in(self, row: ResourceSnapshot) -> None:
        hub = _hub_of(row)
        if self._commands.can_log_in(hub):
            self.settings_wanted.emit(ACCOUNTS)
            return
        host = row.problem.arguments.get("host") if row.problem is not None else None
        name = plain(str(host or hub_title(hub)))

        def words(address: str) -> str:
            own = translate("Remedies", "stabilitydl cannot log in to {hub}; its page may tell how to get this file.")
            other = translate(
                "Remedies", "stabilitydl cannot log in to {hub}. Open {address} to see how to get this file."
            )
            return fill(other if address else own, hub=name, address=address)

        # Before the page, whose address may be known later and takes the place of this where no browser opens it.
        self.said.emit(words(""))
        if row.resource.page:
            self._open_page(hub, row.resource.page, words)

    def open_page_of(self, row: ResourceSnapshot) -> None:
        """Show the page of a file in the browser."""
        self.open_page(_hub_of(row), row.resource.page)

    def open_page(self, hub: str, page: str) -> None:
        """Show a page of a hub in the browser. What a hub sends is never opened as anything but a web page.

        Hubs that have mirrors keep their pages without the host; such a hub is asked for the whole address.
        """
        self._open_page(hub, page, _no_page)

    def _open_page(self, hub: str, page: str, words: _Words) -> None:
        if hub and page.startswith("/"):
            self._commands.web_address(hub, page, lambda address: self._open_web(address, words))
        else:
            self._open_web(page, words)

    def _open_web(self, page: str, words: _Words) -> None:
        url = QUrl(page, QUrl.ParsingMode.StrictMode)
        if not url.isValid() or url.scheme() not in ("https", "http") or not url.host():
            self.said.emit(words(""))
        elif not self._open_url(url):
            address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
            self.unopened.emit(words(address), address)

    def open_folder_of(self, row: ResourceSnapshot) -> None:
        """Show the folder of a file in the file manager."""
        self.open_folder(str(Path(row.target).parent) if row.target is not None else "")

    def open_folder(self, path: str) -> None:
        """Show a folder, or the nearest one above it that exists, in the file manager."""
        if not path:
            self.said.emit(translate("Remedies", "There is no folder to open."))
            return
        folders = [Path(path), *Path(path).parents]
        folder = next((each for each in folders if each.is_dir()), folders[-1])
        if not self._open_url(QUrl.fromLocalFile(str(folder))):
            self.said.emit(translate("Remedies", "The folder cannot be opened."))


def _hub_of(row: ResourceSnapshot) -> str:
    addresses = row.resource.addresses
    return addresses[0].hub if addresses else ""


def _no_page(address: str) -> str:
    if not address:
        return translate("Remedies", "There is no page to open.")
    return fill(translate("Remedies", "The browser cannot be opened; the page is {address}."), address=address)
