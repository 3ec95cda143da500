"""Who opens ``stabilitydl://`` links: the files of the desktop, in a home of their own, and the button."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from stabilitydl.gui import desktop_links
from stabilitydl.gui.desktop_links import ENTRY, TYPE, DesktopLinks
from stabilitydl.gui.links_setting import LinksSetting
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.gui.theme import Appearance
from stabilitydl.paths import Paths, resource_path
from stabilitydl.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="freedesktop.org's rules")

# What xdg-mime does where no desktop is known to it.
XDG_MIME = """#!/bin/sh
printf '%s\\n' "$*" >> "$XDG_CONFIG_HOME/calls"
printf '[Default Applications]\\n%s=%s\\n' "$3" "$2" >> "$XDG_CONFIG_HOME/mimeapps.list"
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only helpers of the desktop that are found."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def links(tmp_path: Path, tools: Path) -> DesktopLinks:
    program = tmp_path / "a folder" / "stabilitydl-window"
    program.parent.mkdir()
    program.touch()
    (tmp_path / "config").mkdir()
    return DesktopLinks(program, tmp_path / "data", tmp_path / "config")


def add_tool(tools: Path, name: str, script: str) -> None:
    path = tools / name
    path.write_text(script)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def validate(path: Path) -> None:
    tool = shutil.which("desktop-file-validate", path="/usr/bin:/usr/local/bin")
    if tool is None:
        pytest.skip("desktop-file-validate is missing (Debian: desktop-file-utils)")
    done = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_entry_that_comes_along_is_valid() -> None:
    path = resource_path(f"desktop/{ENTRY}")
    assert TYPE in path.read_text(encoding="utf-8")
    validate(path)


def test_the_entry_names_the_program_and_is_valid(links: DesktopLinks) -> None:
    assert not links.is_ours()
    assert links.take()
    assert links.is_ours()
    lines = links.entry.read_text(encoding="utf-8").splitlines()
    assert f'Exec="{links.program}" %U' in lines
    assert f"TryExec={links.program}" in lines
    assert f"Icon={resource_path('icons/stabilitydl.svg')}" in lines
    assert any(line.startswith("MimeType=") and TYPE in line for line in lines)
    validate(links.entry)
    assert not links.give_back()
    assert list(links.entry.parent.iterdir()) == []


def test_signs_that_a_shell_would_heed_are_escaped(links: DesktopLinks, tmp_path: Path) -> None:
    odd = DesktopLinks(tmp_path / 'a"$b`\\%c' / "stabilitydl-window", links.data, links.config)
    odd.take()
    (line,) = [line for line in odd.entry.read_text(encoding="utf-8").splitlines() if line.startswith("Exec=")]
    assert line == f'Exec="{tmp_path}/a\\\\"\\\\$b\\\\`\\\\\\\\%%c/stabilitydl-window" %U'


def test_the_desktop_is_told_and_told_again(links: DesktopLinks, tools: Path) -> None:
    add_tool(tools, "xdg-mime", XDG_MIME)
    assert links.take()
    assert (links.config / "calls").read_text() == f"default {ENTRY} {TYPE}\n"
    choices = links.config / "mimeapps.list"
    assert f"{TYPE}={ENTRY}" in choices.read_text()
    links.give_back()
    assert choices.read_text() == "[Default Applications]\n"


def test_what_others_chose_stays(links: DesktopLinks) -> None:
    choices = links.config / "mimeapps.list"
    others = (
        f"# mine\n[Default Applications]\ntext/html=browser.desktop\n{TYPE}=other.desktop\n\n[Added Associations]\n"
    )
    choices.write_text(others)
    assert not links.take(), "another program opens them, and nobody was there to change that"
    links.give_back()
    assert choices.read_text() == others
    choices.write_text(
        f"[Default Applications]\n{TYPE}={ENTRY};other.desktop;\n[Added Associations]\n{TYPE}={ENTRY};\n"
    )
    assert links.take()
    links.give_back()
    assert choices.read_text() == f"[Default Applications]\n{TYPE}=other.desktop;\n[Added Associations]\n"


def test_helpers_that_fail_or_hang_do_no_harm(
    links: DesktopLinks, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop_links, "PATIENCE", 0.05)
    add_tool(tools, "update-desktop-database", "#!/bin/sh\nexit 3\n")
    add_tool(tools, "xdg-mime", "#!/bin/sh\nwhile :; do :; done\n")
    assert links.take()


def test_the_real_helpers_in_a_home_of_their_own(links: DesktopLinks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath + ":/usr/bin:/usr/local/bin")
    if shutil.which("update-desktop-database") is None:
        pytest.skip("update-desktop-database is missing (Debian: desktop-file-utils)")
    assert links.take()
    assert f"{TYPE}={ENTRY};" in (links.entry.parent / "mimeinfo.cache").read_text()
    links.give_back()
    assert TYPE not in (links.entry.parent / "mimeinfo.cache").read_text()


def test_folders_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    assert DesktopLinks.of_user() is None, "not installed as a program"
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "stabilitydl-window"
    program.touch()
    found = DesktopLinks.of_user({"XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "/config"})
    assert found == DesktopLinks(program, Path("/data"), Path("/config"))
    found = DesktopLinks.of_user({"XDG_DATA_HOME": "relative"})
    assert found == DesktopLinks(program, Path.home() / ".local/share", Path.home() / ".config")


@pytest.fixture
def dialog(qtbot: QtBot, appearance: Appearance, links: DesktopLinks) -> Iterator[SettingsDialog]:
    made = SettingsDialog(Settings(), appearance, Paths.from_environment(), links=links)
    qtbot.addWidget(made)
    made.show()
    made.show_page("window")
    yield made
    made.reject()


def part_of(dialog: SettingsDialog, qtbot: QtBot) -> LinksSetting:
    part = dialog.links
    assert part is not None
    qtbot.waitUntil(part.button.isEnabled)
    return part


def test_a_button_does_it_and_undoes_it(dialog: SettingsDialog, links: DesktopLinks, qtbot: QtBot) -> None:
    part = part_of(dialog, qtbot)
    assert part.isVisible()
    assert part.button.text() == "Open stabilitydl:// links with this program"
    part.button.click()
    qtbot.waitUntil(part.button.isEnabled)
    assert links.is_ours()
    assert part.button.text() == "Do not open stabilitydl:// links any more"
    assert part.state.text() == "✓ Links open this program"
    part.button.click()
    qtbot.waitUntil(part.button.isEnabled)
    assert not links.is_ours()
    assert part.button.text() == "Open stabilitydl:// links with this program"


def test_a_folder_that_cannot_be_written_is_said(dialog: SettingsDialog, links: DesktopLinks, qtbot: QtBot) -> None:
    part = part_of(dialog, qtbot)
    links.data.write_text("in the way")
    part.button.click()
    qtbot.waitUntil(part.button.isEnabled)
    assert str(links.entry) in part.state.text()
    assert part.state.property("kind") == "trouble"
    assert isinstance(part.state, QLabel)
    assert part.button.text() == "Open stabilitydl:// links with this program"


def test_a_desktop_that_keeps_to_another_program_is_said(
    dialog: SettingsDialog, links: DesktopLinks, qtbot: QtBot
) -> None:
    (links.config / "mimeapps.list").write_text(f"[Default Applications]\n{TYPE}=other.desktop\n")
    part = part_of(dialog, qtbot)
    part.button.click()
    qtbot.waitUntil(part.button.isEnabled)
    assert part.state.text() == "The desktop goes on opening these links with another program"


def test_closing_while_the_desktop_is_asked_leaves_nothing_behind(dialog: SettingsDialog) -> None:
    assert dialog.links is not None
    dialog.links.button.setEnabled(True)
    dialog.links.button.click()
    dialog.reject()
    assert not dialog.links.is_busy
