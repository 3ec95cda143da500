from __future__ import annotations

from collections.abc import Iterator

import pytest

from stabilitydl.demo import process as module
from stabilitydl.demo.process import HubProcess

from .browser import Browser


@pytest.fixture(autouse=True)
def time_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub is ended by force only because the machine is slow."""
    monkeypatch.setattr(module, "END_SECONDS", 60.0)


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
