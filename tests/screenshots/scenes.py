"""One function for each picture: what is done in the window, and which dialog lies before it at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from stabilitydl.domain.kept import Kept
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import SettingsPutAside, StoreRebuilt
from stabilitydl.gui import desktop_links
from stabilitydl.gui.about import AboutDialog
from stabilitydl.gui.add_dialog import AddDialog
from stabilitydl.gui.collection_groups import Grouping
from stabilitydl.gui.language import ENGLISH
from stabilitydl.gui.notice_bar import Notice
from stabilitydl.gui.theme import ThemeChoice
from stabilitydl.paths import Paths
from tests.screenshots.packs import Pack
from tests.screenshots.shelf import MEGA, PLANNED, SHELF, TROUBLED
from tests.screenshots.stage import Stage

Play = Callable[[Stage], QDialog | None]

LISTED = tuple(pack for pack in SHELF if pack is not PLANNED)
SELECTED = (
    "pixel-art-xl-v1.1.safetensors",
    "watercolor_soft_v3.safetensors",
    "neon-noir-xl.safetensors",
    "LowRA.safetensors",
    *(file.name for file in MEGA.files[-12:]),
)


def downloading(stage: Stage) -> None:
    """A pack of 80 files in the middle, some of them selected."""
    stage.run()
    stage.select(MEGA, *SELECTED)


def empty(stage: Stage) -> None:
    """Nothing on the list yet."""


def nothing_here(stage: Stage) -> None:
    """A tab with nothing in it."""
    stage.show(TROUBLED)
    stage.window.resources.choose_tab(Tab.DOWNLOADING)


def failures(stage: Stage) -> None:
    """Each failure with what helps."""
    stage.run()
    stage.show(TROUBLED)
    stage.window.resources.choose_tab(Tab.FAILED)


def plan(stage: Stage) -> QDialog:
    """What a download would bring."""
    stage.run()
    stage.window.planning.speed = 112e6
    dialog = stage.window.planning.plan([PLANNED.page])
    stage.until(lambda: dialog.plan is not None)
    return dialog


def plan_files(stage: Stage) -> QDialog:
    """The same, file by file."""
    dialog = plan(stage)
    dialog.show_all.click()
    return dialog


def settings(page: str) -> Play:
    """One page of the settings."""

    def play(stage: Stage) -> QDialog:
        stage.run()
        found, desktop_links.installed = desktop_links.installed, lambda: Path("/usr/bin", desktop_links.PROGRAM)
        dialog = stage.window.preferences.show(page)
        desktop_links.installed = found
        assert dialog.links is not None
        stage.until(dialog.links.button.isEnabled)
        return dialog

    return play


def grid(stage: Stage) -> None:
    """The same files as pictures."""
    stage.run()
    stage.window.resources.show_grid(True)
    stage.select(MEGA, *SELECTED)


def add(stage: Stage) -> QDialog:
    """Several addresses at once; one of them is none."""
    stage.run()
    pages = (MEGA.page, TROUBLED.page, "https://huggingface.co/xlab/controlnet-union-sdxl", "style loras", PLANNED.page)
    stage.window.planning._add("\n".join(pages))
    dialog = next(each for each in stage.window.planning._dialogs if isinstance(each, AddDialog))
    stage.until(lambda: not dialog.is_reading and dialog.reading.locators)
    return dialog


def activity(stage: Stage) -> None:
    """What is on its way, over all collections."""
    stage.run()
    stage.window.collections.choose("")
    stage.window.shown.show("")
    stage.until(lambda: stage.window.shown.is_loaded)
    stage.window.resources.choose_tab(Tab.DOWNLOADING)


def about(stage: Stage) -> QDialog:
    """What the program is."""
    stage.run()
    home = Path("/home/me")
    paths = Paths(home / ".local/share/stabilitydl", home / ".config/stabilitydl", home / ".cache", home / "Models")
    dialog = AboutDialog(paths, stage.window)
    stage.window.preferences._open(dialog)
    return dialog


def grouped(stage: Stage) -> None:
    """Collections below their hubs, types and base models."""
    stage.run()
    stage.window.collections.group_by(Grouping.BASE_MODEL)
    stage.window.resources.choose_tab(Tab.MISSING)


def undo(stage: Stage) -> None:
    """What was just done can be taken back."""
    stage.run()
    queued = [MEGA.child(file.name) for file in MEGA.files if file.state is State.QUEUED]
    stage.window.commands.cancel(queued)
    stage.until(lambda: stage.states(queued) == {State.MISSING} and stage.window.toast.isVisible())


def quarantine(stage: Stage) -> QDialog:
    """Files whose bytes are wrong; one of them belongs to nothing any more."""
    stage.run()
    before = stage.bridge.kept
    path = str(Path(before[0].path).with_name("lantern_festival_il_v1.1.safetensors.5d6dae8a"))
    left = Kept(path=path, size=228_000_000, name="lantern_festival_il_v1.1.safetensors")
    stage.bridge.kept = [*before, left]
    dialog = stage.window.quarantine.show()
    stage.bridge.kept = before
    return dialog


def notices(stage: Stage) -> None:
    """What the user should know and need not answer."""
    downloading(stage)
    home = Path("/home/me")
    for problem in (
        StoreRebuilt(path=str(home / ".local/share/stabilitydl/stabilitydl.sqlite3.damaged"), files=305).problem,
        SettingsPutAside(
            path=str(home / ".config/stabilitydl/settings.toml"),
            detail="Expected `int`, got `str` - at `$.jobs`",
            aside="settings.toml.unreadable",
        ).problem,
    ):
        stage.window.notices.show_notice(Notice.of(problem))


@dataclass(frozen=True)
class Scene:
    """One picture: what happens, and how the window looks."""

    play: Play
    theme: ThemeChoice = ThemeChoice.LIGHT
    language: str = ENGLISH
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight
    packs: Sequence[Pack] = LISTED


DARK, CHINESE, RIGHT_TO_LEFT = ThemeChoice.DARK, "zh_CN", Qt.LayoutDirection.RightToLeft
SCENES: dict[str, Scene] = {
    "light": Scene(downloading),
    "dark": Scene(downloading, DARK),
    "chinese": Scene(downloading, language=CHINESE),
    "right-to-left": Scene(downloading, direction=RIGHT_TO_LEFT),
    "empty": Scene(empty, packs=()),
    "nothing-here": Scene(nothing_here),
    "failures": Scene(failures),
    "plan": Scene(plan, packs=SHELF),
    "plan-files": Scene(plan_files, DARK, packs=SHELF),
    "settings": Scene(settings("downloads")),
    "network": Scene(settings("network")),
    "settings-dark": Scene(settings("window"), DARK, CHINESE),
    "accounts": Scene(settings("accounts")),
    "grid": Scene(grid),
    "grid-dark": Scene(grid, DARK),
    "add": Scene(add, packs=SHELF),
    "activity": Scene(activity, DARK),
    "about": Scene(about),
    "grouped": Scene(grouped),
    "undo": Scene(undo, DARK),
    "quarantine": Scene(quarantine),
    "notices": Scene(notices),
}
"""By the name of the file."""
