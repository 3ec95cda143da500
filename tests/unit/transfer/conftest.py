"""A rig that ends with the test, and origins that are always there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes.origin import FileOrigin
from tests.fakes.transfer import never_split
from tests.unit.transfer.rig import Rig


@pytest.fixture
def no_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    never_split(monkeypatch)


@pytest.fixture
async def rig(tmp_path: Path, no_splits: None) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    await rig.aclose()


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as origin:
        yield origin
