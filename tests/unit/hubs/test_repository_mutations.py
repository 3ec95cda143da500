"""Thousands of wrong answers of repository hubs: never a foreign exception, one bad child hides no other, and most
of them still give a collection. F11 to F14."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stabilitydl.disk.names import safe_path
from stabilitydl.domain.resource import Resource
from stabilitydl.hubs.protocol import Expansion

from .good_repositories import ABOUT, INFO, LISTED, TREE, Asked, hugging_face, model_scope
from .mutations import Mutant, Survey, garbled, mutants, survey

pytestmark = pytest.mark.anyio


def look_at(mutant: Mutant, expansion: Expansion) -> None:
    """What holds for every collection, whatever it was made of."""
    assert len({child.id for child in expansion.resources}) == len(expansion.resources)
    for child in expansion.resources:
        assert child.path == safe_path(child.path), mutant.data
        assert child.size is None or 0 <= child.size <= 1 << 50
        assert all(len(checksum.digits) in (40, 64) for checksum in child.checksums)
    for text in (expansion.collection.avatar, expansion.collection.preview):
        assert not text or text.startswith(("https://", "http://"))


def contents(children: Iterator[Resource]) -> set[tuple[str, str]]:
    return {(child.path, str(child.checksum)) for child in children}


async def still_lists(ask: Asked, document: Any, below: tuple[str | int, ...], expected: set[str], seed: int) -> Survey:
    """Change only one child, and see the others."""

    def check(mutant: Mutant, expansion: Expansion) -> None:
        look_at(mutant, expansion)
        listed = {child.path for child in expansion.resources if not child.blocked}
        assert expected <= listed, mutant.data

    result = await survey(ask, mutants(document, seed=seed, count=700, below=below), check)
    assert result.codes == {}
    return result


async def test_answers_of_hugging_face() -> None:
    total = await survey(hugging_face("info"), mutants(INFO, seed=1, count=1200), look_at)
    total += await survey(hugging_face("tree"), mutants(TREE, seed=2, count=1800), look_at)
    assert total.total == 3000
    assert total.share >= 0.6, total.codes


async def test_one_child_of_hugging_face_hides_no_other() -> None:
    others = {"a/README.md", ".gitattributes", "z/last.json"}
    await still_lists(hugging_face("tree"), TREE, (2,), others, seed=3)
    await still_lists(hugging_face("tree"), TREE, (0,), {*others, "a/one.safetensors"}, seed=4)


@pytest.mark.parametrize("kind", ["", "datasets/"])
async def test_answers_of_modelscope(kind: str) -> None:
    total = await survey(model_scope("files", kind), mutants(LISTED, seed=5, count=1000), look_at)
    total += await survey(model_scope("about", kind), mutants(ABOUT, seed=6, count=500), look_at)
    assert total.total == 1500
    assert total.share >= 0.6, total.codes


async def test_one_child_of_modelscope_hides_no_other() -> None:
    await still_lists(model_scope("files"), LISTED, ("Data", "Files", 1), {"a/2.bin", "README.md"}, seed=7)


async def test_garbled_answers() -> None:
    for ask, document, seed in (
        (hugging_face("info"), INFO, 8),
        (hugging_face("tree"), TREE, 9),
        (model_scope("files"), LISTED, 10),
        (model_scope("about"), ABOUT, 11),
    ):
        await survey(ask, garbled(json.dumps(document).encode(), seed=seed, count=200), look_at)


async def test_the_good_answers_give_everything() -> None:
    """Or else nothing above would mean much."""
    for ask, document, count in ((hugging_face("tree"), TREE, 4), (model_scope("files"), LISTED, 3)):
        expansion = await ask(Mutant(json.dumps(document).encode(), ()))
        assert (len(expansion.resources), expansion.problems) == (count, ())
        assert all(child.checksum for child in expansion.resources)
