"""Wrong answers of hubs, behind the hub: what is made of them is stored and read back as it is, has places below its
folder, can be printed, and its pictures are asked for or passed over. Never a foreign exception. F05, F11 to F13."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from stabilitydl.cli import listing, plan
from stabilitydl.cli.requests import ListRequest
from stabilitydl.cli.survey import Planned
from stabilitydl.domain.collection import CollectionSnapshot
from stabilitydl.domain.picture import creator_key
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import Tab
from stabilitydl.errors import NameTooLong, StabilityError
from stabilitydl.hubs.lookalikes import owner_warnings
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.hubs.registry import Registry
from stabilitydl.hubs.words import presentable
from stabilitydl.text import plain
from tests.engine.harness import Harness
from tests.fakes.canned import Canned, CannedClient
from tests.unit.hubs.good_documents import KINDS, Kind
from tests.unit.hubs.good_documents import reader as reader_of_documents
from tests.unit.hubs.good_pages import (
    CREATOR,
    MODEL,
    MODELS,
    READ_CREATOR,
    READ_MODEL,
    READ_RELEASES,
    READ_UPSCALER,
    READ_VERSION,
    RELEASES,
    VERSION,
)
from tests.unit.hubs.good_repositories import ABOUT, INFO, LISTED, TREE, hugging_face, model_scope
from tests.unit.hubs.mutations import Mutant, garbled, mutants, reworded, swamped

pytestmark = pytest.mark.anyio

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SAMPLE = 50
"""Of so many mutants the normal run takes one."""

Asked = Callable[[Mutant], Awaitable[Expansion]]


@dataclass(frozen=True)
class Source:
    """Mutants of one answer, as the tests of its hub read them."""

    ask: Asked
    document: Any
    seed: int
    count: int

    @property
    def mutants(self) -> Iterator[Mutant]:
        yield from mutants(self.document, seed=self.seed, count=self.count)
        yield from garbled(json.dumps(self.document).encode(), seed=11, count=200)


SOURCES = {
    "model": Source(READ_MODEL, MODEL, 1, 2000),
    "creator": Source(READ_CREATOR, CREATOR, 2, 1000),
    "version": Source(READ_VERSION, VERSION, 3, 300),
    "releases": Source(READ_RELEASES, RELEASES, 8, 700),
    "upscaler": Source(READ_UPSCALER, MODELS, 10, 700),
    "info": Source(hugging_face("info"), INFO, 1, 1200),
    "tree": Source(hugging_face("tree"), TREE, 2, 1800),
    "files": Source(model_scope("files"), LISTED, 5, 1000),
    "about": Source(model_scope("about"), ABOUT, 6, 500),
    "dataset": Source(model_scope("files", "datasets/"), LISTED, 5, 1000),
}


class Product:
    """What the product does with a collection once its hub has listed it."""

    def __init__(self, harness: Harness) -> None:
        self.h = harness
        self.client = CannedClient(lambda path: Canned(PNG))
        harness.engine._on.gallery._client = self.client.client
        self.taken = 0

    async def take(self, expansion: Expansion) -> None:
        """Plan it, put it on the list, show it, and fetch its pictures; as its hub made it, without the tidying."""
        assert all(warning.message for warning in owner_warnings(presentable(expansion)))
        try:
            foreseen = await self.h.engine.foresee(expansion)
        except NameTooLong:
            return  # said in one sentence; nothing is put on the list
        planned = [Planned(each.row, each.is_here, each.problem) for each in foreseen]
        below = Path(expansion.collection.target)
        assert all(Path(one.row.target or "").is_relative_to(below) for one in planned)
        said = printed(lambda: show_plan(expansion, planned))
        assert [child["id"] for child in said["collections"][0]["resources"]] == [one.row.id for one in planned]
        await self.h.engine.add([expansion])
        rows = {row.id: row for row in await self.h.engine.resources(expansion.collection.id)}
        for child in expansion.resources:
            assert rows[child.id].resource == child
        snapshots = [one for one in await self.h.engine.collections() if one.id == expansion.collection.id]
        said = printed(lambda: show_list(snapshots, list(rows.values())))
        assert len(said["collections"][0]["resources"]) == len(rows)
        keys = [
            expansion.collection.id,
            creator_key(expansion.collection),
            *(child.id for child in expansion.resources),
        ]
        await self.h.engine.pictures(keys)
        with anyio.fail_after(60):
            while self.h.engine._on.gallery.is_busy:
                await self.h.engine.snapshots([])
        assert not any(picture.is_loading for picture in await self.h.engine.pictures(keys))
        self.taken += 1


def show_plan(expansion: Expansion, planned: list[Planned]) -> None:
    plan._print_text([(expansion, planned)], {expansion.collection.id: None}, [], expansion.problems)
    plan._print_object([(expansion, planned)], {expansion.collection.id: None}, [], expansion.problems)


def show_list(snapshots: list[CollectionSnapshot], rows: list[ResourceSnapshot]) -> None:
    children = {snapshot.id: rows for snapshot in snapshots}
    listing._show(ListRequest(), snapshots, children)
    listing._show(ListRequest(tab=Tab.MISSING), snapshots, children)
    listing._show(ListRequest(json=True), snapshots, children)


def printed(show: Callable[[], None]) -> Any:
    """The object at the end of what ``show`` prints. What is before it, and what people are told, can be printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        show()
    *lines, last = out.getvalue().split("\n")[:-1]
    for line in (*lines, *err.getvalue().split("\n")):
        assert line == plain(line, len(line) + 1), repr(line)
    return json.loads(last)


async def take_all(folder: Path, ask: Asked, some: Iterator[Mutant]) -> Product:
    async with Harness(folder, hubs=Registry.standard()) as h:
        product = Product(h)
        for mutant in some:
            try:
                expansion = await ask(mutant)
            except StabilityError:
                continue
            try:
                await product.take(expansion)
            except Exception as error:
                raise AssertionError(f"{error!r} after a change at {mutant.places}: {mutant.data[:2000]!r}") from error
        return product


@pytest.mark.parametrize("name", SOURCES)
async def test_some_wrong_answers(tmp_path: Path, name: str) -> None:
    source = SOURCES[name]
    product = await take_all(tmp_path, source.ask, itertools.islice(source.mutants, 0, None, SAMPLE))
    assert product.taken > 0


@pytest.mark.parametrize("name", SOURCES)
async def test_answers_full_of_one_word(tmp_path: Path, name: str) -> None:
    source = SOURCES[name]
    product = await take_all(tmp_path, source.ask, swamped(source.document))
    assert product.taken > 10


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
async def test_all_wrong_answers(tmp_path: Path, name: str) -> None:
    source = SOURCES[name]
    product = await take_all(tmp_path, source.ask, source.mutants)
    assert product.taken > 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_some_wrong_documents(tmp_path: Path, kind: Kind) -> None:
    some = reworded(kind.text, kind.values, seed=4, count=40)
    product = await take_all(tmp_path, reader_of_documents(tmp_path, kind), some)
    assert product.taken > 10


async def test_a_good_answer_brings_all_its_pictures(tmp_path: Path) -> None:
    """Or else nothing above would mean much."""
    product = await take_all(tmp_path, READ_MODEL, iter([Mutant(json.dumps(MODEL).encode(), ())]))
    assert sorted(product.client.asked) == ["/k/u/width=450/2.jpeg", "/k/u/width=96/maker.jpeg"]
