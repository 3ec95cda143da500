"""One file of a list, whatever the form of the list."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.checksum import Checksum


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Where the bytes of a file can be had (first choice first) and where it goes (relative, safe).

    ``line`` is that of a text, the number of the file in any other list.
    """

    line: int
    urls: tuple[str, ...]
    path: str
    checksums: tuple[Checksum, ...] = ()
