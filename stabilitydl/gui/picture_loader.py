"""Brings pictures from the engine's cache to the screen: asks for what is painted, follows what changes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage, QPixmap

from ..domain.events import AnyEvent, PictureChanged, removed
from ..domain.picture import Picture
from .background import Background
from .bridge import EngineBridge
from .picture_file import read_pictures
from .pictures import Pictures

_AT_ONCE = 16
"""Files that are read before the first of them is shown."""


class PictureLoader(QObject):
    """Fills ``pictures``. Files are read in a thread; a picture that cannot be read shows what a missing one shows."""

    def __init__(self, bridge: EngineBridge, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._pictures = pictures
        self._versions: dict[str, str] = {}
        """What is shown, or is being read, of each key."""
        self._asked: set[str] = set()
        """Keys whose answer is still to come."""
        self._unread: dict[str, Picture] = {}
        self._reader = Background("pictures", self)
        pictures.wanted.connect(self._ask)
        bridge.events.connect(self._follow)

    def close(self) -> None:
        """Stop what runs."""
        self._unread.clear()
        self._reader.close()

    def _ask(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._versions.pop(key, None)
        self._asked.update(keys)
        self._bridge.pictures(keys, self._take_answer)

    def _take_answer(self, pictures: Sequence[Picture]) -> None:
        # What an event has told since the question was sent is newer: another picture, or that there is none any more.
        wanted = [each for each in pictures if each.key in self._asked and each.key not in self._versions]
        self._asked.difference_update([each.key for each in pictures])
        self._take(wanted)

    def _follow(self, events: Sequence[AnyEvent]) -> None:
        gone = removed(events)
        self._asked.difference_update(gone)
        for key in gone:
            self._versions.pop(key, None)
            self._unread.pop(key, None)
        self._pictures.forget(gone)
        self._take([event.picture for event in events if isinstance(event, PictureChanged)])

    def _take(self, pictures: Sequence[Picture]) -> None:
        for picture in pictures:
            if picture.is_loading or self._versions.get(picture.key) == picture.version:
                continue
            self._versions[picture.key] = picture.version
            self._unread.pop(picture.key, None)
            if picture.version:
                self._unread[picture.key] = picture
            else:
                self._pictures.set_picture(picture.key, QPixmap())
        self._read()

    def _read(self) -> None:
        if self._unread and not self._reader.is_busy:
            batch = [self._unread.pop(key) for key in list(self._unread)[:_AT_ONCE]]
            self._reader.run(lambda: read_pictures(batch), self._show)

    def _show(self, read: Sequence[tuple[Picture, QImage]]) -> None:
        for picture, image in read:
            if self._versions.get(picture.key) == picture.version:
                self._pictures.set_picture(picture.key, QPixmap.fromImage(image))
        self._read()

    def __repr__(self) -> str:
        return f"<PictureLoader {len(self._versions)} known, {len(self._unread)} to read>"
