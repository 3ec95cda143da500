"""Every secret that this process has held, so that nothing that is written shows one."""

from __future__ import annotations

SHORTEST = 4
"""Characters; anything shorter would blot out ordinary words."""

_known: set[str] = set()


def note_secret(text: str) -> None:
    """``text`` is a secret from now on."""
    if len(text) >= SHORTEST:
        _known.add(text)


def known_secrets() -> tuple[str, ...]:
    """All of them, the longest first: one may be a part of another."""
    return tuple(sorted(_known, key=len, reverse=True))
