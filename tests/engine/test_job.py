"""One resource from the queue to its end: every state, every outcome."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from stabilitydl import errors
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State, WaitReason
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.transfer import FakeFetch, fail, hold

pytestmark = pytest.mark.anyio


async def test_a_file_arrives(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        (row,) = await h.settled(ids)
        assert h.states(ids[0]) == [
            State.QUEUED,
            State.RESOLVING,
            State.DOWNLOADING,
            State.VERIFYING,
            State.DOWNLOADED,
        ]
        assert (row.state, row.verification, row.file_size) == (State.DOWNLOADED, Verification.VERIFIED, row.received)
        assert Path(row.target or "").read_bytes() == FakeFetch.content("a.bin")
        (event,) = h.downloads()
        assert (event.path, event.fetched, event.sha256) == (row.target, event.bytes, row.sha256)
        (attempt,) = await h.engine.attempts(ids[0])
        assert (attempt.outcome, attempt.bytes, attempt.host) == (Outcome.DOWNLOADED, event.bytes, "fake.test")
