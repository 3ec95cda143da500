"""Wrong bytes that came more than once: of large files, too, one is enough."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stabilitydl.disk import aside
from stabilitydl.domain.states import State
from stabilitydl.engine import doubles
from tests.engine.harness import Harness
from tests.engine.real import contents, eventually, expand, real
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio

WRONG = contents(50_000, 1)


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are compared later that would be too large to be compared while a drive must answer."""
    monkeypatch.setattr(aside, "COMPARED_BYTES", 10_000)
    monkeypatch.setattr(doubles, "COMPARED_BYTES", 10_000)


async def twice(h: Harness, to: Path, origin: FileOrigin) -> list[Path]:
    """The same wrong bytes, kept two times; the places, in the order in which they came."""
    origin.add("/file.bin", WRONG)
    ids = await h.get(expand(to, [origin.url("/file.bin")], ["ab" * 32]))
    assert (await h.settled(ids))[0].state is State.QUARANTINED
    await h.engine.retry(ids)
    (row,) = await h.settled(ids)
    assert row.problem is not None
    last = Path(str(row.problem.arguments["kept"]))
    places = sorted(last.parent.iterdir())
    assert len(places) == 2
    assert places[1] == last
    return places


async def test_the_last_of_the_same_bytes_stays(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        async with real(tmp_path) as h:
            first, last = await twice(h, tmp_path / "to", origin)
            assert len(await h.engine.quarantined()) == 2, "nobody waits until they are read"
            await eventually(lambda: not first.exists())
            (kept,) = await h.engine.quarantined()
            assert kept.path == str(last)
            assert kept.resource
            assert last.read_bytes() == WRONG


async def test_other_bytes_of_the_same_name_and_size_stay(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        async with real(tmp_path) as h:
            first, last = await twice(h, tmp_path / "to", origin)
            first.write_bytes(os.urandom(len(WRONG)))
            comparing = h.engine._on.commands.quarantine._doubles
            await h.engine.quarantined()
            assert "at work" in repr(comparing)
            await eventually(lambda: "at work" not in repr(comparing))
            assert first.exists()
            assert last.exists()


async def test_an_end_in_the_middle_throws_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next engine begins again."""
    with FileOrigin() as origin:
        async with real(tmp_path) as h:
            places = await twice(h, tmp_path / "to", origin)
            await h.engine.quarantined()
        assert places[1].exists()
        async with real(tmp_path) as h:
            await h.engine.quarantined()
            await eventually(lambda: not places[0].exists())
            assert places[1].read_bytes() == WRONG
