"""What is installed: the program, the libraries it stands on, and the files that come with it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import apsw

from ... import __version__
from ...paths import resource_path
from .finding import Finding, note, ok, trouble

LIBRARIES = ("anyio", "apsw", "blake3", "httpx", "keyring", "msgspec", "truststore")
"""What stands between the program and the system, by the names of the distributions."""

WINDOW = "pyside6-essentials"
BROKEN_WINDOW = (6, 12)
"""From this version on, PySide6 on Python 3.11 loses a reference with every signal, and ends the program in time."""

RESOURCES = ("icons/stabilitydl.svg", "style/stabilitydl.qss", "translations/stabilitydl_zh_CN.qm")

_AGAIN = "Install stabilitydl again."


def check() -> Iterator[Finding]:
    """Program, libraries, window, resources."""
    kind = "bundle" if getattr(sys, "frozen", False) else f"Python {platform.python_version()}"
    package = sys.modules[__name__.partition(".")[0]]
    place = Path(sys.executable if getattr(sys, "frozen", False) else str(package.__file__)).resolve().parent
    yield ok("program", f"stabilitydl {__version__}, {kind}, {platform.system()} {platform.machine()}, in {place}")
    yield _libraries()
    yield _window()
    yield _resources()


def _libraries() -> Finding:
    versions = {name: version_of(name) for name in LIBRARIES}
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        return trouble("libraries", f"Missing: {', '.join(missing)}.", _AGAIN)
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return ok("libraries", f"{told}, SQLite {apsw.sqlite_lib_version()}")


def _window() -> Finding:
    version = version_of(WINDOW)
    if version is None:
        return note("window", "PySide6 is not installed; the command line works.", "Install it to have the window.")
    if tuple(int(part) for part in version.split(".")[:2]) >= BROKEN_WINDOW and sys.version_info < (3, 12):
        return trouble(
            "window",
            f"PySide6 {version} ends the window after some thousand updates on Python 3.11.",
            f"Install {WINDOW} older than {'.'.join(map(str, BROKEN_WINDOW))}.",
        )
    return ok("window", f"PySide6 {version}")


def _resources() -> Finding:
    missing = []
    for name in RESOURCES:
        try:
            resource_path(name)
        except FileNotFoundError:
            missing.append(name)
    if missing:
        return trouble("resources", f"Missing: {', '.join(missing)}.", _AGAIN)
    return ok("resources", "icons, style and translations are there")


def version_of(distribution: str) -> str | None:
    """The version of an installed distribution, None where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
