from __future__ import annotations

from collections.abc import Iterator

import pytest

from stabilitydl.demo.process import HubProcess

from .browser import Browser


@pytest.fixture(scope="module")
def hub() -> Iterator[HubProcess]:
    """A demo hub in a process of its own."""
    process = HubProcess()
    yield process
    process.stop()


@pytest.fixture
def browser(hub: HubProcess, endpoint: str) -> Iterator[Browser]:
    browser = Browser(endpoint)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def endpoint(hub: HubProcess) -> str:
    return hub.wait_ready()
