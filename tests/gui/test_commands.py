"""Every command of the window does its work: by key, by menu, by double click, for one file, many, or a collection."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.about import AboutDialog
from stabilitydl.gui.add_dialog import AddDialog
from stabilitydl.gui.collection_groups import CollectionFilter
from stabilitydl.gui.collection_menu import CollectionMenu
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.settings import Settings
from tests.gui.stage import SLOW, Stage

CONTROL = Qt.KeyboardModifier.ControlModifier
FOUR = "demo:?files=4&size=64KiB"


@pytest.fixture
def opened(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    """What the desktop is asked to open; the window is open."""
    found: list[QUrl] = []
    window = stage.open()
    monkeypatch.setattr(window.remedies, "_open_url", lambda url: found.append(url) is None)
    return found


def front(stage: Stage) -> None:
    stage.window.activateWindow()
    stage.until(stage.window.isActiveWindow)


def command(menu: QMenu, words: str) -> QAction:
    return next(action for action in menu.actions() if action.text().partition("\t")[0].startswith(words))


def test_each_shortcut_does_what_it_says(stage: Stage) -> None:
    window = stage.open()
    front(stage)
    stage.press(window, Qt.Key.Key_F1)
    stage.dialog(AboutDialog).reject()
    front(stage)
    stage.press(window, Qt.Key.Key_Comma, CONTROL)
    stage.dialog(SettingsDialog).reject()
    front(stage)
    stage.press(window, Qt.Key.Key_N, CONTROL)
    stage.dialog(AddDialog).reject()
    stage.add(FOUR)
    front(stage)
    stage.press(window, Qt.Key.Key_L, CONTROL)
    stage.until(window.toolbar.field.hasFocus)
    stage.press(window, Qt.Key.Key_F, CONTROL)
    stage.until(window.resources.filters.field.hasFocus)
    is_open = window.activity.is_open
    stage.press(window, Qt.Key.Key_J, CONTROL)
    assert window.activity.is_open is not is_open
    for number, tab in enumerate(Tab, start=1):
        stage.press(window, Qt.Key(Qt.Key.Key_0.value + number), Qt.KeyboardModifier.AltModifier)
        stage.until(lambda tab=tab: window.resources.tabs.current is tab)
    told: list[bool] = []
    window.quit_wanted.connect(lambda: told.append(True))
    stage.press(window, Qt.Key.Key_Q, CONTROL)
    assert told == [True]


def test_enter_brings_what_is_missing_and_shows_what_is_here(stage: Stage, opened: list[QUrl]) -> None:
    window = stage.window
    ids = stage.add(FOUR)
    view = window.resources.list
    front(stage)
    view.setFocus()
    stage.until(view.hasFocus)
    stage.press(view, Qt.Key.Key_Home)
    stage.press(view, Qt.Key.Key_Return)
    stage.until_states(ids[:1], State.DOWNLOADED)
    assert stage.find(PlanDialog) is None, "one file needs no plan"
    stage.press(view, Qt.Key.Key_Return)
    target = stage.row(ids[0]).target
    assert target is not None
    folder = QUrl.fromLocalFile(str(Path(target).parent))
    assert opened == [folder]
    menu = window.resources.menu_for(ids[:1])
    next(action for action in menu.actions() if action.text() == "Open the folder").trigger()
    menu.deleteLater()
    assert opened == [folder, folder]
    assert len(stage.ids(State.MISSING)) == 3


def test_the_menu_of_a_row_opens_the_page_of_its_file(stage: Stage, opened: list[QUrl]) -> None:
    ids = stage.add(FOUR)
    menu = stage.window.resources.menu_for(ids[2:3])
    command(menu, "Open the page").trigger()
    menu.deleteLater()
    stage.until(lambda: opened, "the page is opened")
    page = stage.row(ids[2]).resource.page
    assert page.startswith("/models/"), "only the hub knows the host"
    assert [(url.scheme(), url.host()) for url in opened] == [("http", "127.0.0.1")]
    assert opened[0].toString().endswith(page)


def test_where_no_browser_opens_the_address_of_a_page_can_be_copied(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = stage.open()
    monkeypatch.setattr(window.remedies, "_open_url", lambda url: False)
    ids = stage.add(FOUR)
    window.commands.open_page(ids[2])
    stage.until(window.toast.isVisible, "it is told")
    window.toast.button.click()
    address = QGuiApplication.clipboard().text()
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith(stage.row(ids[2]).resource.page)
    assert address in window.toast.label.text()


def test_a_double_click_does_the_same(stage: Stage, opened: list[QUrl]) -> None:
    ids = stage.add(FOUR)
    view, model = stage.window.resources.list, stage.window.resources.model
    place = view.visualRect(model.index(1, Column.NAME)).center()
    stage.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    stage.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    stage.until_states(ids[1:2], State.DOWNLOADED)
    assert not opened


def test_files_go_to_the_trash_with_their_rows(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    thrown: list[str] = []

    def trash(path: str) -> None:
        thrown.append(path)
        Path(path).unlink()

    monkeypatch.setattr("stabilitydl.disk.disk.send2trash", trash)
    window = stage.open()
    ids = stage.add(FOUR)
    stage.start(ids[:2])
    stage.until_states(ids[:2], State.DOWNLOADED)
    files = [Path(stage.row(each).target or "") for each in ids[:2]]
    menu = window.resources.menu_for(ids[:2])
    command(menu, "Move the files to the trash").trigger()
    menu.deleteLater()
    stage.until(lambda: stage.counts()[Tab.ALL] == 2)
    assert sorted(thrown) == sorted(map(str, files))
    assert not window.toast.isVisible(), "there is no undo for it here"


def test_a_desktop_without_a_trash_is_told_and_everything_stays(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise OSError(2, "no trash here")

    monkeypatch.setattr("stabilitydl.disk.disk.send2trash", refuse)
    window = stage.open()
    ids = stage.add(FOUR)
    stage.start(ids[:1])
    stage.until_states(ids[:1], State.DOWNLOADED)
    window.commands.remove(ids[:1], True)
    stage.until(window.toast.isVisible)
    assert "no trash here" in window.toast.label.text()
    assert stage.counts()[Tab.ALL] == 4
    assert Path(stage.row(ids[0]).target or "").exists()


def test_a_whole_collection_is_paused_resumed_checked_and_removed(stage: Stage, opened: list[QUrl]) -> None:
    window = stage.window
    stage.change(rate_limit=SLOW)
    ids = stage.add("demo:?files=3&size=1MiB")
    menu = window.resources.header.more.menu()
    assert isinstance(menu, CollectionMenu)

    def do(action: QAction) -> None:
        menu.aboutToShow.emit()
        assert action.isEnabled(), action.text()
        action.trigger()

    do(menu.missing)
    plan = stage.plan()
    assert plan.start.text() == "Download 3 files"
    plan.start.click()
    stage.until_states(ids, State.DOWNLOADING)
    do(menu.pause)
    stage.until_states(ids, State.PAUSED)
    do(menu.resume)
    stage.until(lambda: not stage.ids(State.PAUSED))
    stage.change(rate_limit=0)
    stage.until_states(ids, State.DOWNLOADED)
    lost = Path(stage.row(ids[0]).target or "")
    lost.unlink()
    do(menu.check)
    stage.until_states(ids[:1], State.MISSING)
    do(menu.folder)
    stage.until(lambda: opened)
    assert opened == [QUrl.fromLocalFile(str(lost.parent))]
    do(menu.page)
    stage.until(lambda: len(opened) == 2)
    window.resources.header.page.click()
    stage.until(lambda: len(opened) == 3)
    assert opened[1] == opened[2]
    assert opened[1].scheme() == "http"
    assert opened[1].host() == "127.0.0.1"
    do(menu.remove)
    stage.until(lambda: not window.collections.model.snapshots)
    window.toast.button.click()
    stage.until(lambda: stage.counts()[Tab.ALL] == 3, "it comes back")
    stage.until_states(ids[1:], State.DOWNLOADED)


def test_the_files_of_a_collection_are_read_back_and_repaired(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """D16"""
    window = stage.open()
    said: list[str] = []
    say = window.toast.say

    def note(text: str, **more: object) -> None:
        said.append(text)
        say(text, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(window.toast, "say", note)
    ids = stage.add("demo:?files=2&size=9MiB")
    menu = window.resources.header.more.menu()
    assert isinstance(menu, CollectionMenu)
    menu.aboutToShow.emit()
    assert not menu.repair.isEnabled(), "nothing is here"
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADED)
    menu.aboutToShow.emit()
    menu.repair.trigger()
    stage.until(lambda: "Nothing is damaged." in said)
    assert "Reading 2 files back…" in said
    file = Path(stage.row(ids[0]).target or "")
    right, before = file.read_bytes(), file.stat()
    file.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    menu.repair.trigger()
    stage.until(lambda: "1 damaged file is brought again." in said)
    stage.until(lambda: file.exists() and file.read_bytes() == right)
    stage.until_states(ids, State.DOWNLOADED)


def test_the_commands_of_the_tray_reach_the_engine(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW))
    ids = stage.add("demo:?files=4&size=2MiB")
    stage.start(ids)
    stage.until(lambda: stage.ids(State.DOWNLOADING))
    window.tray.pause_all_wanted.emit(True)
    stage.until(lambda: not window.collections.model.count(CollectionFilter.ACTIVE))
    window.tray.pause_all_wanted.emit(False)
    stage.until(lambda: window.collections.model.count(CollectionFilter.ACTIVE))
    assert not stage.ids(State.PAUSED)


def test_the_real_pack_can_be_filtered_by_everything_it_says(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add("demo:?files=40&size=8KiB")
    filters, model = window.resources.filters, window.resources.model
    filters.menu.aboutToShow.emit()
    menus = {action.text(): action.menu() for action in filters.menu.actions() if action.menu() is not None}
    assert {"Base model", "Version", "Size"} <= set(menus)
    for title in ("Base model", "Version"):
        filters.menu.aboutToShow.emit()
        menu = next(action.menu() for action in filters.menu.actions() if action.text() == title)
        assert isinstance(menu, QMenu)
        menu.actions()[0].trigger()
        stage.until(lambda: 0 < model.rowCount() < 40, f"{title} narrows")
        filters.clear()
        stage.until(lambda: model.rowCount() == 40)
    names = [stage.row(each).resource.name for each in ids]
    filters.field.setText(names[7])
    stage.until(lambda: model.rowCount() == names.count(names[7]))


def test_dialogs_leave_nothing_behind(stage: Stage) -> None:
    window = stage.open()

    def go_through() -> int:
        for show in (
            lambda: window.planning.plan(["nonsense"]),
            window.planning.ask,
            window.preferences.show,
            window.preferences.show_about,
        ):
            show()
            for kind in (PlanDialog, AddDialog, SettingsDialog, AboutDialog):
                dialog = stage.find(kind)
                if dialog is not None:
                    dialog.reject()
        stage.until(lambda: not any(stage.find(kind) for kind in (PlanDialog, AddDialog, SettingsDialog, AboutDialog)))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return len(window.findChildren(QObject))

    first = go_through()
    assert {go_through() for _ in range(5)} == {first}
