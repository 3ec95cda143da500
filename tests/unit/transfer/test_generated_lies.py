"""Lies by the hundred: a file that is here is right, every failure has a name, and nothing goes on for ever."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

import anyio
import pytest

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.domain.checksum import Verification
from stabilitydl.errors import InternalError, StabilityError
from stabilitydl.transfer import fetch, plan
from tests.fakes.origin import FileOrigin
from tests.unit.transfer.lies import VALUES, Liar, Lie, pairs_of, some
from tests.unit.transfer.rig import Rig, noise, sha256

pytestmark = pytest.mark.anyio

BORDER = 64 * 1024
SIZES = (5 * BORDER - 3, 18 * BORDER + 1)
"""Bytes of the files: one that is checked where it is written, and one that a hasher follows."""

COUNT = 440
PIECES = 8
LONGEST = 300.0
"""Seconds of waiting for another try that a fetch may add up to; each byte that comes begins a new count of tries."""


@pytest.fixture(autouse=True)
def short_ranges(no_splits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several ranges, and connections beside each other, in files that are made of few bytes; and splits after all."""
    monkeypatch.setattr(plan, "BLOCK", BORDER)
    monkeypatch.setattr(plan, "SHORTEST_RANGE", BORDER)
    monkeypatch.setattr(plan, "SHORTEST_SPLIT", 2 * BORDER)
    monkeypatch.setattr(fetch, "SHORTEST_RANGE", BORDER)


async def bring(rig: Rig, origin: FileOrigin, lie: Lie, number: int) -> str:
    """What is wrong with how a fetch from a server that tells ``lie`` ended; empty where nothing is."""
    data = noise(SIZES[number % 2])
    other = noise(len(data) + 1)[1:]
    path = f"/{number}"
    origin.routes[path] = Liar(lie, data, other)
    rig.target = rig.target.parents[1] / str(number) / "model.safetensors"
    before = rig.clock.skipped
    checksum = sha256(data) if lie.checksum == "known" else ""
    size = len(data) if lie.size == "known" else None
    try:
        with anyio.fail_after(60):
            arrival = await rig.fetch(origin.url(path), size=size, checksum=checksum)
    except StabilityError as error:
        if isinstance(error, InternalError):
            return repr(error)
        if rig.target.exists():
            return f"a file is here after {error!r}"
        places = {found.name for found in rig.target.parent.iterdir()} if rig.target.parent.exists() else set()
        if not places <= {QUARANTINE, rig.part.name, f"{rig.part.name}.old"}:
            return f"left behind: {places}"
    except TimeoutError:
        return "no end"
    else:
        is_right = rig.target.read_bytes() == data
        if checksum and not (is_right and arrival.verification is Verification.VERIFIED):
            return f"{arrival} is wrong"
        if arrival.verification is Verification.VERIFIED and not checksum:
            return f"{arrival} was not verified by anything"
        if lie.is_told and not is_right:
            return f"{arrival} is wrong, and that could be seen"
        if rig.left != [rig.target.name]:
            return f"left behind: {rig.left}"
    if rig.clock.skipped - before > LONGEST:
        return f"waited {rig.clock.skipped - before:.0f} s"
    return ""


async def check(folder: Path, lies: list[tuple[int, Lie]], caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(folder)
    found: list[str] = []
    try:
        with FileOrigin() as origin, caplog.at_level(logging.WARNING):
            for number, lie in lies:
                problem = await bring(rig, origin, lie, number)
                if problem:
                    found.append(f"{number}: {lie}: {problem}")
    finally:
        await rig.aclose()
    assert found == []
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


def test_every_pair_of_values_occurs() -> None:
    lies = some(COUNT)
    assert len(set(lies)) == COUNT
    together = set[tuple[int, object, int, object]]().union(*map(pairs_of, lies))
    for first, second in itertools.combinations(range(len(VALUES)), 2):
        for one, other in itertools.product(VALUES[first], VALUES[second]):
            assert (first, one, second, other) in together


@pytest.mark.parametrize("piece", range(PIECES))
async def test_no_lie_leaves_wrong_bytes(tmp_path: Path, piece: int, caplog: pytest.LogCaptureFixture) -> None:
    """H01, H02, H03, H04, H05, H06, H07, H08, H09, H10, H11, H12, H13"""
    await check(tmp_path, list(enumerate(some(COUNT)))[piece::PIECES], caplog)


@pytest.mark.slow
@pytest.mark.parametrize("piece", range(PIECES))
async def test_no_lie_of_thousands_leaves_wrong_bytes(
    tmp_path: Path, piece: int, caplog: pytest.LogCaptureFixture
) -> None:
    await check(tmp_path, list(enumerate(some(5000)))[COUNT + piece :: PIECES], caplog)
