"""What is on a screen: the pixels of an Xvfb, and where things of a colour lie in them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_HEAD = struct.Struct(">25I")


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def __contains__(self, other: object) -> bool:
        return (
            isinstance(other, Box)
            and self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class Frame:
    """One moment of a screen of 24 bits, read from the file that ``Xvfb -fbdir`` keeps (the format of ``xwd``)."""

    def __init__(self, width: int, height: int, stride: int, data: bytes) -> None:
        self.width, self.height = width, height
        self._stride = stride
        self._data = data

    @classmethod
    def read(cls, path: Path) -> Frame:
        """The screen as it is now."""
        content = path.read_bytes()
        words = _HEAD.unpack_from(content)
        size, width, height, order, bits, stride, colors = (words[n] for n in (0, 4, 5, 7, 11, 12, 19))
        assert (order, bits) == (0, 32), "not a screen of 24 bits on a little-endian machine"
        return cls(width, height, stride, content[size + 12 * colors :])

    def save(self, path: Path) -> None:
        """Write a picture (PPM) for somebody to look at."""
        data = _opaque(b"".join(self.line(y) for y in range(self.height)))
        pixels = bytearray(3 * self.width * self.height)
        pixels[0::3], pixels[1::3], pixels[2::3] = data[2::4], data[1::4], data[0::4]
        path.write_bytes(f"P6 {self.width} {self.height} 255\n".encode() + pixels)

    @property
    def whole(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def line(self, y: int, x: int = 0, width: int | None = None) -> bytes:
        """Four bytes a pixel, from ``x`` on; the fourth means nothing."""
        start = y * self._stride + 4 * x
        return self._data[start : start + 4 * (self.width - x if width is None else width)]

    def cut(self, box: Box) -> bytes:
        """The pixels of a box, to be compared."""
        return b"".join(self.line(y, box.x, box.width) for y in range(box.y, box.bottom))

    def areas(self, color: str, width: int, height: int, within: Box | None = None) -> list[Box]:
        """Where ``color`` (#rrggbb) fills boxes of at least this size, from the top down."""
        place = within or self.whole
        wanted = _pixel(color)
        done: list[Box] = []
        growing: list[Box] = []
        for y in range(place.y, place.bottom + 1):
            runs = _runs(self.line(y, place.x, place.width), wanted, width) if y < place.bottom else []
            grown = []
            for start, length in runs:
                above = next((box for box in growing if box.x == place.x + start and box.width == length), None)
                if above is None:
                    grown.append(Box(place.x + start, y, length, 1))
                else:
                    grown.append(Box(above.x, above.y, length, above.height + 1))
            done += [box for box in growing if not any(each.x == box.x and each.y == box.y for each in grown)]
            growing = grown
        return sorted((box for box in done if box.height >= height), key=lambda box: (box.y, box.x))

    def rules(self, color: str, x: int, length: int) -> list[int]:
        """The lines ``y`` that have ``color`` from ``x`` on for ``length`` pixels."""
        wanted = _pixel(color) * length
        return [y for y in range(self.height) if _opaque(self.line(y, x, length)) == wanted]

    def count(self, color: str, within: Box) -> int:
        """How many pixels of a box have ``color``."""
        wanted = _pixel(color)
        data = _opaque(self.cut(within))
        return sum(data[at : at + 4] == wanted for at in range(0, len(data), 4))


def _pixel(color: str) -> bytes:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return bytes((blue, green, red, 0))


def _opaque(line: bytes) -> bytes:
    """The pixels with their fourth byte cleared."""
    cleared = bytearray(line)
    cleared[3::4] = bytes(len(cleared) // 4)
    return bytes(cleared)


def _runs(line: bytes, wanted: bytes, least: int) -> list[tuple[int, int]]:
    """Start and length of every run of at least ``least`` pixels."""
    data, found, at = _opaque(line), [], 0
    while (at := data.find(wanted * least, at)) >= 0:
        if at % 4:
            at += 4 - at % 4
            if data[at : at + 4 * least] != wanted * least:
                continue
        stop = at
        while data[stop : stop + 4] == wanted:
            stop += 4
        found.append((at // 4, (stop - at) // 4))
        at = stop
    return found
