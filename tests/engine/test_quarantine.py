"""Files whose bytes are wrong: kept aside with the reason, and what the user may make of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.disk import Disk, Match
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.resource import Address
from stabilitydl.domain.states import State
from stabilitydl.errors import DiskFault, TargetTaken
from stabilitydl.hubs.protocol import Expansion
from tests.engine.harness import Harness
from tests.engine.real import contents, expand, real
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio

WRONG, RIGHT = contents(50_000, 1), contents(50_000, 2)


def promised(to: Path, origin: FileOrigin, *paths: str) -> Expansion:
    """One file, promised to be RIGHT, at several addresses."""
    right = origin.add("/right", RIGHT).sha256
    (resource,) = (expansion := expand(to, [origin.url(paths[0])], [right])).resources
    addresses = tuple(Address("direct", origin.url(path), place) for place, path in enumerate(paths))
    return Expansion(
        collection=expansion.collection, resources=(msgspec.structs.replace(resource, addresses=addresses),)
    )


async def quarantined(h: Harness, expansion: Expansion) -> str:
    """The id of the file, which has ended in quarantine."""
    ids = await h.get(expansion)
    (row,) = await h.settled(ids)
    assert row.state is State.QUARANTINED
    return row.id


async def test_it_is_listed_with_its_reason_and_takes_space(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        origin.add("/deep/wrong.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/deep/wrong.bin"))
            (kept,) = await h.engine.quarantined()
            assert (kept.resource, kept.size) == (each, len(WRONG))
            assert kept.problem is not None
            assert kept.problem.code == "checksum-mismatch"
            assert Path(kept.path).parent == tmp_path / "to" / QUARANTINE, "below the root of the collection"
            assert Path(kept.path).read_bytes() == WRONG
            assert not kept.path.endswith(".bin"), "no program takes it for a model"


async def test_trying_again_may_help_and_what_was_wrong_stays_until_it_is_thrown_away(tmp_path: Path) -> None:
    """H06"""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            await h.engine.retry([each])
            assert (await h.settled([each]))[0].state is State.QUARANTINED
            assert len(await h.engine.quarantined()) == 1, "the same bytes are kept once"
            file.data = contents(50_000, 3)
            await h.engine.retry([each])
            assert (await h.settled([each]))[0].state is State.QUARANTINED
            assert len(await h.engine.quarantined()) == 2, "and others do not replace them"
            file.data = RIGHT
            await h.engine.retry([each])
            assert (await h.settled([each]))[0].state is State.DOWNLOADED
            kept = await h.engine.quarantined()
            assert [one.resource for one in kept] == ["", ""]
            assert await h.engine.empty_quarantine([kept[0].path]) == 50_000
            assert [one.path for one in await h.engine.quarantined()] == [kept[1].path]
            assert await h.engine.empty_quarantine() == 50_000
            assert [path.name for path in (tmp_path / "to").iterdir()] == ["file.bin"]


async def test_throwing_it_away_makes_the_resource_missing(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            assert await h.engine.empty_quarantine(["/etc/passwd"]) == 0
            assert await h.engine.empty_quarantine() == len(WRONG)
            await h.until_state(State.MISSING, each)
            (row,) = await h.engine.snapshots([each])
            assert (row.state, row.received, row.problem) == (State.MISSING, 0, None)
            assert not list((tmp_path / "to").iterdir())


async def test_it_may_be_kept_all_the_same_as_unverifiable(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            target = tmp_path / "to" / "file.bin"
            target.write_text("of the user")
            with pytest.raises(TargetTaken):
                await h.engine.accept_quarantined([each])
            assert target.read_text() == "of the user"
            assert len(await h.engine.quarantined()) == 1
            target.unlink()
            assert await h.engine.accept_quarantined([each, "nothing"]) == [each]
            assert target.read_bytes() == WRONG
            (row,) = await h.engine.snapshots([each])
            assert (row.state, row.verification) == (State.DOWNLOADED, Verification.UNVERIFIABLE)
            assert row.is_file(target.stat().st_size, target.stat().st_mtime_ns)
            assert await h.engine.quarantined() == []
            await h.engine.refresh()
            assert (await h.engine.snapshots([each]))[0].state is State.DOWNLOADED
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["file.bin"]


async def test_a_crash_between_the_name_and_the_database_is_made_good(tmp_path: Path) -> None:
    """C03 for a kept file."""
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            (kept,) = await h.engine.quarantined()
            Path(kept.path).rename(tmp_path / "to" / "file.bin")
            assert await h.engine.accept_quarantined([each]) == [each]
            assert (await h.engine.snapshots([each]))[0].state is State.DOWNLOADED


async def test_a_crash_while_it_is_thrown_away_is_made_good_whatever_lies_at_the_target(tmp_path: Path) -> None:
    """C03: the file is gone, the row does not know, and the user has put another one there meanwhile."""
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            (kept,) = await h.engine.quarantined()
        target = tmp_path / "to" / "file.bin"
        Path(kept.path).unlink()
        target.write_text("of the user")
        async with real(tmp_path) as h:
            await h.engine.refresh()
            (row,) = await h.engine.snapshots([each])
            assert (row.state, row.received, row.problem) == (State.MISSING, 0, None)
            assert await h.engine.quarantined() == []
            await h.engine.enqueue([each])
            (row,) = await h.settled([each])
            assert row.problem is not None
            assert row.problem.code == "target-taken"
        assert target.read_text() == "of the user"


async def test_another_address_is_tried_first_when_the_user_says_so(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        origin.add("/one.bin", WRONG)
        origin.add("/two.bin", contents(50_000, 4))
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/one.bin", "/two.bin"))
            origin.add("/two.bin", RIGHT)
            before = origin.times("/one.bin")
            assert await h.engine.retry_elsewhere([each, "nothing"]) == [each]
            assert (await h.settled([each]))[0].state is State.DOWNLOADED
            assert origin.times("/one.bin") == before


async def test_without_another_address_nothing_is_tried(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        origin.add("/one.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/one.bin"))
            before = len(origin.requests)
            assert await h.engine.retry_elsewhere([each]) == []
            assert len(origin.requests) == before


def put(path: Path, data: bytes) -> None:
    """Another file by hand, also where the clock of the file system is a coarse one."""
    later = path.stat().st_mtime_ns + 10**9
    path.write_bytes(data)
    os.utime(path, ns=(later, later))


async def test_what_is_taken_away_by_hand_is_missing_and_comes_again(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        file = origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            await h.engine.refresh()
            assert (await h.engine.snapshots([each]))[0].state is State.QUARANTINED
            (kept,) = await h.engine.quarantined()
            Path(kept.path).unlink()
            assert await h.engine.quarantined() == []
            await h.until_state(State.MISSING, each)
            (row,) = await h.engine.snapshots([each])
            assert (row.state, row.problem) == (State.MISSING, None)
            file.data = RIGHT
            await h.engine.enqueue([each])
            assert (await h.settled([each]))[0].state is State.DOWNLOADED


async def test_what_is_made_right_by_hand_becomes_the_model_file_also_after_a_restart(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            (kept,) = await h.engine.quarantined()
        put(Path(kept.path), RIGHT)
        async with real(tmp_path) as h:
            await h.engine.refresh("another collection")
            assert (await h.engine.snapshots([each]))[0].state is State.QUARANTINED
            await h.engine.refresh()
            (row,) = await h.engine.snapshots([each])
            assert (row.state, row.verification) == (State.DOWNLOADED, Verification.VERIFIED)
            target = tmp_path / "to" / "file.bin"
            assert target.read_bytes() == RIGHT
            assert row.is_file(target.stat().st_size, target.stat().st_mtime_ns)
            assert await h.engine.quarantined() == []
            await h.engine.refresh()
            assert (await h.engine.snapshots([each]))[0].state is State.DOWNLOADED


async def test_what_was_changed_by_hand_is_judged_once_and_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    matches = Disk.matches

    async def note(disk: Disk, path: Path, *args: object) -> Match | None:
        read.append(path)
        return await matches(disk, path, *args)  # type: ignore[arg-type]

    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            (kept,) = await h.engine.quarantined()
            other = contents(40_000, 9)
            Path(kept.path).write_bytes(other)
            monkeypatch.setattr(Disk, "matches", note)
            (again,) = await h.engine.quarantined()
            assert (again.path, again.size) == (kept.path, 40_000)
            assert again.problem is not None
            assert again.problem.arguments["sha256"] == hashlib.sha256(other).hexdigest()
            assert len(read) == 2
            await h.engine.quarantined()
            await h.engine.refresh()
            assert len(read) == 2, "it is known now"
            assert await h.engine.accept_quarantined([each]) == [each]
            (row,) = await h.engine.snapshots([each])
            assert (row.sha256, row.file_size) == (hashlib.sha256(other).hexdigest(), 40_000)
            assert await h.engine.verify(each) is None


async def test_what_cannot_be_brought_or_read_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            (kept,) = await h.engine.quarantined()
            target = tmp_path / "to" / "file.bin"
            target.write_text("of the user")
            put(Path(kept.path), RIGHT)
            assert len(await h.engine.quarantined()) == 1
            assert (target.read_text(), Path(kept.path).read_bytes()) == ("of the user", RIGHT)

            async def fail(*_args: object) -> Match | None:
                raise DiskFault(path=kept.path, detail="it stumbles")

            put(Path(kept.path), WRONG)
            monkeypatch.setattr(Disk, "matches", fail)
            assert len(await h.engine.quarantined()) == 1
            assert (await h.engine.snapshots([each]))[0].state is State.QUARANTINED


@pytest.mark.parametrize("data", [RIGHT, contents(50_000, 3)])
async def test_a_crash_after_what_was_made_right_was_brought_to_the_target_is_made_good(
    tmp_path: Path, data: bytes
) -> None:
    """C03 for a file that was judged again; another file than the right one is the user's, and nothing is kept."""
    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        target = tmp_path / "to" / "file.bin"
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            (kept,) = await h.engine.quarantined()
        put(Path(kept.path), data)
        Path(kept.path).rename(target)
        async with real(tmp_path) as h:
            await h.engine.refresh()
            (row,) = await h.engine.snapshots([each])
            assert target.read_bytes() == data
            if data != RIGHT:
                assert (row.state, row.problem) == (State.MISSING, None)
                return
            assert (row.state, row.verification) == (State.DOWNLOADED, Verification.VERIFIED)
            assert row.sha256 == hashlib.sha256(data).hexdigest()
            assert row.is_file(target.stat().st_size, target.stat().st_mtime_ns)
            assert await h.engine.verify(each) is None


async def test_what_is_kept_all_the_same_is_read_where_it_changed_after_it_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_back, other = Disk.bring_back, contents(50_000, 3)

    async def write_first(disk: Disk, path: Path, target: Path) -> tuple[int, int]:
        put(path, other)
        return await bring_back(disk, path, target)

    with FileOrigin() as origin:
        origin.add("/file.bin", WRONG)
        async with real(tmp_path) as h:
            each = await quarantined(h, promised(tmp_path / "to", origin, "/file.bin"))
            monkeypatch.setattr(Disk, "bring_back", write_first)
            assert await h.engine.accept_quarantined([each]) == [each]
            (row,) = await h.engine.snapshots([each])
            assert row.sha256 == hashlib.sha256(other).hexdigest()
            assert await h.engine.verify(each) is None
