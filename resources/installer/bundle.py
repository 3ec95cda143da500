"""What goes into the frozen bundle, and what stays out of it. ``build.spec`` asks this module.

Of Qt only what a program with widgets shows and reads is taken; of the libraries of a Linux system only those that not
every desktop has. The rest of both is listed by `sizes`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import icons, platforms, source
from .inventory import write_inventory
from .notices import parts_of, write_notices
from .source import PACKAGE, RESOURCES, ROOT

ENTRIES = Path(__file__).resolve().parent / "entries"
LIBRARIES = "lib"
"""The folder of the bundle that holds everything but its programs."""
LISTING = "bundle.json"
"""Written into the folder of the build: what is in the bundle, and what was left out."""

CAN_STRIP = sys.platform.startswith("linux")

Entry = tuple[str, str, str]
"""PyInstaller's description of a file: its place in the bundle, its source, its kind."""

SHIPPED = ("icons", "style", "translations", "desktop")
"""Folders of ``resources/`` that the program reads."""

UNUSED_MODULES = [
    # Never imported by anything that the program calls.
    *("tkinter", "unittest", "doctest", "pdb", "pydoc", "pydoc_data", "sqlite3", "curses", "readline", "lib2to3"),
    *("_statistics", "_uuid"),
    *("pygments", "markdown_it", "mdurl", "pydantic.v1", "pydantic.mypy", "pycparser", "setuptools", "pip"),
    *("PySide6.QtNetwork", "PySide6.QtOpenGL", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtPdf"),
    # What libraries take where it happens to be installed, so that a bundle does not depend on that.
    *("anyio.pytest_plugin", "_pytest", "pytest", "hypothesis", "trio", "uvloop", "httpx._main", "IPython", "attr"),
    *("requests", "urllib3", "yaml", "chardet", "charset_normalizer", "h2", "brotli", "brotlicffi", "zstandard"),
    # Ways to a keyring that need what a bundle cannot bring along; the one over D-Bus needs neither.
    *("gi", "dbus"),
]

QT_PLUGINS = {
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qminimal", "qwindows", "qcocoa"},
    "imageformats": {"qjpeg", "qwebp", "qgif", "qsvg", "qico"},
    "iconengines": {"qsvgicon"},
    "platformthemes": {"qxdgdesktopportal"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "wayland-shell-integration": {"xdg-shell"},
    "wayland-decoration-client": {"bradient", "adwaita"},
    "styles": {"qmodernwindowsstyle", "qwindowsvistastyle", "qmacstyle"},
}
"""What is taken of Qt's plugins, by kind."""

SYSTEM_LIBRARIES = (r"libpython3\.", *platforms.PYTHON_LIBRARIES, *platforms.WINDOW_LIBRARIES)
"""What a Linux bundle brings along of the system it is built on: what Python is linked with, and the libraries of Qt's
X11 platform that desktops without Qt often lack. Everything else (C, C++, GLib, X11, fonts, D-Bus) is the system's:
graphics drivers and settings come with it."""

_QT_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/(?P<kind>[\w-]+)/(?:lib)?(?P<name>[\w-]+?)\.(?:so|dll|dylib)")
_QT_TRANSLATION = re.compile(r"PySide6/(?:Qt/)?translations/(?P<name>\w+)\.qm")
_SYSTEM = re.compile(r"(?:/usr)?/lib(?:64)?/")
_METADATA = re.compile(r"[^/]+\.dist-info/(?P<name>.+)")


@dataclass(frozen=True)
class Chosen:
    """The parts of a bundle, as PyInstaller's lists of entries."""

    modules: list[Entry]
    binaries: list[Entry]
    data: list[Entry]


def hidden_imports() -> list[str]:
    """Modules that no import statement names: our own are imported late, those of others by name at run time."""
    from PyInstaller.utils.hooks import collect_submodules

    ours = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(PACKAGE.rglob("*.py"))]
    others = [*collect_submodules("keyring.backends"), *collect_submodules("rich._unicode_data")]
    return [*(name.removesuffix(".__init__") for name in ours), "anyio._backends._asyncio", *others]


def data_files() -> list[tuple[str, str]]:
    """Files that are no code, with their folder in the bundle."""
    from PyInstaller.utils.hooks import copy_metadata

    shipped = [(str(RESOURCES / name), f"resources/{name}") for name in SHIPPED]
    # Versions, and the backends of keyring, are looked up in the metadata of distributions.
    return [*shipped, *(each for name in source.dependencies() for each in copy_metadata(name))]


def choose(analysis: Any, work: Path) -> Chosen:
    """What of the things that PyInstaller found goes into the bundle.

    Notices, inventory and listing are written to ``work``.
    """
    binaries = _reachable([entry for entry in analysis.binaries if _is_wanted(entry)])
    kept = {entry[0] for entry in binaries}
    data = [
        entry
        for entry in analysis.datas
        if (entry[1] in kept if entry[2] == "SYMLINK" else _is_wanted_data(entry[0].replace(os.sep, "/")))
    ]
    modules = list(analysis.pure)
    parts = list(parts_of(entry[1] for entry in (*binaries, *modules, *data)))
    told = (write_notices(work, parts), write_inventory(work, parts))
    data += [(f"resources/licences/{path.name}", str(path), "DATA") for path in told]
    left = [entry for entry in (*analysis.binaries, *analysis.datas) if entry not in (*binaries, *data)]
    _write_listing(work / LISTING, taken=[*binaries, *data], left=left)
    return Chosen(sorted(modules), sorted(binaries), sorted(data))


def _is_wanted(entry: Entry) -> bool:
    place, source, _ = entry
    plugin = _QT_PLUGIN.match(place.replace(os.sep, "/"))
    if plugin is not None:
        return plugin["name"] in QT_PLUGINS.get(plugin["kind"], ())
    if sys.platform.startswith("linux") and _SYSTEM.match(source):
        return any(re.match(pattern, Path(source).name) for pattern in SYSTEM_LIBRARIES)
    return True


def _is_wanted_data(place: str) -> bool:
    translation = _QT_TRANSLATION.match(place)
    if translation is not None:
        ours = {path.stem.removeprefix("stabilitydl_") for path in (RESOURCES / "translations").glob("*.qm")}
        return translation["name"] in {f"qtbase_{locale}" for locale in ours}
    if place.endswith((".ts", "/py.typed")):
        return False
    metadata = _METADATA.match(place)
    # RECORD and its like say where and how something was installed, which differs from machine to machine.
    return metadata is None or metadata["name"] in ("METADATA", "entry_points.txt")


def _reachable(entries: Sequence[Entry]) -> list[Entry]:
    """Without libraries of Qt and of the system that nothing needs any more."""
    from PyInstaller.depend.bindepend import get_imports

    optional = {Path(entry[0]).name.lower(): entry for entry in entries if _is_optional(entry)}
    found = [entry for entry in entries if not _is_optional(entry)]
    for entry in found:
        for name, _ in get_imports(entry[1]):
            needed = optional.pop(Path(name).name.lower(), None)
            if needed is not None:
                found.append(needed)
    return found


def _is_optional(entry: Entry) -> bool:
    """Is it there only because something else is linked with it?"""
    place, source, kind = entry[0].replace(os.sep, "/"), entry[1], entry[2]
    if kind != "BINARY" or _QT_PLUGIN.match(place):
        return False
    return place.startswith("PySide6/") or _SYSTEM.match(source) is not None


def _write_listing(path: Path, taken: Iterable[Entry], left: Iterable[Entry]) -> None:
    def sized(entries: Iterable[Entry]) -> dict[str, int]:
        return {
            entry[0].replace(os.sep, "/"): Path(entry[1]).stat().st_size
            for entry in sorted(entries)
            if entry[2] != "SYMLINK"
        }

    path.write_text(json.dumps({"taken": sized(taken), "left": sized(left)}, indent=1), "utf-8")


def scripts_of(analysis: Any, entry: str) -> list[Entry]:
    """What a program of the bundle runs: our environment, and its own entry.

    PyInstaller's own scripts are left out. They prepare modules that the program does not use, and the one for Qt
    loads it, also where only the command line runs.
    """
    names = {script.stem for script in ENTRIES.glob("*.py")} - {entry}
    others = names - {"environment"}
    return [script for script in analysis.scripts if script[0] not in others and not script[0].startswith("pyi_rth_")]


def icon(work: Path) -> str | None:
    """The file with the icon of the programs, made of the drawing; None where programs have none."""
    return icons.write_program_icon(work)
