"""From the hub to the screen: pictures come for what is painted, change everywhere at once, and are asked for once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from stabilitydl.domain.events import CollectionRemoved, PictureChanged, ResourcesRemoved
from stabilitydl.domain.picture import Picture, creator_key
from stabilitydl.gui.picture_loader import PictureLoader
from stabilitydl.gui.pictures import Pictures
from tests.gui.stage import Stage


class Bridge(QObject):
    """Answers what a test put into ``known``, and remembers what it was asked."""

    events = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Picture] = {}
        self.asked: list[list[str]] = []
        self.answer: Callable[[], None] | None = None
        self.is_slow = False

    def pictures(self, keys: Sequence[str], then: Callable[[list[Picture]], None]) -> None:
        """Where it is slow, the answer comes when ``answer`` is called."""
        self.asked.append(list(keys))
        self.answer = partial(then, [self.known.get(key, Picture(key=key)) for key in keys])
        if not self.is_slow:
            self.answer()


@pytest.fixture
def bridge() -> Bridge:
    return Bridge()


@pytest.fixture
def loader(bridge: Any, pictures: Pictures) -> Iterator[PictureLoader]:
    made = PictureLoader(bridge, pictures)
    yield made
    made.close()


def picture(folder: Path, key: str, colour: str) -> Picture:
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    path = folder / colour.strip("#")
    assert image.save(str(path), "PNG")  # type: ignore[call-overload]
    return Picture(key=key, version=colour, path=str(path))


def shown(pictures: Pictures, key: str) -> str:
    image = pictures.picture(key, 20).toImage()
    return image.pixelColor(10, 10).name()


def test_what_is_painted_is_asked_for_once_and_together(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures, tmp_path: Path
) -> None:
    bridge.known["a"] = picture(tmp_path, "a", "#ff0000")
    gradient = shown(pictures, "a")
    shown(pictures, "b")
    assert bridge.asked == []
    qtbot.waitUntil(lambda: pictures.has("a"))
    assert bridge.asked == [["a", "b"]]
    assert shown(pictures, "a") == "#ff0000" != gradient
    for _ in range(3):
        pictures.picture("b", 33)
    qtbot.wait(1)
    assert len(bridge.asked) == 1
    assert "2 known" in repr(loader)


def test_a_new_version_is_shown_everywhere_and_none_brings_the_gradient_back(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures, tmp_path: Path
) -> None:
    gradient = shown(pictures, "a")
    qtbot.waitUntil(lambda: bridge.asked == [["a"]])
    for colour in ("#ff0000", "#00ff00"):
        with qtbot.waitSignal(pictures.changed):
            bridge.events.emit([PictureChanged(picture=picture(tmp_path, "a", colour))])
        assert shown(pictures, "a") == colour
    bridge.events.emit([PictureChanged(picture=Picture(key="a", is_loading=True))])
    assert shown(pictures, "a") == "#00ff00", "while the next one loads the last one stays"
    with qtbot.waitSignal(pictures.changed):
        bridge.events.emit([PictureChanged(picture=Picture(key="a"))])
    assert shown(pictures, "a") == gradient


def test_a_file_that_cannot_be_read_shows_the_gradient(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures, tmp_path: Path
) -> None:
    """F17."""
    gradient = shown(pictures, "a")
    qtbot.waitUntil(lambda: bridge.asked == [["a"]])
    with qtbot.waitSignal(pictures.changed):
        bridge.events.emit([PictureChanged(picture=picture(tmp_path, "a", "#ff0000"))])
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    with qtbot.waitSignal(pictures.changed):
        bridge.events.emit([PictureChanged(picture=Picture(key="a", version="x", path=str(broken)))])
    assert shown(pictures, "a") == gradient


def test_many_pictures_come_in_batches(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures, tmp_path: Path
) -> None:
    keys = [str(number) for number in range(50)]
    one = picture(tmp_path, "x", "#0000ff")
    bridge.known = {key: Picture(key=key, version=one.version, path=one.path) for key in keys}
    for key in keys:
        pictures.picture(key, 20)
    qtbot.waitUntil(lambda: all(pictures.has(key) for key in keys))


def test_what_leaves_the_list_is_forgotten(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures, tmp_path: Path
) -> None:
    bridge.known = {key: picture(tmp_path, key, "#ff0000") for key in ("a", "b", "pack")}
    for key in bridge.known:
        shown(pictures, key)
    qtbot.waitUntil(lambda: all(pictures.has(key) for key in bridge.known))
    bridge.events.emit([ResourcesRemoved(collection="pack", resources=("a",)), CollectionRemoved(collection="pack")])
    assert [pictures.has(key) for key in ("a", "b", "pack")] == [False, True, False]
    assert "1 known" in repr(loader)
    shown(pictures, "a")
    qtbot.waitUntil(lambda: bridge.asked[-1] == ["a"])


def test_the_answer_for_what_has_left_the_list_meanwhile_is_forgotten(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures, tmp_path: Path
) -> None:
    bridge.known = {key: picture(tmp_path, key, "#ff0000") for key in ("a", "b")}
    bridge.is_slow = True
    for key in ("a", "b", "without"):
        shown(pictures, key)
    qtbot.waitUntil(lambda: bridge.asked == [["a", "b", "without"]])
    bridge.events.emit([ResourcesRemoved(collection="pack", resources=("a", "without"))])
    assert bridge.answer is not None
    bridge.answer()
    qtbot.waitUntil(lambda: pictures.has("b"))
    assert not pictures.has("a")
    assert "1 known" in repr(loader)


def test_what_leaves_the_list_before_it_is_asked_for_is_not_asked_for(
    qtbot: QtBot, bridge: Bridge, loader: PictureLoader, pictures: Pictures
) -> None:
    shown(pictures, "a")
    shown(pictures, "b")
    bridge.events.emit([ResourcesRemoved(collection="pack", resources=("a",))])
    qtbot.waitUntil(lambda: bridge.asked == [["b"]])
    shown(pictures, "c")
    bridge.events.emit([ResourcesRemoved(collection="pack", resources=("c",))])
    shown(pictures, "d")
    qtbot.waitUntil(lambda: bridge.asked == [["b"], ["d"]])


def test_the_pictures_of_a_pack_are_on_the_screen(stage: Stage) -> None:
    window = stage.open()
    stage.add("demo:?files=6&size=16KiB")
    window.show()
    (snapshot,) = window.collections.model.snapshots
    collection = snapshot.collection
    wanted = [collection.id, creator_key(collection), *stage.ids()]
    stage.until(lambda: all(window.pictures.has(key) for key in wanted), "all pictures are here")
    real = window.pictures.picture(collection.id, 76).toImage()
    stage.until(lambda: window.resources.header.picture.pixmap().toImage() == real, "the header shows it")
    assert not window.resources.header.avatar.isHidden()
    window = stage.restart()
    window.show()
    stage.until(lambda: window.pictures.has(collection.id), "it is there after a restart")
