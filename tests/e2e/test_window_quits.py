"""A few ends of the window; ``python -m tests.soak quits`` has all of them, many times."""

from pathlib import Path

import pytest

from tests.soak.quits import WAYS, Soak

pytestmark = pytest.mark.gui

SOME = ("Ctrl+Q", "early SIGTERM", "close, stop and keep", "session while asked", "SIGHUP while busy", "second start")


def test_the_window_ends_without_a_word_and_loses_nothing(tmp_path: Path) -> None:
    with Soak(tmp_path, seed=1, with_display=False) as soak:
        for way in WAYS:
            if way.name in SOME:
                outcome = soak.run(way)
                assert outcome.is_good, outcome
        assert soak.finish() == ""
