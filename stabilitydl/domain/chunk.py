"""The bytes of one read, on their way from a connection to a file."""

from __future__ import annotations

Chunk = bytes | memoryview
"""They belong to whoever has them and never change: nobody has to copy them."""

WIDTH = 256 * 1024
"""Bytes that one read brings at most."""


def split(chunk: Chunk, most: int) -> tuple[Chunk, Chunk]:
    """The first ``most`` bytes and the others; nothing is copied."""
    if len(chunk) <= most:
        return chunk, b""
    view = memoryview(chunk)
    return view[:most], view[most:]
