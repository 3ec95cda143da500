"""Hub answers that are not what they should be: seeded mutations of a good one.

``mutants(answer, seed=7, count=1000)`` gives a thousand documents, each with one to three changes, the same ones in
every run: a field missing, null, of another type, out of range, with a new or hostile word, nested deeply, twice. With
``below`` all changes are inside that place, so that a test can say what must be left of the others::

    for mutant in mutants(page, seed=7, count=1000, below=("modelVersions", 0, "files", 1)):
        ...

``swamped`` puts one word everywhere; ``garbled`` changes bytes and ``reworded`` words, for what is no JSON.

``await survey(ask, mutants)`` lets a hub read each and counts; anything but a StabilityError is a failure of the test.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stabilitydl.errors import StabilityError
from stabilitydl.hubs.protocol import Expansion

Place = tuple[str | int, ...]
"""Keys and indexes from the top of a document to a value in it."""

_MISSING = object()
_WORDS = (
    "",
    " ",
    "NewWord2031",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "%2e%2e%2f%2e%2e%2fx",
    "/etc/passwd",
    "C:\\x",
    "\\\\host\\share",
    "CON",
    "NUL.safetensors",
    "name.",
    "a:b|c?.bin",
    "a\x00b\n\x1b[31m\u202ec",
    "\ud800half",
    "x" * 10_000,
    "\u0430\u0440ple",
    "<img src=file:///etc/passwd><script>alert(1)</script>",
    "https://169.254.169.254/latest/",
    "https://[x/a.png",
    "javascript:alert(1)",
    "2031-13-45T99:99:99Z",
    "nan",
    "0x10",
    "1" * 400,
)
_NUMBERS = (-1, 0, 1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63), 10**400, 0.5, -0.0, 1e308, 1e-320)
_DEPTHS = (40, 63, 64, 100, 5000)


@dataclass(frozen=True)
class Mutant:
    """A changed document as its server would send it, and where it was changed."""

    data: bytes
    places: tuple[Place, ...]


@dataclass
class Survey:
    """What became of many mutants. ``codes`` counts the errors by their code."""

    expansions: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.expansions + self.codes.total()

    @property
    def share(self) -> float:
        """The part that still gave a collection."""
        return self.expansions / self.total

    def __add__(self, other: Survey) -> Survey:
        return Survey(self.expansions + other.expansions, self.codes + other.codes)


async def survey(
    ask: Callable[[Mutant], Awaitable[Expansion]],
    mutants: Iterable[Mutant],
    check: Callable[[Mutant, Expansion], None] = lambda mutant, expansion: None,
) -> Survey:
    """Let a hub read each mutant; ``check`` looks at what it made of one. Fails for any foreign exception."""
    result = Survey()
    for mutant in mutants:
        try:
            expansion = await ask(mutant)
        except StabilityError as error:
            result.codes[error.problem.code] += bool(error.problem.message)
            continue
        except Exception as error:
            raise AssertionError(f"{error!r} after a change at {mutant.places}: {mutant.data[:2000]!r}") from error
        check(mutant, expansion)
        result.expansions += 1
    return result


def mutants(document: Any, *, seed: int, count: int, below: Place = ()) -> Iterator[Mutant]:
    """``count`` documents, each changed at one to three places inside ``below``."""
    chance = random.Random(seed)
    original = json.dumps(document)
    places = [place for place in _places(document) if place[: len(below)] == below and len(place) > len(below)]
    for _ in range(count):
        changed = json.loads(original)
        chosen = chance.sample(places, min(len(places), chance.choice((1, 1, 1, 2, 3))))
        # Deepest first, so that no change takes away the place of another.
        for place in sorted(chosen, key=len, reverse=True):
            _change(changed, place, chance)
        yield Mutant(_encode(changed), tuple(chosen))


def swamped(document: Any) -> Iterator[Mutant]:
    """One document for each hostile word, which is in the place of every text; and once before every text."""
    for word in _WORDS:
        yield Mutant(_encode(_swamp(document, lambda text, word=word: word)), ())
        yield Mutant(_encode(_swamp(document, lambda text, word=word: word + text)), ())


def _swamp(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_swamp(member, change) for member in value]
    return {key: _swamp(member, change) for key, member in value.items()} if isinstance(value, dict) else value


def garbled(data: bytes, *, seed: int, count: int) -> Iterator[Mutant]:
    """``count`` answers with bytes flipped, taken out, doubled, or cut off."""
    chance = random.Random(seed)
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at, length = chance.randrange(len(changed) or 1), chance.randint(1, 40)
            match chance.randrange(4):
                case 0 if changed:
                    changed[at] ^= 1 << chance.randrange(8)
                case 1:
                    del changed[at : at + length]
                case 2:
                    changed[at:at] = changed[at : at + length]
                case _:
                    del changed[-chance.randint(1, max(1, len(changed) // 4)) :]
        yield Mutant(bytes(changed), ())


def reworded(text: str, words: str, *, seed: int, count: int, inside: str = ".*") -> Iterator[Mutant]:
    """``count`` texts in which one to three of the ``words``, a pattern, are others, gone, or there twice.

    All changes are in the first place that has the pattern ``inside``.
    """
    chance = random.Random(seed)
    part = re.search(inside, text, re.DOTALL)
    assert part is not None
    spans = [match.span() for match in re.finditer(words, text) if part.start() <= match.start() < part.end()]
    for _ in range(count):
        changed = text
        for start, end in sorted(chance.sample(spans, min(len(spans), chance.choice((1, 1, 1, 2, 3)))), reverse=True):
            old = text[start:end]
            other = chance.choice((chance.choice(_WORDS), str(chance.choice(_NUMBERS)), "", old + old, old.upper()))
            changed = changed[:start] + other + changed[end:]
        yield Mutant(changed.encode("utf-8", "surrogatepass"), ())


def _places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Every place of a document but its top."""
    if isinstance(value, dict):
        members: Iterable[tuple[str | int, Any]] = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        return
    for key, member in members:
        yield (*here, key)
        yield from _places(member, (*here, key))


def _change(document: Any, place: Place, chance: random.Random) -> None:
    parent: Any = document
    for step in place[:-1]:
        parent = parent[step]
    key: Any = place[-1]
    old = parent[key]
    new = _other(old, chance)
    if new is _MISSING:
        if isinstance(parent, list):
            parent[key] = None  # an entry that went would move the places of its neighbours
        else:
            del parent[key]
    else:
        parent[key] = new


def _other(old: Any, chance: random.Random) -> Any:
    """Something else in the place of ``old``."""
    match chance.randrange(9):
        case 0 | 1:
            return _MISSING
        case 2:
            return None
        case 3:
            return chance.choice(([], {}, True, False, 7, "text", [[]], [None], {"": None}, [1, "x", {}]))
        case 4:
            return chance.choice(_NUMBERS)
        case 5 | 6:
            return chance.choice(_WORDS)
        case 7:
            return _Raw(_nest(chance.choice(_DEPTHS), chance.choice(("[]", "{}"))))
        case _:
            return _twisted(old, chance)


def _twisted(old: Any, chance: random.Random) -> Any:
    """``old``, not quite."""
    if isinstance(old, bool) or old is None:
        return [old]
    if isinstance(old, int | float):
        return chance.choice((str(old), -old, [old], old * 1024))
    if isinstance(old, str):
        return chance.choice((old.upper(), old[:-1], old + old, f" {old}\n", [old], {"value": old}, old.encode().hex()))
    if isinstance(old, list):
        return chance.choice((old + old, old[::-1], old[:1], {"0": old}, [old], old * 20))
    return chance.choice(([old], {**old, "": old}, {key.upper(): value for key, value in old.items()}, dict(old)))


class _Raw:
    """Text that is put into the JSON as it is: what no encoder would write."""

    def __init__(self, text: str) -> None:
        self.text = text


def _nest(depth: int, brackets: str) -> str:
    if brackets == "[]":
        return "[" * depth + "]" * depth
    return '{"a":' * depth + "1" + "}" * depth


def _encode(document: Any) -> bytes:
    raw: list[str] = []

    def stand_in(value: object) -> str:
        assert isinstance(value, _Raw)
        raw.append(value.text)
        return f"\x01raw{len(raw) - 1}\x01"

    text = json.dumps(document, default=stand_in)
    for number, each in enumerate(raw):
        text = text.replace(f'"\\u0001raw{number}\\u0001"', each)
    return text.encode()
