"""Preview pictures and the creator's portrait: small landscapes, drawn row by row and written as PNG.

Format: https://www.w3.org/TR/png (8-bit RGB, one IDAT chunk).
"""

from __future__ import annotations

import colorsys
import hashlib
import math
import struct
import zlib

Colour = tuple[float, float, float]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = b"\x02"
LARGEST_SIDE = 1024


def landscape(seed: str, width: int, height: int) -> bytes:
    """A sky with a sun and three hills in colours of its own for each ``seed``. Pixels, at most 1024 each way."""
    width, height = min(max(width, 1), LARGEST_SIDE), min(max(height, 1), LARGEST_SIDE)
    noise = hashlib.sha256(seed.encode()).digest()
    hue = noise[0] / 255
    second = hue + (0.08 + noise[1] / 1000)
    strip = width + height // 4
    sky = _gradient(_colour(hue, 0.45, 0.95), _colour(second, 0.25, 0.99), height, strip)
    sun = _gradient(_colour(hue + 0.5, 0.25, 1.0), _colour(hue + 0.55, 0.45, 1.0), height, strip)
    side = min(width, height)
    discs = [(sun, width * (0.2 + noise[2] / 425), height * (0.22 + noise[3] / 1000), side * (0.1 + noise[4] / 2500))]
    for number in range(3):
        near = number / 2
        hill = _gradient(
            _colour(second + 0.12 * near, 0.45 + 0.25 * near, 0.75 - 0.3 * near),
            _colour(second + 0.2 + 0.1 * near, 0.6 + 0.2 * near, 0.55 - 0.25 * near),
            height,
            strip,
        )
        radius = side * (0.75 + noise[5 + number] / 400)
        top = height * (0.52 + 0.14 * number)
        discs.append((hill, width * (noise[8 + number] / 255), top + radius, radius))
    rows = [_row(sky, discs, y, width) for y in range(height)]
    return _png(width, height, rows)


def _colour(hue: float, saturation: float, value: float) -> Colour:
    return colorsys.hsv_to_rgb(hue % 1, saturation, value)


def _gradient(first: Colour, last: Colour, height: int, strip: int) -> list[bytes]:
    """For each of ``height`` rows one colour, as ``strip`` pixels to cut from."""
    rows = []
    for y in range(height):
        share = y / max(height - 1, 1)
        pixel = bytes(round(255 * (a + (b - a) * share)) for a, b in zip(first, last, strict=True))
        rows.append(pixel * strip)
    return rows


def _row(sky: list[bytes], discs: list[tuple[list[bytes], float, float, float]], y: int, width: int) -> bytes:
    row = bytearray(sky[y][: 3 * width])
    for colours, x, middle, radius in discs:
        reach = radius * radius - (y - middle) ** 2
        if reach <= 0:
            continue
        half = math.sqrt(reach)
        left, right = max(0, round(x - half)), min(width, round(x + half))
        if right > left:
            row[3 * left : 3 * right] = colours[y][: 3 * (right - left)]
    return bytes(row)


def _png(width: int, height: int, rows: list[bytes]) -> bytes:
    # Each row is stored as its difference from the one above, byte by byte without carry: mostly zeros.
    packer = zlib.compressobj(6)
    data, above = [], bytes(3 * width)
    for row in rows:
        data.append(packer.compress(_UP + _difference(row, above)))
        above = row
    data.append(packer.flush())
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", b"".join(data)) + _chunk(b"IEND", b"")


def _difference(row: bytes, above: bytes) -> bytes:
    # Bytes are spread over two numbers with a free byte above each, so that one subtraction does a whole row.
    size = len(row)
    low = int.from_bytes(b"\xff\x00" * (size // 2 + 1), "little")
    ones = int.from_bytes(b"\x00\x01" * (size // 2 + 1), "little")
    a, b = int.from_bytes(row, "little"), int.from_bytes(above, "little")
    even = ((a & low | ones) - (b & low)) & low
    odd = ((a >> 8 & low | ones) - (b >> 8 & low)) & low
    return (even | odd << 8).to_bytes(size + 2, "little")[:size]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
