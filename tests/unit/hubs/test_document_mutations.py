"""Thousands of wrong metalinks and lockfiles: never a foreign exception, one bad entry hides no other, and many of them
still give a collection. F11 to F13."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.disk.names import safe_path
from stabilitydl.hubs.protocol import Expansion

from .good_documents import KINDS, hub_of, reader
from .mutations import Mutant, garbled, reworded, survey

pytestmark = pytest.mark.anyio


def look_at(mutant: Mutant, expansion: Expansion) -> None:
    """What holds for every collection, whatever it was made of."""
    assert len({child.id for child in expansion.resources}) == len(expansion.resources)
    for child in expansion.resources:
        assert child.path == safe_path(child.path), mutant.data
        assert child.size is None or 0 <= child.size <= 1 << 50
        assert child.addresses or child.blocked


@pytest.mark.parametrize(("name", "text", "words", "first"), KINDS)
async def test_documents(tmp_path: Path, name: str, text: str, words: str, first: str) -> None:
    ask = reader(tmp_path, hub_of(name), name)
    whole = await ask(Mutant(text.encode(), ()))
    assert [child.path.rpartition("/")[2] for child in whole.resources] == ["one.bin", "two.bin"]
    assert (whole.problems, whole.resources[0].size, bool(whole.resources[0].checksum)) == ((), 1949, True)
    total = await survey(ask, reworded(text, words, seed=1, count=500), look_at)
    assert total.share >= 0.3, total.codes
    total += await survey(ask, garbled(text.encode(), seed=2, count=200), look_at)
    assert total.codes.keys() <= {"bad-list-file"}


@pytest.mark.parametrize(("name", "text", "words", "first"), KINDS)
async def test_one_entry_hides_no_other(tmp_path: Path, name: str, text: str, words: str, first: str) -> None:
    """As long as the document is one: a text that is not well formed has no entries."""

    def check(mutant: Mutant, expansion: Expansion) -> None:
        look_at(mutant, expansion)
        assert "two.bin" in [child.path for child in expansion.resources], mutant.data

    ask = reader(tmp_path, hub_of(name), name)
    inner = words.partition("|<")[0] if name != "pack.lock.toml" else r'(?<=")[^"\n]*(?=")|\b\d+\b'
    total = await survey(ask, reworded(text, inner, seed=3, count=500, inside=first), check)
    assert total.share >= 0.5, total.codes
    assert total.codes.keys() <= {"bad-list-file"}
