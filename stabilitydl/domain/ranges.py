"""Sets of bytes of a file, as sorted, disjoint, half-open ranges that do not touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Range = tuple[int, int]


class Ranges:
    """An immutable set of byte positions. Replacing one by another is atomic, so threads may share it."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Range] = ()) -> None:
        merged: list[Range] = []
        for start, stop in sorted(items):
            if start < 0 or stop < start:
                raise ValueError((start, stop))
            if start == stop:
                continue
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
            else:
                merged.append((start, stop))
        self._items = tuple(merged)

    @property
    def items(self) -> tuple[Range, ...]:
        return self._items

    @property
    def total(self) -> int:
        """How many bytes are in the set."""
        return sum(stop - start for start, stop in self._items)

    @property
    def prefix(self) -> int:
        """Length of the run that starts at byte 0."""
        return self._items[0][1] if self._items and self._items[0][0] == 0 else 0

    def add(self, start: int, stop: int) -> Ranges:
        """The set with the bytes from ``start`` to before ``stop`` in it too."""
        return Ranges((*self._items, (start, stop)))

    def without(self, others: Ranges) -> Ranges:
        """The set without what is in ``others``."""
        if not self._items:
            return self
        end = self._items[-1][1]
        return Ranges((a, b) for start, stop in others.missing(end) for a, b in self._within(start, stop))

    def _within(self, start: int, stop: int) -> Iterator[Range]:
        for a, b in self._items:
            if a < stop and start < b:
                yield max(a, start), min(b, stop)

    def missing(self, size: int) -> Iterator[Range]:
        """The ranges of ``0`` to ``size`` that are not in the set, in order."""
        position = 0
        for start, stop in self._items:
            if start >= size:
                break
            if position < start:
                yield position, start
            position = stop
        if position < size:
            yield position, size

    def covers(self, start: int, stop: int) -> bool:
        """Are all bytes from ``start`` to before ``stop`` in the set?"""
        return start >= stop or any(a <= start and stop <= b for a, b in self._items)

    def __or__(self, other: Ranges) -> Ranges:
        return Ranges((*self._items, *other.items))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and self._items == other.items

    def __hash__(self) -> int:
        return hash(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def __repr__(self) -> str:
        return f"Ranges({list(self._items)})"
