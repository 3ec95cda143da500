"""The program without a single sync of the write path: what stays is what syncing is measured against.

``python -m tests.bench.unsynced`` takes the arguments of the program. Nothing that it writes survives a power cut.
"""

from __future__ import annotations

import sys

from stabilitydl.__main__ import main
from stabilitydl.disk.system import system


def _leave_data(descriptor: int) -> None:
    """The bytes stay where they are, in memory."""


def _leave_folder(path: str) -> None:
    """The names stay there, too."""


if __name__ == "__main__":
    system.sync_data, system.sync_folder = _leave_data, _leave_folder
    sys.exit(main())
