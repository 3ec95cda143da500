"""The page of the settings that shows where somebody is logged in, takes tokens, and forgets them.

A token is typed without being shown, handed over once, and kept nowhere in the window. What the page says of a hub is
what the engine answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget
from shiboken6 import isValid

from ..domain.login import Login, LoginSource
from ..errors import KeyringUnavailable, Problem
from .hub_names import hub_title
from .theme import SPACE, mark
from .tr import fill, problem_text, translate


class Accounts(Protocol):
    """What is asked of the engine's bridge."""

    def load_logins(self, then: Callable[[list[Login]], None]) -> None: ...

    def set_token(
        self, hub: str, token: str, then: Callable[[Login], None], otherwise: Callable[[Problem], None]
    ) -> None: ...


class AccountsPage(QWidget):
    """One row for each hub that can be logged in to. Empty until the engine has answered, and without an engine."""

    def __init__(
        self,
        accounts: Accounts | None = None,
        *,
        open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__()
        self._accounts = accounts
        self._open_url = open_url
        self.rows: dict[str, AccountRow] = {}
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        mark(self.hint, kind="secondary")
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        mark(self.trouble, kind="attention")
        self.trouble.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 16, 20, 16)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(SPACE)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.hint, 0, 0, 1, 2)
        self._grid.addWidget(self.trouble, 1, 0, 1, 2)
        self._grid.setRowMinimumHeight(2, SPACE)
        if accounts is not None:
            accounts.load_logins(self.show_logins)

    def show_logins(self, logins: Sequence[Login]) -> None:
        """Show how every hub is logged in to. An answer that comes after the page has gone shows nothing."""
        if not isValid(self):
            return
        for login in logins:
            if login.hub not in self.rows:
                self.rows[login.hub] = AccountRow(login, self._send, self._open_url)
                self._add(self.rows[login.hub])
            self.rows[login.hub].show_login(login)
        self._show_trouble(logins)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.hint.setText(
            translate(
                "Accounts",
                "Some files are given only to people who are logged in. Make a token on the page of the hub and paste"
                " it here; it is kept in the keyring of the system and sent to that hub only.",
            )
        )
        for row in self.rows.values():
            row.retranslate()
        self._show_trouble([row.login for row in self.rows.values()])

    def _add(self, row: AccountRow) -> None:
        place = 3 + 3 * (len(self.rows) - 1)
        self._grid.addWidget(row.name, place, 0)
        self._grid.addWidget(row.state, place, 1)
        self._grid.addWidget(row.entry, place + 1, 0, 1, 2)
        self._grid.setRowMinimumHeight(place + 2, SPACE)
        # What is left over is below the last one.
        self._grid.setRowStretch(place, 0)
        self._grid.setRowStretch(place + 3, 1)

    def _show_trouble(self, logins: Sequence[Login]) -> None:
        detail = next((login.trouble for login in logins if login.trouble), "")
        self.trouble.setText(problem_text(KeyringUnavailable(detail=detail).problem) if detail else "")
        self.trouble.setVisible(bool(detail))

    def _send(self, row: AccountRow, token: str) -> None:
        if self._accounts is None:
            return

        def took(login: Login) -> None:
            if isValid(self):
                row.show_login(login)
                self._show_trouble([each.login for each in self.rows.values()])

        def failed(problem: Problem) -> None:
            if isValid(self):
                row.show_problem(problem)

        self._accounts.set_token(row.login.hub, token, took, failed)


class AccountRow:
    """The widgets of one hub."""

    def __init__(
        self,
        login: Login,
        send: Callable[[AccountRow, str], None],
        open_url: Callable[[QUrl], bool],
    ) -> None:
        self.login = login
        self._send = send
        self._problem: Problem | None = None
        self.name = QLabel(hub_title(login.hub) if hub_title(login.hub) != login.hub else login.title)
        mark(self.name, kind="strong")
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.returnPressed.connect(self._log_in)
        self.token.textChanged.connect(self._allow)
        self.log_in = QPushButton()
        self.log_in.setAutoDefault(False)
        self.log_in.clicked.connect(self._log_in)
        self.log_out = QPushButton()
        self.log_out.setAutoDefault(False)
        self.log_out.clicked.connect(lambda: self._begin(""))
        self.page = QPushButton()
        self.page.setAutoDefault(False)
        mark(self.page, role="link")
        self.page.clicked.connect(lambda: open_url(QUrl(self.login.page)))
        self.entry = QWidget()
        line = QHBoxLayout(self.entry)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        for widget in (self.token, self.log_in, self.log_out, self.page):
            line.addWidget(widget)
        line.setStretch(0, 1)
        self.retranslate()

    def show_login(self, login: Login) -> None:
        """What the engine answered."""
        self.login, self._problem = login, None
        self._end()

    def show_problem(self, problem: Problem) -> None:
        """Why it did not work; how it was before holds still."""
        self._problem = problem
        self._end()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        hub = self.name.text()
        self.token.setPlaceholderText(translate("Accounts", "Token"))
        self.token.setAccessibleName(f"{translate('Accounts', 'Token')} · {hub}")
        for button, words in (
            (self.log_in, translate("Accounts", "Log in")),
            (self.log_out, translate("Accounts", "Log out")),
            (self.page, translate("Accounts", "Get a token")),
        ):
            button.setText(words)
            button.setAccessibleName(f"{words} · {hub}")
        self._end()

    def _log_in(self) -> None:
        token = self.token.text().strip()
        self.token.clear()
        if token:
            self._begin(token)

    def _begin(self, token: str) -> None:
        for widget in (self.token, self.log_in, self.log_out):
            widget.setEnabled(False)
        self._send(self, token)

    def _end(self) -> None:
        self.token.setEnabled(True)
        self.page.setVisible(bool(self.login.page))
        # What the environment says is not ours to forget.
        kept = self.login.source in (LoginSource.KEYRING, LoginSource.SESSION)
        self.log_out.setEnabled(kept)
        self.log_out.setVisible(kept)
        self._allow()
        words = problem_text(self._problem) if self._problem is not None else _told(self.login)
        self.state.setText(words)
        kind = "trouble" if self._problem is not None else "good" if self.login.has_token else "secondary"
        mark(self.state, kind=kind)

    def _allow(self) -> None:
        self.log_in.setEnabled(bool(self.token.text().strip()))


def _told(login: Login) -> str:
    """How a hub is logged in to."""
    match login.source:
        case LoginSource.NONE:
            return translate("Accounts", "Not logged in")
        case LoginSource.KEYRING:
            return translate("Accounts", "✓ Logged in; the token is kept in the keyring")
        case LoginSource.SESSION:
            return translate("Accounts", "✓ Logged in until stabilitydl is closed")
        case LoginSource.ENVIRONMENT:
            return fill(translate("Accounts", "✓ A token is set in {variable}"), variable=login.detail)
        case LoginSource.FILE:
            return fill(translate("Accounts", "✓ A token is in the file {path}"), path=login.detail)
