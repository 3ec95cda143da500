"""A hub that gives its files only after a login, from the first refusal to the files: window, engine and server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.domain.states import State
from stabilitydl.gui.row_action import RowAction
from stabilitydl.gui.settings_dialog import SettingsDialog
from tests.fakes import keyring
from tests.fakes.civitai import DATA, GOOD, LoginOrigin
from tests.gui.stage import Stage

FILES = 6


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LoginOrigin]:
    with LoginOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.FileKeyring")
        monkeypatch.setenv(keyring.FILE, str(tmp_path / "keyring.json"))
        server.give_pack(FILES)
        yield server


def test_one_token_brings_all_files_that_wait_for_it(stage: Stage, origin: LoginOrigin) -> None:
    """A08"""
    window = stage.open(may_log_in=True)
    ids = stage.add("civitai:7")
    stage.opened.bridge.enqueue(ids)
    stage.until_states(ids, State.WAITING)
    assert origin.tries == FILES, "each was refused once"
    assert window.toast.label.text() == "Civitai gives some files only after a login"
    text = window.resources.model.state_text(stage.row(ids[3]))
    assert (text.left, text.action) == ("Needs a Civitai login", RowAction.LOG_IN)

    stage.click_action(ids[3])
    page = stage.dialog(SettingsDialog).accounts
    stage.until(lambda: "civitai" in page.rows, "the engine says how hubs are logged in to")
    account = page.rows["civitai"]
    account.token.setText("canary-wrong")
    account.log_in.click()
    stage.until(lambda: "does not accept this token" in account.state.text(), "it is refused")
    assert set(stage.ids(State.WAITING)) == set(ids)
    assert origin.tries == FILES, "nothing is asked for with a token of no use"

    account.token.setText(GOOD)
    account.log_in.click()
    stage.until_states(ids, State.DOWNLOADED)
    assert origin.tries == 2 * FILES
    stage.until(lambda: "Logged in" in account.state.text(), "the row says so")
    assert account.token.text() == "", "no token stays in the window"
    assert {Path(stage.row(each).target or "").read_bytes() for each in ids} == {DATA}
    assert keyring.contents(), "and the next start knows it"


def test_the_next_start_is_logged_in_and_logging_out_forgets(stage: Stage, origin: LoginOrigin) -> None:
    window = stage.open(may_log_in=True)
    window.preferences.show("accounts")
    page = stage.dialog(SettingsDialog).accounts
    stage.until(lambda: "civitai" in page.rows)
    page.rows["civitai"].token.setText(GOOD)
    page.rows["civitai"].log_in.click()
    stage.until(lambda: "Logged in" in page.rows["civitai"].state.text())
    window = stage.restart()
    ids = stage.add("civitai:7")
    stage.opened.bridge.enqueue(ids)
    stage.until_states(ids, State.DOWNLOADED)
    assert origin.tries == FILES, "nobody was refused"
    window.preferences.show("accounts")
    page = stage.dialog(SettingsDialog).accounts
    stage.until(lambda: "civitai" in page.rows)
    page.rows["civitai"].log_out.click()
    stage.until(lambda: page.rows["civitai"].state.text() == "Not logged in")
    assert not keyring.contents()
