"""The icon of the program in the shapes that systems want, all drawn from ``resources/icons/stabilitydl.svg``."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

DRAWING = Path(__file__).resolve().parents[1] / "icons" / "stabilitydl.svg"
SIDES = (16, 24, 32, 48, 64, 128, 256)
"""Pixels of a side, as icon themes of desktops have them."""
_APPLE = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def png(side: int) -> bytes:
    """The icon as a PNG of ``side`` x ``side`` pixels."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(side, side, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    return bytes(buffer.data().data())


def write_program_icon(folder: Path) -> str | None:
    """The icon of programs in the form of the system, written into ``folder``; None where programs carry none."""
    shapes = {"win32": ("stabilitydl.ico", ico), "darwin": ("stabilitydl.icns", icns)}
    if sys.platform not in shapes:
        return None
    name, draw = shapes[sys.platform]
    (folder / name).write_bytes(draw())
    return str(folder / name)


def ico() -> bytes:
    """An icon file of Windows: a table of PNGs."""
    pictures = [(side, png(side)) for side in SIDES]
    table, place = struct.pack("<HHH", 0, 1, len(pictures)), 6 + 16 * len(pictures)
    for side, data in pictures:
        # A side of 256 is written as 0.
        table += struct.pack("<BBBBHHII", side % 256, side % 256, 0, 0, 1, 32, len(data), place)
        place += len(data)
    return table + b"".join(data for _, data in pictures)


def icns() -> bytes:
    """An icon file of macOS: PNGs, each with a kind and a length."""
    parts = b"".join(kind + struct.pack(">I", len(data) + 8) + data for kind, data in _pictures())
    return b"icns" + struct.pack(">I", len(parts) + 8) + parts


def _pictures() -> list[tuple[bytes, bytes]]:
    return [(kind, png(side)) for kind, side in _APPLE.items()]
