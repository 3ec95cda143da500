"""Numbers as people read them, and the way back: sizes, speeds, remaining times, hostile strings.

Sizes are shown in powers of 1000 (as disks and hubs print them) and read with either unit system.
"""

from __future__ import annotations

import math
import re
import unicodedata

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
_QUANTITY = re.compile(r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*([kmgtp]?)(i?)b?(?:/s|ps)?\s*", re.IGNORECASE)
_POWER = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def format_bytes(count: float | None) -> str:
    """``count`` bytes as three significant figures with a unit of 1000, ``?`` when unknown."""
    if count is None:
        return "?"
    value = float(count)
    for unit in _UNITS:
        if abs(value) < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    if unit == "B":
        return f"{value:.0f} B"
    digits = 0 if value >= 99.95 else 1
    return f"{value:.{digits}f} {unit}"


def format_speed(bytes_per_second: float | None) -> str:
    """Bytes per second as text."""
    return "?" if bytes_per_second is None else f"{format_bytes(bytes_per_second)}/s"


def format_duration(seconds: float | None) -> str:
    """Seconds as ``5 s``, ``3 min 20 s``, ``2 h 5 min`` or ``3 d 4 h``, ``?`` when unknown or endless."""
    if seconds is None or not math.isfinite(seconds):
        return "?"
    whole = max(0, math.ceil(seconds))
    for size, unit, below, below_size in (
        (86400, "d", "h", 3600),
        (3600, "h", "min", 60),
        (60, "min", "s", 1),
    ):
        if whole >= size:
            rest = whole % size // below_size
            return f"{whole // size} {unit} {rest} {below}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def format_count(count: int, singular: str, plural: str | None = None) -> str:
    """``1 file``, ``80 files``."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def parse_quantity(text: str) -> int:
    """Read ``1500``, ``10M``, ``4 MiB``, ``2.5GB`` or ``1MB/s`` as bytes (or bytes per second).

    ``K`` and ``KB`` mean 1000, ``KiB`` means 1024. Raises ValueError for anything else, negative
    numbers included.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    number, prefix, binary = match.groups()
    if binary and not prefix:
        raise ValueError(text)
    factor: int = (1024 if binary else 1000) ** _POWER[prefix.lower()]
    return round(float(number) * factor)


def plain(text: str, limit: int = 500) -> str:
    """``text`` from outside made safe to print: controls, escapes and direction overrides become visible.

    At most ``limit`` characters are kept.
    """
    shortened = text if len(text) <= limit else text[: limit - 1] + "\u2026"
    return "".join(character if _is_printable(character) else f"\\u{ord(character):04x}" for character in shortened)


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
