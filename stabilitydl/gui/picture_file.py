"""Reading pictures of strangers: usual kinds, sizes that a screen can show, the first frame only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from ..domain.picture import Picture

KINDS = frozenset({b"png", b"jpeg", b"gif", b"webp"})
MOST_PIXELS = 64 * 1024 * 1024
"""What a picture may claim to be, before a pixel of it is decoded."""

SIDE = 256
"""Pixels of the shorter side that are kept, enough for the largest place on a screen with two pixels each."""


def read_picture(path: str) -> QImage:
    """The picture in a file, reduced; a null image when it is none that can be shown. Runs in any thread."""
    reader = QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    # By the content alone; a name cannot make a picture of a program.
    if bytes(reader.format().data()) not in KINDS or not size.isValid():
        return QImage()
    if size.width() * size.height() > MOST_PIXELS or size.isEmpty():
        return QImage()
    small = size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    if small.width() < size.width():
        reader.setScaledSize(small)
    return reader.read()


def read_pictures(pictures: Sequence[Picture]) -> list[tuple[Picture, QImage]]:
    """Each of these with what its file shows."""
    return [(picture, read_picture(picture.path)) for picture in pictures]
