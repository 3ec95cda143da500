"""What a check says: how it stands, in a sentence, and what can be done about it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Standing(StrEnum):
    """``note`` is something that works in another way than it could; ``trouble`` is what does not work."""

    OK = "ok"
    NOTE = "note"
    TROUBLE = "trouble"


class Finding(msgspec.Struct, frozen=True):
    """``remedy`` is empty where nothing has to be done."""

    subject: str
    standing: Standing
    told: str
    remedy: str = ""


def ok(subject: str, told: str) -> Finding:
    """It works."""
    return Finding(subject, Standing.OK, told)


def note(subject: str, told: str, remedy: str = "") -> Finding:
    """It works in another way than it could."""
    return Finding(subject, Standing.NOTE, told, remedy)


def trouble(subject: str, told: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(subject, Standing.TROUBLE, told, remedy)
