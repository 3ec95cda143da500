"""What an object holds on to: how many entries are in every dict, list, set and deque that can be reached from it.

A registry that forgets to let go of what is over shows as a number that grows.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping

_OF_THE_SYSTEM = frozenset({"Errands._mounts", "Volumes._seen", "MountList._found"})
"""What other programs make longer and shorter: the list of mounts."""

Containers = dict | list | set | frozenset | tuple | deque


def holdings(root: object) -> Counter[str]:
    """Entries by the class and attribute that hold them, such as ``Fleet._jobs``; only objects of ours are entered."""
    found: Counter[str] = Counter()
    seen: set[int] = set()
    ahead: list[tuple[str, object]] = [("", root)]
    while ahead:
        name, held = ahead.pop()
        if id(held) in seen or name in _OF_THE_SYSTEM:
            continue
        seen.add(id(held))
        if isinstance(held, Containers):
            found[name] += len(held)
            ahead += [(name, each) for each in _entries(held)]
        elif type(held).__module__.startswith("stabilitydl."):
            kind = type(held).__qualname__
            ahead += [(f"{kind}.{each}", value) for each, value in _attributes(held)]
        elif isinstance(held, Callable) and hasattr(held, "__self__"):  # type: ignore[arg-type]
            ahead.append((name, held.__self__))
    return found


def left_behind(root: object, before: Counter[str], rounds: int) -> Counter[str]:
    """What has grown by an entry or more in each of ``rounds`` since ``before``; less is no registry that forgets."""
    return Counter({name: more for name, more in (holdings(root) - before).items() if more >= rounds})


def _entries(held: Containers) -> Iterator[object]:  # type: ignore[type-arg]
    if isinstance(held, Mapping):
        yield from held.keys()
        yield from held.values()
    else:
        yield from held


def _attributes(held: object) -> Iterator[tuple[str, object]]:
    yield from getattr(held, "__dict__", {}).items()
    for kind in type(held).__mro__:
        for name in getattr(kind, "__slots__", ()):
            if hasattr(held, name):
                yield name, getattr(held, name)
