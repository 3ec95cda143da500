"""Names of owners that are written to be taken for others, as with a Cyrillic a among Latin letters.

Judged is the name alone: whether the letters that look like Latin ones stand among Latin ones, or are all there is.
(Unicode Technical Standard 39, "mixed-script" and "whole-script confusables"; the letters are those that look the
same in most fonts.)
"""

from __future__ import annotations

import unicodedata

from ..errors import LookAlikeName, Problem
from .protocol import Expansion

MOST_NAMED = 5

_CYRILLIC = "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u051d\u0445\u0443"
_CYRILLIC_CAPITALS = "\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u0423\u04c0"
_GREEK = "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03f2\u03f3"
_GREEK_CAPITALS = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
_ARMENIAN = "\u0561\u0563\u0570\u0578\u057d\u0581\u0585\u054d\u0555"
_LATIN = "\u0131\u0251\u0261\u0262\u026a\u0274\u0280\u028f\u029f\u01c0"
_LIKE_LATIN = frozenset(_CYRILLIC + _CYRILLIC_CAPITALS + _GREEK + _GREEK_CAPITALS + _ARMENIAN + _LATIN)


def owner_warnings(expansion: Expansion) -> tuple[Problem, ...]:
    """A warning for each owner in ``expansion`` that may be taken for another."""
    owners = dict.fromkeys([expansion.collection.creator, *(child.creator for child in expansion.resources)])
    found = ((owner, strange) for owner in owners if (strange := strange_letters(owner)))
    return tuple(
        LookAlikeName(
            name=owner, letters=", ".join(f"{letter} U+{ord(letter):04X}" for letter in strange[:MOST_NAMED])
        ).problem
        for owner, strange in found
    )


def strange_letters(name: str) -> list[str]:
    """The letters of ``name`` that pass for Latin ones, each once; none where nobody would take it for Latin."""
    if name.isascii():
        return []
    letters = [character for character in name if character.isalpha()]
    strange = [letter for letter in letters if _passes_for_latin(letter)]
    is_latin = any(letter.isascii() for letter in letters) or len(strange) == len(letters)
    return list(dict.fromkeys(strange)) if is_latin else []


def _passes_for_latin(letter: str) -> bool:
    if letter.isascii():
        return False
    # Letters of other widths and styles turn into the plain ones.
    return letter in _LIKE_LATIN or unicodedata.normalize("NFKC", letter).isascii()
