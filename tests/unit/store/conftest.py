from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "stabilitydl.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store.open(path)
    yield opened
    opened.close()


@pytest.fixture
def other(store: Store, path: Path) -> Iterator[Store]:
    """A second connection to the database of ``store``."""
    opened = Store.open(path)
    yield opened
    opened.close()
