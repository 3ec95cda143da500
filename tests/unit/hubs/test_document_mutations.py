"""Thousands of wrong metalinks and lockfiles: never a foreign exception, one bad entry hides no other, and many of them
still give a collection. F11 to F13."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.disk.names import safe_path
from stabilitydl.hubs.protocol import Expansion

from .good_documents import KINDS, Kind, reader
from .mutations import Mutant, garbled, reworded, survey

pytestmark = pytest.mark.anyio


def look_at(mutant: Mutant, expansion: Expansion) -> None:
    """What holds for every collection, whatever it was made of."""
    assert len({child.id for child in expansion.resources}) == len(expansion.resources)
    for child in expansion.resources:
        assert child.path == safe_path(child.path), mutant.data
        assert child.size is None or 0 <= child.size <= 1 << 50
        assert child.addresses or child.blocked


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_documents(tmp_path: Path, kind: Kind) -> None:
    ask = reader(tmp_path, kind)
    whole = await ask(Mutant(kind.text.encode(), ()))
    assert [child.path.rpartition("/")[2] for child in whole.resources] == ["one.bin", "two.bin"]
    assert (whole.problems, whole.resources[0].size, bool(whole.resources[0].checksum)) == ((), 1949, True)
    total = await survey(ask, reworded(kind.text, kind.values, seed=1, count=300), look_at)
    assert total.share >= 0.6, total.codes
    total += await survey(ask, reworded(kind.text, kind.marks, seed=4, count=200), look_at)
    total += await survey(ask, garbled(kind.text.encode(), seed=2, count=100), look_at)
    assert total.codes.keys() <= {"bad-list-file"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_one_entry_hides_no_other(tmp_path: Path, kind: Kind) -> None:
    """As long as the document is one: a text that is not well formed has no entries."""

    def check(mutant: Mutant, expansion: Expansion) -> None:
        look_at(mutant, expansion)
        assert "two.bin" in [child.path for child in expansion.resources], mutant.data

    some = reworded(kind.text, kind.values, seed=3, count=300, inside=kind.first)
    total = await survey(reader(tmp_path, kind), some, check)
    assert total.share >= 0.6, total.codes
    assert total.codes.keys() <= {"bad-list-file"}
