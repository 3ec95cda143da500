"""The checkout that is built: where it lies, its version, and the one time that everything made of it carries."""

from __future__ import annotations

import os
import re
import subprocess
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
PACKAGE = ROOT / "stabilitydl"
TEMPLATES = Path(__file__).resolve().parent

_EPOCH = "SOURCE_DATE_EPOCH"
_BEFORE_GIT = 1_767_225_600
"""2026-01-01, for a source archive that knows no commit."""


def version() -> str:
    """The version of the program, from its package."""
    found = re.search(r'__version__ = "(.+)"', (PACKAGE / "__init__.py").read_text("utf-8"))
    assert found is not None
    return found[1]


def dependencies() -> list[str]:
    """The names of the distributions that the program needs, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [re.split(r"[\[<>=!~ ]", need)[0] for need in project["dependencies"]]


def epoch() -> int:
    """Seconds since 1970 of everything that is made: ``SOURCE_DATE_EPOCH``, else the time of the commit."""
    if os.environ.get(_EPOCH):
        return int(os.environ[_EPOCH])
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return _BEFORE_GIT


def date(form: str = "%Y-%m-%d") -> str:
    """The day of `epoch`, in UTC."""
    return time.strftime(form, time.gmtime(epoch()))


def environment() -> dict[str, str]:
    """The variables under which two builds of one commit come out the same."""
    return {**os.environ, _EPOCH: str(epoch()), "PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
