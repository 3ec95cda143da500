"""Waiting for another process is quick in tests: with the machine's clock nobody moves the time."""

from __future__ import annotations

import pytest

from stabilitydl.engine import remedies


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedies, "PROCESS_POLL", 0.05)
