"""Lies by the hundred: a file that is here is right, every failure has a name, and nothing goes on for ever."""

from __future__ import annotations

import itertools
import logging
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

import anyio
import pytest

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.domain.checksum import Verification
from stabilitydl.errors import InternalError, StabilityError
from stabilitydl.transfer import fetch, plan, probe
from stabilitydl.transfer.order import Arrival
from tests.fakes.origin import FileOrigin
from tests.unit.transfer.lies import TRUTH, VALUES, Liar, Lie, pairs_of, some
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
    monkeypatch.setattr(probe, "SHORTEST_RANGE", BORDER)


async def bring(rig: Rig, origin: FileOrigin, lie: Lie, number: int) -> str:
    """What is wrong with how a fetch from a server that tells ``lie`` ended; empty where nothing is."""
    data = noise(SIZES[number % 2])
    other = noise(len(data) + 1)[1:]
    path = f"/{number}"
    origin.routes[path] = liar = Liar(lie, data, other)
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
        if not places <= {QUARANTINE}:
            return f"left behind: {places}"
    except TimeoutError:
        return "no end"
    else:
        problem = what_is_wrong_with(rig, arrival, liar, checksum)
        if problem:
            return problem
    if rig.clock.skipped - before > LONGEST:
        return f"waited {rig.clock.skipped - before:.0f} s"
    return ""


def what_is_wrong_with(rig: Rig, arrival: Arrival, liar: Liar, checksum: str) -> str:
    """What is wrong with the file that is here; empty where nothing is."""
    lie, came = liar.lie, rig.target.read_bytes()
    is_right = came == liar.versions[0]
    if checksum and not (is_right and arrival.verification is Verification.VERIFIED):
        return f"{arrival} is wrong"
    if arrival.verification is Verification.VERIFIED and not checksum:
        return f"{arrival} was not verified by anything"
    if lie.is_told and not is_right:
        return f"{arrival} is wrong, and that could be seen"
    if lie.names_versions and not lie.is_shorter and came not in liar.versions:
        return f"{arrival} is of several versions, and that could be seen"
    return "" if rig.left == [rig.target.name] else f"left behind: {rig.left}"


async def check(folder: Path, lies: list[tuple[int, Lie]], caplog: pytest.LogCaptureFixture) -> None:
    """Nothing may be wrong with how any of ``lies`` ends; each has a number of its own."""
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


VERSIONS = [
    replace(TRUTH, sent=sent, validator=validator, when=when, checksum=checksum, size=size)
    for sent in ("other from then on", "other", "asked")
    for validator in get_args(get_type_hints(Lie)["validator"])
    for when in get_args(get_type_hints(Lie)["when"])
    for checksum in ("known", "unknown")
    for size in ("known", "unknown")
]
"""Files that change or seem to, in every way in which an answer can name what it is a part of; all else is true."""


@pytest.mark.parametrize("piece", range(PIECES))
async def test_no_two_versions_are_mixed(tmp_path: Path, piece: int, caplog: pytest.LogCaptureFixture) -> None:
    """H04, H07, H08"""
    await check(tmp_path, list(enumerate(VERSIONS))[piece::PIECES], caplog)


def test_most_ways_to_change_can_be_seen() -> None:
    """Else the test before would pass whatever came."""
    changing = [lie for lie in VERSIONS if lie.sent == "other from then on" and lie.checksum == "unknown"]
    seen = {(lie.validator, lie.when) for lie in changing if lie.names_versions}
    for validator in ("changing", "weak changing", "weak of version", "date of version", "strong, then weak"):
        assert {(validator, when) for when in ("always", "first", "later", "once")} <= seen
    assert ("none", "always") not in seen
    assert ("strong", "always") not in seen


@pytest.mark.slow
@pytest.mark.parametrize("piece", range(PIECES))
async def test_no_lie_of_thousands_leaves_wrong_bytes(
    tmp_path: Path, piece: int, caplog: pytest.LogCaptureFixture
) -> None:
    await check(tmp_path, list(enumerate(some(5000)))[COUNT + piece :: PIECES], caplog)
