"""Pictures of strangers are read with care. F17."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from stabilitydl.domain.picture import Picture
from stabilitydl.gui.picture_file import SIDE, read_picture, read_pictures


def saved(path: Path, width: int, height: int, kind: str = "PNG") -> str:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    assert image.save(str(path), kind)  # type: ignore[call-overload]
    return str(path)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_reduced_to_what_is_shown(tmp_path: Path, kind: str) -> None:
    image = read_picture(saved(tmp_path / "x", 3000, 1500, kind))
    assert (image.width(), image.height()) == (2 * SIDE, SIDE)
    image = read_picture(saved(tmp_path / "y", 20, 30, kind))
    assert (image.width(), image.height()) == (20, 30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense" * 10,
        png_that_claims(50_000, 50_000),
        png_that_claims(0, 10),
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
        b"BM" + bytes(60),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
    ],
)
def test_what_is_no_picture_for_a_screen_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(data)
    assert read_picture(str(path)).isNull()


def test_a_picture_that_ends_too_early_is_none_and_harms_no_other(tmp_path: Path) -> None:
    good = saved(tmp_path / "good", 30, 30)
    (tmp_path / "bad").write_bytes(Path(good).read_bytes()[:-40])
    pictures = [Picture(key=name, version="v", path=str(tmp_path / name)) for name in ("bad", "good", "nosuch")]
    assert [image.isNull() for _, image in read_pictures(pictures)] == [True, False, True]
