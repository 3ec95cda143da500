"""Answers of real hubs, recorded by others, from the folder that STABILITYDL_HUB_FIXTURES names.

They are no part of the project. A test module that needs them calls ``need_recordings()`` first.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")


def need_recordings() -> None:
    """Skip the module that is being imported where there are none."""
    if not FOLDER:
        pytest.skip("STABILITYDL_HUB_FIXTURES names no folder of recorded answers", allow_module_level=True)


def recorded(name: str) -> Any:
    """The answer in the file ``name``, which is relative to the folder."""
    return json.loads((Path(FOLDER) / name).read_text(encoding="utf-8"))


def tree_of(siblings: list[dict[str, Any]]) -> bytes:
    """The tree of a repository, in the shape of recorded ones, that belongs to the siblings of recorded metadata."""
    entries = []
    for number, sibling in enumerate(siblings):
        entry = {"type": "file", "path": sibling["rfilename"], "oid": sibling.get("blobId", f"{number:040x}")}
        entry["size"] = sibling.get("size", number)
        if lfs := sibling.get("lfs"):
            entry["lfs"] = {"oid": lfs["sha256"], "size": lfs["size"], "pointerSize": lfs["pointerSize"]}
        entries.append(entry)
    return json.dumps(entries).encode()
