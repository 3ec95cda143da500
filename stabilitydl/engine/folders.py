"""The folders that were downloaded into, in a file of their own: where to look when the database is lost."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

_log = logging.getLogger("stabilitydl.engine")


class Folders:
    """One line of JSON for each folder. Blocks; a file that cannot be read or written is only less to go by."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noted: set[str] | None = None

    def known(self) -> list[str]:
        """The absolute folders, in the order in which they came; lines that are none are passed over."""
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        found: dict[str, None] = {}
        for line in lines:
            try:
                folder = json.loads(line)
            except ValueError:
                continue
            if isinstance(folder, str) and os.path.isabs(folder):  # noqa: PTH117 - a text stays a text
                found[folder] = None
        return list(found)

    def note(self, folder: str) -> None:
        """Remember ``folder``, durably."""
        if self._noted is None:
            self._noted = set(self.known())
        if folder in self._noted or not folder:
            return
        self._noted.add(folder)
        try:
            with self._path.open("ab") as file:
                # A line that a crash cut short ends here.
                file.write(b"\n" * (file.tell() > 0) + json.dumps(folder).encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            _log.warning("the list of folders cannot be written: %s", error)

    def __repr__(self) -> str:
        return f"<Folders {self._path}>"
