"""The bytes of one read, on their way from a connection to a file."""

from __future__ import annotations

Chunk = bytes | memoryview
"""They belong to whoever has them and never change: nobody has to copy them."""
