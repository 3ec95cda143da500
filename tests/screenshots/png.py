"""Small PNG files: at most 256 colours, chosen by what the picture has most of, and packed as tightly as zlib can.

Format: https://www.w3.org/TR/png (colour type 3: a palette and one byte for each pixel).
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Sequence

from PySide6.QtGui import QImage

MOST_COLOURS = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_Colour = tuple[int, int, int]
_Box = list[tuple[_Colour, int]]
_Mixture = tuple[int, int, float]
_PATTERN = tuple(
    tuple((level + 0.5) / 16 for level in row) for row in ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))
)
"""Bayer's: where a mixture shows its second colour; a colour is mixed of two where the palette lacks it."""
_UNSEEN, _FARTHEST = 2, 40 * 40
"""A difference that nobody sees; the square of one at which a mixture would look like sand."""


def pack(image: QImage) -> bytes:
    """``image`` as a PNG file."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(rgb.constBits()).cast("B").cast("I")
    counts = Counter(pixels)
    palette, place = _palette({_rgb(value): count for value, count in counts.items()})
    mixtures = {value: _mixture(_rgb(value), palette, place) for value in counts}
    # For each place of the pattern: which colour of the palette stands there for a colour of the picture.
    stands = [[{value: _pick(mix, level) for value, mix in mixtures.items()} for level in row] for row in _PATTERN]
    width, height = rgb.width(), rgb.height()
    rows = bytearray()
    for number in range(height):
        line, row = pixels[number * width : (number + 1) * width], bytearray(width)
        for place_in_row, stand in enumerate(stands[number % 4]):
            row[place_in_row::4] = bytes(map(stand.__getitem__, line[place_in_row::4]))
        rows.append(0)
        rows += row
    packed = zlib.compress(bytes(rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in palette)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", packed), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _rgb(value: int) -> _Colour:
    return value >> 16 & 255, value >> 8 & 255, value & 255


def _palette(counts: dict[_Colour, int]) -> tuple[list[_Colour], dict[_Colour, int]]:
    """The colours of the palette, and the place in it of every colour of the picture."""
    boxes: list[_Box] = [list(counts.items())]
    while len(boxes) < min(MOST_COLOURS, len(counts)):
        worst = max(range(len(boxes)), key=lambda number: _harm(boxes[number]))
        boxes[worst : worst + 1] = _split(boxes[worst])
    place = {colour: number for number, box in enumerate(boxes) for colour, _ in box}
    return [_middle(box) for box in boxes], place


def _mixture(colour: _Colour, palette: Sequence[_Colour], place: dict[_Colour, int]) -> _Mixture:
    """Two colours of the palette and how much of the second makes ``colour``, at most half."""
    first = place[colour]
    near = palette[first]
    if max(abs(one - other) for one, other in zip(colour, near, strict=True)) <= _UNSEEN:
        return first, first, 0.0
    beyond = tuple(2 * one - other for one, other in zip(colour, near, strict=True))
    second = min(range(len(palette)), key=lambda number: _distance(palette[number], beyond))
    span = _distance(near, palette[second])
    if not span or span > _FARTHEST:
        return first, first, 0.0
    along = sum((c - a) * (b - a) for c, a, b in zip(colour, near, palette[second], strict=True))
    return first, second, min(0.5, max(0.0, along / span))


def _pick(mixture: _Mixture, level: float) -> int:
    first, second, share = mixture
    return second if share > level else first


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _spread(box: _Box, channel: int) -> int:
    values = [colour[channel] for colour, _ in box]
    return max(values) - min(values)


def _harm(box: _Box) -> float:
    """How much is lost when all colours of a box become one: wide boxes with many pixels lose most."""
    if len(box) < 2:
        return -1.0
    widest = max(_spread(box, channel) for channel in range(3))
    return widest * widest * sum(count for _, count in box) ** 0.5


def _split(box: _Box) -> list[_Box]:
    """Two boxes, cut in the middle of the widest channel."""
    channel = max(range(3), key=lambda each: _spread(box, each))
    box.sort(key=lambda entry: entry[0][channel])
    middle = (box[0][0][channel] + box[-1][0][channel]) / 2
    cut = next(number for number, (colour, _) in enumerate(box) if colour[channel] > middle)
    return [box[:cut], box[cut:]]


def _middle(box: _Box) -> _Colour:
    """The colour of a box: the one that nearly all of its pixels have, else their mean."""
    total = sum(count for _, count in box)
    most, count = max(box, key=lambda entry: entry[1])
    if count * 2 >= total:
        return most
    red, green, blue = (round(sum(colour[each] * many for colour, many in box) / total) for each in range(3))
    return red, green, blue


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
