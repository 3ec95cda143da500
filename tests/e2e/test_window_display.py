"""The window as a user handles it: the real program on a real X server, with real mouse and key events.

What is there to click is found on the screen by its colours, never inside of the program; what came of it is read
twice: off the screen, and by a second process that asks the same data directory for its list.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from stabilitydl.demo.trouble import Trouble, spread
from stabilitydl.paths import Paths
from stabilitydl.store.store import Store
from tests.e2e.display import Display
from tests.e2e.frame import Box
from tests.e2e.program import Program, files_in, finish
from tests.e2e.sight import Sight, write_settings

pytestmark = pytest.mark.gui

FILES = 80
LAST = 65
"""Place of the last file that is wanted. With those below taken out, it makes 57."""
BROKEN = [place for place, trouble in spread(FILES).items() if place <= LAST and not trouble.is_fine]
FAILING = [place for place in BROKEN if spread(FILES)[place] is Trouble.MISSING]
TAKEN_OUT = [place for place in BROKEN if place not in FAILING]
WANTED = [place for place in range(LAST + 1) if place not in TAKEN_OUT]
SLOW = 100_000
"""Bytes per second for everything: no file of 4 MiB is whole before three of them are paused."""
ON_THE_WAY = {"queued", "resolving", "downloading", "verifying", "waiting"}


def in_state(sight: Sight, *states: str) -> list[int]:
    """The places of the children in these states."""
    return [place for place, child in enumerate(sight.children()) if child["state"] in states]


def under_way(sight: Sight) -> list[int]:
    """The places of the children that have bytes and are getting more."""
    return [
        place
        for place, child in enumerate(sight.children())
        if child["state"] == "downloading" and child["received"] > 0
    ]


def attempts(program: Program, resources: list[str]) -> list[int]:
    """How often each of these was tried."""
    store = Store.open(Paths.from_environment({"STABILITYDL_HOME": str(program.home)}).database)
    try:
        return [len(store.attempts(each)) for each in resources]
    finally:
        store.close()


def test_a_pack_by_mouse_and_keys_over_three_starts(home: Path, tmp_path: Path) -> None:
    assert len(WANTED) == 57
    assert len(FAILING) == 2
    with Display(1440, 960) as display:
        program = Program(home, **display.variables)
        write_settings(program, rate_limit=SLOW)
        try:
            paused = bring_57_and_pause_three(display, program)
            left = go_on_and_retry(display, program, paused)
            find_everything_as_left(display, program, left)
        except BaseException:
            display.look().save(tmp_path / "screen.ppm")
            raise


def bring_57_and_pause_three(display: Display, program: Program) -> dict[str, int]:
    """The first start: ids of what is paused, with the bytes that had come."""
    with program.start() as process:
        sight = Sight(display, program, process)
        sight.paste("demo:?trouble=1")
        # Nothing is on the list before somebody says so in the plan.
        assert program.run("list", "--json").object["collections"] == []
        # Only onto the list: the button before the one that starts.
        sight.wait_plan()
        sight.key("shift+Tab", "space")
        sight.wait_alone()
        sight.until(lambda: len(sight.rows()) > 3)
        assert sight.states().keys() == {"missing", "blocked"}

        select_wanted(sight)
        sight.click_last_of_bar()
        sight.wait_plan()
        assert "queued" not in sight.states()
        sight.key("Return")
        sight.wait_alone()
        sight.until(lambda: len(under_way(sight)) >= 3)
        children = sight.children()
        assert [place for place, child in enumerate(children) if child["state"] not in ("missing", "blocked")] == WANTED

        # The tab with what is on its way; its first row is the first one of the hub.
        sight.key("alt+2")
        sight.until(lambda: len(sight.rows()) > 3)
        display.click(*sight.rows()[0].centre)
        sight.key("Home")
        tab = in_state(sight, *ON_THE_WAY)
        three = under_way(sight)[:3]
        sight.click_rows([tab.index(place) for place in three])
        sight.click_last_of_bar()
        sight.until(lambda: sight.states()["paused"] == 3)
        children = sight.children()
        paused = {child["id"]: child["received"] for child in children if child["state"] == "paused"}
        assert paused.keys() == {children[place]["id"] for place in three}
        assert all(received > 0 for received in paused.values())

        # The cross in the corner, with files on their way: it asks, and Enter means stop and keep.
        display.ask_to_close(sight.window)
        sight.wait_dialog()
        sight.key("Return")
        ended = finish(process)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    return paused


def select_wanted(sight: Sight) -> None:
    """Everything up to the last place, then without those that are not wanted, as one does it with a keyboard."""
    sight.display.click(*sight.rows()[0].centre)
    sight.key(*["shift+Down"] * LAST)
    place = LAST
    for taken in reversed(TAKEN_OUT):
        sight.key(*["ctrl+Up"] * (place - taken), "ctrl+space")
        place = taken


def go_on_and_retry(display: Display, program: Program, paused: dict[str, int]) -> bytes:
    """The second start, without a limit: how the list looks in the end."""
    write_settings(program)
    with program.start() as process:
        sight = Sight(display, program, process)
        sight.until(lambda: not sight.states().keys() & ON_THE_WAY)
        children = sight.children()
        assert in_state(sight, "failed") == FAILING
        assert {child["id"]: child["received"] for child in children if child["state"] == "paused"} == paused
        assert sight.states() == {"downloaded": 52, "paused": 3, "failed": 2, "missing": 19, "blocked": 4}
        for child in children:
            assert (child["here"] is not None) == (child["state"] == "downloaded")

        failed = [children[place]["id"] for place in FAILING]
        before = attempts(program, failed)
        sight.key("alt+4")
        sight.until(lambda: len(sight.rows()) == 2)
        display.click(*sight.rows()[0].centre)
        sight.key("ctrl+a")
        sight.click_last_of_bar()
        sight.until(lambda: attempts(program, failed) == [tries + 1 for tries in before])
        sight.until(lambda: in_state(sight, "failed") == FAILING)

        # What the third start has to find: the three that are paused, without the panel at the bottom.
        sight.key("alt+2", "ctrl+j")
        sight.until(lambda: len(sight.rows()) == 3)
        display.click(*sight.rows()[0].centre)
        sight.key("Escape", "ctrl+l")
        sight.until(lambda: sight.bar() is None)
        left = sight.still(below_header(sight))
        sight.key("ctrl+q")
        ended = finish(process)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    return left


def find_everything_as_left(display: Display, program: Program, left: bytes) -> None:
    before = program.run("list", "--json").object
    with program.start() as process:
        sight = Sight(display, program, process)
        sight.until(lambda: len(sight.rows()) == 3)
        sight.until(lambda: display.look().cut(below_header(sight)) == left)
        sight.until(lambda: program.run("list", "--json").object == before)
        sight.key("ctrl+q")
        ended = finish(process)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    files = Counter(path.suffix for path in files_in(program.library).values())
    assert (files[".safetensors"], files[".sdlpart"]) == (52, 3)


def below_header(sight: Sight) -> Box:
    """The list with what stands above its first row, and the side bar beside it."""
    place, first = sight.place, sight.rows()[0]
    top = first.y - 80
    return Box(place.x, top, place.width, place.bottom - top - 60)
