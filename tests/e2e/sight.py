"""The window of the program as somebody sees and handles it: by titles, colours, keys and clicks.

Where to click is read off the screen. The one filled button of a view has the accent colour; the rows of the list lie
between hairlines, at a known height; the bar for a selection has its own surface, and its last button says what the
selection is most likely for. Colours and heights are those of the light look, which is why the settings ask for it.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from stabilitydl.gui.theme import ACTION_BAR_HEIGHT, HEADER_HEIGHT, LIGHT, RESOURCE_ROW
from tests.e2e.display import Display
from tests.e2e.frame import Box
from tests.e2e.program import Program, wait_until

TITLE, PLAN = "^stabilitydl$", "^Plan"
SETTINGS = {"theme": "light", "language": "en"}

_CORNER = 40


def write_settings(program: Program, **values: object) -> None:
    """A settings file with the light look, English, and ``values``."""
    folder = program.home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} = {value!r}".replace("'", '"') for name, value in {**SETTINGS, **values}.items()]
    (folder / "settings.toml").write_text("\n".join(lines) + "\n")


class Sight:
    """One running window. Everything that waits fails when the program ends before it has happened."""

    def __init__(self, display: Display, program: Program, process: subprocess.Popen[str]) -> None:
        self.display = display
        self.program = program
        self.process = process
        display.put_pointer_aside()
        self.window = self.wait_window(TITLE)
        display.focus(self.window)

    def until(self, condition: Callable[[], object]) -> None:
        wait_until(lambda: bool(condition()), self.process)

    # The program by its own account: a second process that asks for the list.

    def children(self) -> list[dict[str, Any]]:
        """The children of all collections, in the order of their hubs."""
        collections = self.program.run("list", "--json").object["collections"]
        return [child for collection in collections for child in collection["resources"]]

    def states(self) -> Counter[str]:
        return Counter(child["state"] for child in self.children())

    # The screen.

    def wait_window(self, title: str) -> str:
        """The one window with this title, once it is there."""
        self.until(lambda: len(self.display.windows(title)) == 1)
        (window,) = self.display.windows(title)
        return window

    def wait_dialog(self) -> str:
        """A window that is not the main one, once it is there, with the keyboard."""
        self.until(self._others)
        (dialog,) = self._others()
        self.display.focus(dialog)
        return dialog

    def wait_alone(self) -> None:
        """Wait until no dialog is open; the keyboard goes back to the main window."""
        self.until(lambda: not self._others())
        self.display.focus(self.window)

    def _others(self) -> list[str]:
        return [each for each in self.display.windows() if each != self.window]

    @property
    def place(self) -> Box:
        return self.display.place(self.window)

    def rows(self) -> list[Box]:
        """The rows of the list that are wholly visible, from the top down; none where there is no list."""
        place, frame = self.place, self.display.look()
        x, length = place.x + place.width // 2, place.width // 4
        # The row that has the keyboard is framed in another colour.
        lines = {y for color in (LIGHT.line, LIGHT.faint_line, LIGHT.accent) for y in frame.rules(color, x, length)}
        top = next((y for y in sorted(lines) if y - HEADER_HEIGHT in lines), place.bottom)
        found: list[Box] = []
        while top + RESOURCE_ROW in lines:
            found.append(Box(x, top, length, RESOURCE_ROW))
            top += RESOURCE_ROW
        return found

    def has_progress(self, row: Box) -> bool:
        """Is there a bar in this row that is filled to some part?"""
        return bool(self.display.look().areas(LIGHT.accent, 3, 2, row))

    def is_here(self, row: Box) -> bool:
        """Does this row say in green that the file is here?"""
        return self.display.look().count(LIGHT.good_text, row) > 0

    def bar(self) -> Box | None:
        """The bar for what is selected."""
        place = self.place
        found = self.display.look().areas(LIGHT.accent_surface, place.width // 2, 4, place)
        return Box(found[0].x, found[0].y, found[0].width, ACTION_BAR_HEIGHT) if found else None

    def is_filled(self, dialog: str) -> bool:
        """Has a dialog a button with the accent colour? A plan has one as soon as it can be started."""
        return bool(self.display.look().areas(LIGHT.accent, 3 * RESOURCE_ROW // 2, 3, self.display.place(dialog)))

    def still(self, box: Box) -> bytes:
        """What stands in a box as soon as nothing passes there any more: it outlasts three questions to the program."""
        seen: list[bytes] = []

        def is_still() -> bool:
            seen.append(self.display.look().cut(box))
            self.states()
            return len(seen) > 3 and len(set(seen[-4:])) == 1

        self.until(is_still)
        return seen[-1]

    # Hands.

    def key(self, *keys: str) -> None:
        self.display.key(*keys)

    def paste(self, text: str) -> None:
        """Copy ``text`` in another program, and paste it into the window."""
        with self.display.copied(text):
            self.key("ctrl+v")
            # The text is fetched from the other program when it is pasted, so that has to live until then.
            self.wait_window(PLAN)

    def wait_plan(self) -> None:
        """Wait for a plan that can be started; it has the keyboard then, on the button that starts it."""
        plan = self.wait_window(PLAN)
        self.display.focus(plan)
        self.until(lambda: self.is_filled(plan))

    def click_rows(self, numbers: Sequence[int]) -> None:
        """Select these of the visible rows with the mouse and Ctrl."""
        rows = self.rows()
        for place, number in enumerate(numbers):
            self.display.click(*rows[number].centre, holding="ctrl" if place else "")

    def click_last_of_bar(self) -> None:
        """Click the last button of the bar for what is selected, once it is there. It stays at the end of the bar."""
        self.until(self.bar)
        bar = self.bar()
        assert bar is not None
        self.display.click(bar.right - _CORNER, bar.centre[1])
