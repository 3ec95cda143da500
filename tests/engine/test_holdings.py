"""What leaves the list leaves nothing behind in memory, however much comes and goes (G09)."""

from __future__ import annotations

from pathlib import Path

import anyio
import msgspec
import pytest

from stabilitydl.domain.resource import Address
from stabilitydl.errors import NotFound
from stabilitydl.hubs.protocol import Expansion
from tests.engine.harness import PATIENCE, Harness
from tests.fakes.holdings import holdings, left_behind
from tests.fakes.hub import pack
from tests.fakes.transfer import Raise

pytestmark = pytest.mark.anyio

ROUNDS = 3


def in_a_folder_of_its_own(root: Path, number: int) -> Expansion:
    made = pack(root, *(f"{number}-{each}.bin" for each in "abcdefgh"), title=f"Pack {number}")
    children = tuple(
        msgspec.structs.replace(
            child,
            path=f"{number}/{child.name}",
            addresses=(*child.addresses, Address("fake", f"https://other.test/{child.name}")),
        )
        for child in made.resources
    )
    return Expansion(collection=made.collection, resources=children)


async def come_and_go(h: Harness, expansion: Expansion) -> None:
    """One of each: here, failed, held back, taken up again, brought from elsewhere, ranked, limited, given up."""
    pictured = [*(child.id for child in expansion.resources), expansion.collection.id]
    h.fetch.scripts[expansion.resources[1].name] = [Raise(NotFound(host="fake.test", status=404))]
    ids = await h.add(expansion)
    await h.engine.pictures(pictured)
    await h.engine.pause(ids[2:4])
    await h.engine.enqueue(ids)
    await h.engine.resume(ids[2:3])
    await h.engine.retry_elsewhere(ids[4:5])
    await h.engine.set_priority(ids[5:6], 2)
    await h.engine.set_resource_limit(ids[6:7], 1 << 40)
    await h.engine.cancel(ids[7:])
    await h.settled(ids)
    await h.engine.remove(ids)
    await h.engine.pictures(pictured)
    h.clock.advance(60)
    await h.calm()
    h.follow()


async def test_what_leaves_the_list_leaves_nothing_behind(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        for number in range(2):
            await come_and_go(h, in_a_folder_of_its_own(tmp_path / "to", number))
        before = holdings(h.engine)
        assert before["Folders._noted"] == 1
        for number in range(2, 2 + ROUNDS):
            await come_and_go(h, in_a_folder_of_its_own(tmp_path / "to", number))
        with anyio.fail_after(PATIENCE):
            while left := left_behind(h.engine, before, ROUNDS):
                print(left)  # the last of these says what a failure is about
                await h.calm()
                h.follow()
