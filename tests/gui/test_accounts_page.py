"""The page of the accounts: tokens go in, what the engine says comes out, and no token stays in the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from stabilitydl.domain.login import Login, LoginSource
from stabilitydl.errors import Problem, TokenRefused
from stabilitydl.gui.accounts_page import AccountRow, AccountsPage
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.gui.theme import Appearance
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings


def login(hub: str = "civitai", source: LoginSource = LoginSource.NONE, detail: str = "", trouble: str = "") -> Login:
    return Login(
        hub=hub, title=hub.title(), source=source, detail=detail, trouble=trouble, page=f"https://{hub}.test/tokens"
    )


class FakeAccounts:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[Callable[[list[Login]], None]] = []
        self.sent: list[tuple[str, str]] = []
        self.opened: list[QUrl] = []
        self.then: Callable[[Login], None]
        self.otherwise: Callable[[Problem], None]

    def load_logins(self, then: Callable[[list[Login]], None]) -> None:
        self.asked.append(then)

    def set_token(
        self, hub: str, token: str, then: Callable[[Login], None], otherwise: Callable[[Problem], None]
    ) -> None:
        self.sent.append((hub, token))
        self.then, self.otherwise = then, otherwise


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts()


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance, accounts: FakeAccounts) -> AccountsPage:
    page = AccountsPage(accounts, open_url=lambda url: accounts.opened.append(url) is None)
    qtbot.addWidget(page)
    page.retranslate()
    page.show()
    accounts.asked[0]([login(), login("shelf", LoginSource.ENVIRONMENT, "SHELF_TOKEN")])
    return page


def row_of(page: AccountsPage, hub: str = "civitai") -> AccountRow:
    return page.rows[hub]


@pytest.mark.parametrize(
    ("shown", "words", "may_log_out"),
    [
        (login(), "Not logged in", False),
        (login(source=LoginSource.KEYRING), "✓ Logged in; the token is kept in the keyring", True),
        (login(source=LoginSource.SESSION), "✓ Logged in until stabilitydl is closed", True),
        (login(source=LoginSource.ENVIRONMENT, detail="X"), "✓ A token is set in X", False),
        (login(source=LoginSource.FILE, detail="/x/token"), "✓ A token is in the file /x/token", False),
    ],
)
def test_how_a_hub_is_logged_in_to(page: AccountsPage, shown: Login, words: str, may_log_out: bool) -> None:
    page.show_logins([shown])
    row = row_of(page)
    assert (row.state.text(), row.log_out.isVisible()) == (words, may_log_out)


def test_a_token_goes_to_the_engine_and_nowhere_else(qtbot: QtBot, page: AccountsPage, accounts: FakeAccounts) -> None:
    row = row_of(page)
    assert row.token.echoMode() is QLineEdit.EchoMode.Password
    assert not row.log_in.isEnabled()
    qtbot.keyClicks(row.token, " canary ")
    qtbot.mouseClick(row.log_in, Qt.MouseButton.LeftButton)
    assert accounts.sent == [("civitai", "canary")]
    assert row.token.text() == ""
    assert not row.token.isEnabled()
    texts = [widget.text() for kind in (QLabel, QPushButton, QLineEdit) for widget in page.findChildren(kind)]
    assert not any("canary" in text for text in texts)
    accounts.then(login(source=LoginSource.KEYRING))
    assert row.token.isEnabled()
    assert row.state.text().startswith("✓ Logged in;")
    qtbot.mouseClick(row.log_out, Qt.MouseButton.LeftButton)
    assert accounts.sent[1:] == [("civitai", "")]
    accounts.then(login())
    assert row.state.text() == "Not logged in"


def test_enter_logs_in_and_an_empty_field_does_not(qtbot: QtBot, page: AccountsPage, accounts: FakeAccounts) -> None:
    row = row_of(page)
    qtbot.keyClick(row.token, Qt.Key.Key_Return)
    assert accounts.sent == []
    qtbot.keyClicks(row.token, "canary")
    qtbot.keyClick(row.token, Qt.Key.Key_Return)
    assert accounts.sent == [("civitai", "canary")]


def test_what_went_wrong_is_said_in_the_row(qtbot: QtBot, page: AccountsPage, accounts: FakeAccounts) -> None:
    row = row_of(page)
    qtbot.keyClicks(row.token, "canary")
    qtbot.mouseClick(row.log_in, Qt.MouseButton.LeftButton)
    accounts.otherwise(TokenRefused(hub="Civitai").problem)
    assert row.state.text() == "Civitai does not accept this token; make a new one on its site."
    assert row.token.isEnabled()
    page.retranslate()
    assert "does not accept" in row.state.text()
    page.show_logins([login()])
    assert row.state.text() == "Not logged in"


def test_a_keyring_of_no_use_is_told_once(page: AccountsPage) -> None:
    assert not page.trouble.isVisible()
    page.show_logins([login(trouble="this system has none"), login("shelf")])
    assert page.trouble.text() == "The keyring of this system cannot be used: this system has none."
    assert page.trouble.isVisible()


def test_the_page_of_the_hub_is_opened(qtbot: QtBot, page: AccountsPage, accounts: FakeAccounts) -> None:
    qtbot.mouseClick(row_of(page, "shelf").page, Qt.MouseButton.LeftButton)
    assert accounts.opened == [QUrl("https://shelf.test/tokens")]


def test_every_button_and_field_names_its_hub(page: AccountsPage) -> None:
    row = row_of(page)
    for widget in (row.token, row.log_in, row.log_out, row.page):
        assert widget.accessibleName().endswith("· Civitai")
    assert row_of(page, "shelf").name.text() == "Shelf"


def test_answers_after_the_end_show_nothing(qtbot: QtBot, appearance: Appearance, accounts: FakeAccounts) -> None:
    dialog = SettingsDialog(Settings(), appearance, Paths.from_environment(), accounts=accounts)
    dialog.accounts.show_logins([login()])
    qtbot.keyClicks(dialog.accounts.rows["civitai"].token, "canary")
    dialog.accounts.rows["civitai"].log_in.click()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.deleteLater()
    accounts.asked[0]([login()])
    accounts.then(login())
    accounts.otherwise(TokenRefused(hub="x").problem)


def test_without_an_engine_the_page_is_empty(qtbot: QtBot, appearance: Appearance) -> None:
    dialog = SettingsDialog(Settings(), appearance, Paths.from_environment())
    qtbot.addWidget(dialog)
    assert dialog.accounts.rows == {}
