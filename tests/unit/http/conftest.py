"""A client that goes straight to loopback servers, and an authority that vouches for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.http.client import HttpClient
from stabilitydl.http.proxies import Proxies
from tests.fakes.nginx import Authority, make_authority


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(SystemClock(), proxies=Proxies({}))
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"), "localhost", "127.0.0.1", "civitai.com", "cdn.test")
