"""Independent readers of what the demo hub makes: safetensors headers and PNG pictures, by their specifications."""

from __future__ import annotations

import json
import math
import struct
import zlib
from dataclasses import dataclass

_WIDTHS = {"F16": 2, "U8": 1}


@dataclass(frozen=True)
class Header:
    """A checked safetensors header. ``end`` is where the data begins."""

    end: int
    metadata: dict[str, str]
    tensors: dict[str, dict[str, object]]


def read_header(data: bytes, file_size: int) -> Header:
    """Check the rules of the format: one JSON object that begins at once, tensors without gap or overlap."""
    length = int.from_bytes(data[:8], "little")
    assert 0 < length <= file_size - 8
    text = data[8 : 8 + length]
    assert len(text) == length
    assert text[:1] == b"{"
    tensors = json.loads(text)
    metadata = tensors.pop("__metadata__")
    assert all(isinstance(key, str) and isinstance(value, str) for key, value in metadata.items())
    offset = 0
    for tensor in sorted(tensors.values(), key=lambda tensor: tensor["data_offsets"]):
        start, end = tensor["data_offsets"]
        assert start == offset
        assert end - start == _WIDTHS[tensor["dtype"]] * math.prod(tensor["shape"])
        offset = end
    assert 8 + length + offset == file_size
    return Header(8 + length, metadata, tensors)


def read_png(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of pixels of an 8-bit RGB picture."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    place = 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length) == (zlib.crc32(kind + body),)
        chunks[kind] = chunks.get(kind, b"") + body
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colours, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colours, rest) == (8, 2, [0, 0, 0])
    raw = zlib.decompress(chunks[b"IDAT"])
    stride = 3 * width + 1
    assert len(raw) == stride * height
    rows = []
    above = bytes(3 * width)
    for y in range(height):
        assert raw[y * stride] == 2, "each row is stored as its difference from the one above"
        row = raw[y * stride + 1 : (y + 1) * stride]
        above = bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
        rows.append(above)
    return width, height, rows
