"""The frozen programs as processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.e2e.program import Program

_LOOPBACK = Path(__file__).with_name("loopback.py")


class Frozen(Program):
    """A program of the bundle with a home of its own, in an environment that knows no Python, and without a network.

    ``has_network`` lets it see the servers of the test.
    """

    def __init__(self, executable: Path, home: Path, *, has_network: bool = False, **variables: str) -> None:
        super().__init__(home, **variables)
        self.executable = executable
        self._has_network = has_network

    @property
    def command(self) -> Sequence[str]:
        if self._has_network:
            return (str(self.executable),)
        return ("unshare", "--net", sys.executable, str(_LOOPBACK), str(self.executable))

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "user"),
            "STABILITYDL_HOME": str(self.home),
            **self._variables,
        }
