"""Shares and times as the language of the window writes them."""

from __future__ import annotations

from ..text import format_duration
from .tr import QT_TRANSLATE_NOOP, fill, translate

_DAY = 86_400
"""Seconds."""
_MONTH, _YEAR = 30, 365
"""Days, as far as they matter here."""
_UNITS = {
    "d": QT_TRANSLATE_NOOP("Amounts", "{count} d"),
    "h": QT_TRANSLATE_NOOP("Amounts", "{count} h"),
    "min": QT_TRANSLATE_NOOP("Amounts", "{count} min"),
    "s": QT_TRANSLATE_NOOP("Amounts", "{count} s"),
}


def duration_text(seconds: float | None) -> str:
    """Seconds as ``5 s`` or ``2 h 5 min``, ``?`` when unknown or endless."""
    words = format_duration(seconds).split()
    if len(words) < 2:
        return words[0]
    pairs = zip(words[::2], words[1::2], strict=True)
    return " ".join(fill(translate("Amounts", _UNITS[unit]), count=count) for count, unit in pairs)


def percent_text(part: int, whole: int) -> str:
    """Whole percent, rounded down so that 100 means all of it."""
    return fill(translate("Amounts", "{percent} %"), percent=min(100, part * 100 // whole))


def updated_text(seconds: float) -> str:
    """How long ago something was updated, in the largest unit that says enough; what is to come is today."""
    days = max(0, int(seconds // _DAY))
    if days == 0:
        return translate("Amounts", "updated today")
    if days == 1:
        return translate("Amounts", "updated yesterday")
    if days < 2 * _MONTH:
        return fill(translate("Amounts", "updated {count} days ago"), count=days)
    if days < 2 * _YEAR:
        return fill(translate("Amounts", "updated {count} months ago"), count=days // _MONTH)
    return fill(translate("Amounts", "updated {count} years ago"), count=days // _YEAR)
