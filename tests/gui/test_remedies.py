from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from stabilitydl import __version__
from stabilitydl.domain.resource import Address
from stabilitydl.domain.states import State
from stabilitydl.errors import CODES, InternalError, LoginNeeded, NotFound
from stabilitydl.gui.about import AboutDialog
from stabilitydl.gui.licences import LicencesDialog
from stabilitydl.gui.remedies import Remedies
from stabilitydl.gui.report_dialog import ReportDialog, report_text
from stabilitydl.gui.row_action import RowAction
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.gui.state_text import describe
from stabilitydl.gui.theme import Appearance
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from tests.gui.samples import child


class Bridge:
    def __init__(self) -> None:
        self.commands: list[tuple[str, list[str]]] = []

    def resume(self, ids: Sequence[str]) -> None:
        self.commands.append(("resume", list(ids)))

    def retry(self, ids: Sequence[str]) -> None:
        self.commands.append(("retry", list(ids)))

    def web_address(self, hub: str, reference: str, then: Callable[[str], None]) -> None:
        then(f"https://{hub}.test{reference}")

    def can_log_in(self, hub: str) -> bool:
        return hub == "civitai"


class Desktop:
    def __init__(self) -> None:
        self.opened: list[str] = []
        self.works = True

    def open(self, url: QUrl) -> bool:
        self.opened.append(url.toString())
        return self.works


@pytest.fixture
def bridge() -> Bridge:
    return Bridge()


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def remedies(qapp: object, bridge: Bridge, desktop: Desktop) -> Remedies:
    return Remedies(bridge, open_url=desktop.open)


@pytest.mark.parametrize(
    ("action", "command"),
    [(RowAction.RESUME, "resume"), (RowAction.SKIP, "resume"), (RowAction.RETRY, "retry")],
)
def test_commands_of_the_engine(remedies: Remedies, bridge: Bridge, action: RowAction, command: str) -> None:
    row = child(1, State.FAILED)
    remedies.act(row, action)
    assert bridge.commands == [(command, [row.id])]


@pytest.mark.parametrize("action", [RowAction.LOG_IN, RowAction.CHECK_NETWORK, RowAction.CHECK_FOLDER])
def test_settings_open_at_a_page_that_exists(
    remedies: Remedies, qtbot: QtBot, appearance: Appearance, action: RowAction
) -> None:
    with qtbot.waitSignal(remedies.settings_wanted) as caught:
        remedies.act(child(1), action)
    assert caught.args is not None
    dialog = SettingsDialog(Settings(), appearance, Paths.from_environment())
    qtbot.addWidget(dialog)
    dialog.show_page("window")
    dialog.show_page(caught.args[0])
    assert dialog.page == caught.args[0]


def test_where_nobody_can_log_in_the_page_is_opened(remedies: Remedies, desktop: Desktop, qtbot: QtBot) -> None:
    said: list[str] = []
    remedies.said.connect(said.append)
    where = (Address("direct", "https://files.test/a"),)
    needed = LoginNeeded(host="files.test", status=401).problem
    with qtbot.assertNotEmitted(remedies.settings_wanted):
        for page in ("https://files.test/about", ""):
            row = child(1, State.BLOCKED, page=page, addresses=where, problem=needed)
            remedies.act(row, RowAction.LOG_IN)
    assert desktop.opened == ["https://files.test/about"]
    assert said == ["stabilitydl cannot log in to files.test; its page may tell how to get this file."] * 2


def test_where_no_browser_opens_a_login_says_which_page_to_open(
    remedies: Remedies, bridge: Bridge, desktop: Desktop
) -> None:
    desktop.works = False
    asked: list[Callable[[str], None]] = []
    bridge.web_address = lambda hub, reference, then: asked.append(then)  # type: ignore[method-assign]
    said: list[str] = []
    told: list[tuple[str, str]] = []
    remedies.said.connect(said.append)
    remedies.unopened.connect(lambda words, address: told.append((words, address)))
    where = (Address("huggingface", "org/repo"),)
    needed = LoginNeeded(host="mirror.test", status=401).problem
    remedies.act(child(1, State.BLOCKED, page="/org/repo", addresses=where, problem=needed), RowAction.LOG_IN)
    first = "stabilitydl cannot log in to mirror.test; its page may tell how to get this file."
    assert (said, told) == ([first], [])
    asked[0]("https://mirror.test/org/repo")
    address = "https://mirror.test/org/repo"
    words = f"stabilitydl cannot log in to mirror.test. Open {address} to see how to get this file."
    assert told == [(words, address)]
    asked[0]("")
    assert said == [first, first], "a hub without a page takes nothing away from what was said"


def test_every_action_does_something(remedies: Remedies, bridge: Bridge, desktop: Desktop, tmp_path: Path) -> None:
    row = child(1, State.FAILED, page="https://civitai.com/models/1", target=str(tmp_path / "a" / "b"))
    heard: list[object] = []
    wanted = remedies.settings_wanted, remedies.other_file_wanted, remedies.decision_wanted, remedies.report_wanted
    for signal in wanted:
        signal.connect(heard.append)
    for action in RowAction:
        before = len(bridge.commands) + len(desktop.opened) + len(heard)
        remedies.act(row, action)
        assert len(bridge.commands) + len(desktop.opened) + len(heard) == before + 1, action


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_failure_offers_an_action_that_is_carried_out(remedies: Remedies, code: str) -> None:
    row = child(1, State.FAILED, problem=CODES[code]().problem)
    action = describe(row).action
    assert action is not None
    remedies.act(row, action)


def test_the_page_of_a_file_is_opened(remedies: Remedies, desktop: Desktop) -> None:
    remedies.act(child(1, page="https://civitai.com/models/1?a=b%20c"), RowAction.OPEN_PAGE)
    assert [QUrl(url) for url in desktop.opened] == [QUrl("https://civitai.com/models/1?a=b%20c")]


def test_a_hub_says_where_its_page_is(remedies: Remedies, desktop: Desktop) -> None:
    remedies.act(child(1, page="/models/1"), RowAction.OPEN_PAGE)
    remedies.open_page("demo", "/models/2")
    assert desktop.opened == ["https://civitai.test/models/1", "https://demo.test/models/2"]


@pytest.mark.parametrize(
    "page",
    ["", "file:///etc/passwd", "javascript:alert(1)", "smb://x/y", "https://", "vscode://x", "ht tp://x"],
)
def test_nothing_but_a_web_page_is_opened(remedies: Remedies, desktop: Desktop, qtbot: QtBot, page: str) -> None:
    with qtbot.waitSignal(remedies.said) as caught:
        remedies.act(child(1, page=page), RowAction.OPEN_PAGE)
    assert caught.args == ["There is no page to open."]
    assert not desktop.opened


def test_the_folder_that_needs_space_is_shown(remedies: Remedies, desktop: Desktop, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    remedies.act(child(1, target=str(tmp_path / "lib" / "not" / "yet" / "file")), RowAction.FREE_SPACE)
    assert desktop.opened == [QUrl.fromLocalFile(str(tmp_path / "lib")).toString()]


def test_a_desktop_that_cannot_is_told(remedies: Remedies, desktop: Desktop, qtbot: QtBot, tmp_path: Path) -> None:
    desktop.works = False
    with qtbot.waitSignal(remedies.unopened) as caught:
        remedies.act(child(1, page="https://a.test/"), RowAction.OPEN_PAGE)
    assert caught.args == ["The browser cannot be opened; the page is https://a.test/.", "https://a.test/"]
    for row, action in (
        (child(1, target=str(tmp_path / "f")), RowAction.FREE_SPACE),
        (child(1), RowAction.FREE_SPACE),
    ):
        with qtbot.waitSignal(remedies.said):
            remedies.act(row, action)


def test_a_report_holds_the_facts_and_is_copied(qtbot: QtBot, tmp_path: Path) -> None:
    row = child(7, State.FAILED, received=5)
    problem = InternalError(detail="KeyError: 'x'").problem
    dialog = ReportDialog(problem, Paths(tmp_path, tmp_path, tmp_path, tmp_path), row)
    qtbot.addWidget(dialog)
    dialog.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text == report_text(problem, row)
    for fact in (__version__, "internal: Something unexpected happened: KeyError: 'x'.", "file-007", "5 of 144000000"):
        assert fact in text
    assert "Please report this." in dialog.title.text()
    assert report_text(NotFound(host="h", status=404).problem).endswith("h does not have this file (404).")


def test_about_names_the_version_and_the_folders(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = AboutDialog(Paths(tmp_path / "data", tmp_path / "config", tmp_path, tmp_path))
    qtbot.addWidget(dialog)
    assert __version__ in dialog.title.text()
    assert str(tmp_path / "data") in dialog.facts.text()
    assert str(tmp_path / "config") in dialog.facts.text()


def test_about_shows_the_licences_of_what_a_bundle_brings_along(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = Paths.from_environment()
    dialog = AboutDialog(paths)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.licences.isVisible()

    text = tmp_path / "resources" / "licences" / "NOTICES.txt"
    text.parent.mkdir(parents=True)
    text.write_text("Qt: LGPL-3.0-only\n", "utf-8")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    frozen = AboutDialog(paths)
    qtbot.addWidget(frozen)
    frozen.show()
    assert frozen.licences.isVisible()
    frozen.licences.click()
    (shown,) = frozen.findChildren(LicencesDialog)
    assert shown.text.toPlainText() == "Qt: LGPL-3.0-only\n"
    shown.close_button.click()
