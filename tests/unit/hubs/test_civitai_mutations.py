"""Thousands of wrong answers of Civitai: never a foreign exception, one bad file or version hides no other, and most of
them still give a collection. F11 to F14."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.disk.names import safe_path
from stabilitydl.domain.resource import Resource
from stabilitydl.hubs.protocol import Expansion

from .good_pages import (
    CIVITAI,
    CREATOR,
    MODEL,
    MODELS,
    PLACES,
    READ_CREATOR,
    READ_DIGEST,
    READ_DIGESTS,
    READ_MODEL,
    READ_RELEASES,
    READ_UPSCALER,
    READ_VERSION,
    RELEASES,
    VERSION,
    Asked,
    reader,
)
from .mutations import Mutant, Survey, garbled, mutants, survey

pytestmark = pytest.mark.anyio

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")


def look_at(mutant: Mutant, expansion: Expansion) -> None:
    """What holds for every collection, whatever it was made of."""
    assert len({child.id for child in expansion.resources}) == len(expansion.resources)
    for child in expansion.resources:
        assert child.path == safe_path(child.path), mutant.data
        assert child.size is None or 0 <= child.size <= 1 << 50
        assert all(len(checksum.digits) in (8, 10, 12, 40, 64) for checksum in child.checksums)
    for text in (expansion.collection.avatar, expansion.collection.preview):
        assert not text or text.startswith(("https://", "http://"))


def key_of(child: Resource) -> str:
    return child.key.partition("\n")[0]


async def still_lists(
    ask: Asked,
    document: Any,
    below: tuple[str | int, ...],
    expected: set[str],
    seed: int,
    named: Callable[[Resource], str] = key_of,
) -> None:
    """Change only one child, and see the others."""

    def check(mutant: Mutant, expansion: Expansion) -> None:
        look_at(mutant, expansion)
        assert expected <= {named(child) for child in expansion.resources}, mutant.data

    result = await survey(ask, mutants(document, seed=seed, count=500, below=below), check)
    assert result.codes == {}


async def test_answers_of_civitai() -> None:
    total = await survey(READ_MODEL, mutants(MODEL, seed=1, count=2000), look_at)
    total += await survey(READ_CREATOR, mutants(CREATOR, seed=2, count=1000), look_at)
    assert total.total == 3000
    assert total.share >= 0.6, total.codes
    total = await survey(READ_VERSION, mutants(VERSION, seed=3, count=300), look_at)
    total += await survey(READ_DIGEST, mutants(VERSION, seed=4, count=300), look_at)
    total += await survey(READ_DIGESTS, mutants(PLACES, seed=15, count=300), look_at)
    assert total.share >= 0.6, total.codes


async def test_one_file_or_version_hides_no_other() -> None:
    await still_lists(READ_MODEL, MODEL, ("modelVersions", 0, "files", 1), {"file:1", "file:3", "file:4"}, seed=5)
    await still_lists(READ_MODEL, MODEL, ("modelVersions", 0), {"file:4"}, seed=6)
    await still_lists(READ_CREATOR, CREATOR, ("items", 0), {"file:800", "file:900"}, seed=7)


async def test_answers_of_github_and_openmodeldb() -> None:
    total = await survey(READ_RELEASES, mutants(RELEASES, seed=8, count=700), look_at)
    assert total.share >= 0.6, total.codes
    await still_lists(READ_RELEASES, RELEASES, (0, "assets", 0), {"v1/2.bin", "v2/1.bin", "v2/2.bin"}, seed=9)
    total = await survey(READ_UPSCALER, mutants(MODELS, seed=10, count=700), look_at)
    assert total.share >= 0.6, total.codes
    for place, other in ((0, "a.onnx"), (1, "a.pth")):
        files = ("1x", "resources", place)
        await still_lists(READ_UPSCALER, MODELS, files, {other}, seed=13 + place, named=lambda child: child.path)


async def test_garbled_answers() -> None:
    for ask, document in (
        (READ_MODEL, MODEL),
        (READ_CREATOR, CREATOR),
        (READ_RELEASES, RELEASES),
        (READ_UPSCALER, MODELS),
    ):
        await survey(ask, garbled(json.dumps(document).encode(), seed=11, count=200), look_at)


async def test_the_good_answers_give_everything() -> None:
    """Or else nothing above would mean much."""
    for ask, document, count in (
        (READ_MODEL, MODEL, 4),
        (READ_CREATOR, CREATOR, 6),
        (READ_VERSION, VERSION, 4),
        (READ_DIGEST, VERSION, 4),
        (READ_DIGESTS, PLACES, 3),
        (READ_RELEASES, RELEASES, 4),
        (READ_UPSCALER, MODELS, 2),
    ):
        expansion = await ask(Mutant(json.dumps(document).encode(), ()))
        assert (len(expansion.resources), expansion.problems) == (count, ())
        assert all(child.checksum for child in expansion.resources)


@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
async def test_recorded_pages() -> None:
    total = Survey()
    for path in sorted((Path(FOLDER) / "civitai").glob("model-[0-9]*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        # The largest ones are read in tens of milliseconds each.
        page["modelVersions"] = page["modelVersions"][:6]
        ask = reader(CIVITAI, f"civitai:{page['id']}", f"/models/{page['id']}")
        total += await survey(ask, mutants(page, seed=12, count=150), look_at)
    assert total.total >= 1000
    assert total.share >= 0.6, total.codes
