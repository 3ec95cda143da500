"""Several locators that mean parts of one collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..errors import Problem
from .protocol import Expansion


def merged(expansions: Iterable[Expansion]) -> list[Expansion]:
    """One expansion for each collection, in the order in which they first appear.

    A child is listed once, as the last one says; what any of them means is meant, and what several say is said once.
    """
    found: dict[str, Expansion] = {}
    for expansion in expansions:
        earlier = found.get(expansion.collection.id)
        found[expansion.collection.id] = expansion if earlier is None else _both(earlier, expansion)
    return list(found.values())


def _both(one: Expansion, other: Expansion) -> Expansion:
    children = {child.id: child for child in (*one.resources, *other.resources)}
    is_all = one.selected is None or other.selected is None
    return replace(
        one,
        resources=tuple(children.values()),
        selected=None if is_all else (one.selected or frozenset()) | (other.selected or frozenset()),
        problems=_each_once((*one.problems, *other.problems)),
        warnings=_each_once((*one.warnings, *other.warnings)),
        is_whole=one.is_whole or other.is_whole,
    )


def _each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    kept: list[Problem] = []
    for problem in problems:
        if problem not in kept:
            kept.append(problem)
    return tuple(kept)
