"""What the tests of hubs share: a loopback server, a client, and a clock for which all waiting is over at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from stabilitydl.http.client import HttpClient
from tests.fakes.origin import FileOrigin

from .hasty import HastyClock


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as server:
        yield server


@pytest.fixture
def clock() -> HastyClock:
    return HastyClock()


@pytest.fixture
async def client(clock: HastyClock) -> AsyncIterator[HttpClient]:
    made = HttpClient(clock)
    yield made
    await made.aclose()
