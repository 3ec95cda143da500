"""Whether the desktop opens ``stabilitydl://`` links with this program, and how that is changed.

By the rules of freedesktop.org: a desktop entry in the user's own applications folder names the program (Desktop Entry
Specification, "The Exec key"), and ``mimeapps.list`` says who opens what (Association between MIME types and
applications). ``xdg-mime`` knows where each desktop wants that written; where it is missing, the entry alone has to do.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..paths import frozen_program, resource_path

ENTRY = "stabilitydl.desktop"
TYPE = "x-scheme-handler/stabilitydl"
PROGRAM = "stabilitydl-window"
PATIENCE = 5.0
"""Seconds for a helper of the desktop."""
_LISTS = ("mimeapps.list", "applications/mimeapps.list")
_DEFAULTS = "[Default Applications]"


@dataclass(frozen=True)
class DesktopLinks:
    """``program`` is the absolute path of the window; ``data`` and ``config`` are the user's XDG folders. All calls
    block, and raise OSError where a file cannot be read or written."""

    program: Path
    data: Path
    config: Path

    @classmethod
    def of_user(cls, environ: Mapping[str, str] | None = None) -> DesktopLinks | None:
        """Those of this user; None on systems with other rules, and where the program is not installed."""
        program = None if sys.platform in ("win32", "darwin") else installed()
        if program is None:
            return None
        variables = os.environ if environ is None else environ
        # Relative paths are to be ignored (XDG Base Directory Specification).
        data, config = (Path(variables.get(name, "")) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"))
        return cls(
            program,
            data if data.is_absolute() else Path.home() / ".local" / "share",
            config if config.is_absolute() else Path.home() / ".config",
        )

    @property
    def entry(self) -> Path:
        """The desktop entry."""
        return self.data / "applications" / ENTRY

    def is_ours(self) -> bool:
        """Do links open this program?"""
        try:
            lines = self.entry.read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        return self._exec() in lines and self._default() in ("", ENTRY)

    def take(self) -> bool:
        """Let links open this program; did it work?"""
        own = {
            "Exec": f"TryExec={self.program}\n{self._exec()}",
            "Icon": f"Icon={resource_path('icons/stabilitydl.svg')}",
        }
        template = resource_path(f"desktop/{ENTRY}").read_text(encoding="utf-8").splitlines()
        text = "".join(f"{own.get(line.partition('=')[0], line)}\n" for line in template)
        _replace(self.entry, text)
        self._run("update-desktop-database", str(self.entry.parent))
        self._run("xdg-mime", "default", ENTRY, TYPE)
        return self.is_ours()

    def give_back(self) -> bool:
        """Let links open whatever they opened before; do they still open this program?"""
        for name in _LISTS:
            path = (self.config if "/" not in name else self.data) / name
            with contextlib.suppress(FileNotFoundError):
                before = path.read_text(encoding="utf-8")
                after = _without_entry(before)
                if after != before:
                    _replace(path, after)
        self.entry.unlink(missing_ok=True)
        self._run("update-desktop-database", str(self.entry.parent))
        return self.is_ours()

    def _exec(self) -> str:
        return f"Exec={_quoted(str(self.program))} %U"

    def _default(self) -> str:
        """The entry that the user's lists name, empty where they name none."""
        for name in _LISTS:
            path = (self.config if "/" not in name else self.data) / name
            with contextlib.suppress(FileNotFoundError):
                for group, line in _grouped(path.read_text(encoding="utf-8")):
                    if group == _DEFAULTS and line.startswith(f"{TYPE}="):
                        return line.partition("=")[2].split(";")[0]
        return ""

    def _run(self, tool: str, *words: str) -> None:
        """Call a helper of the desktop, if it is there. What it cannot do shows in the files afterwards."""
        path = shutil.which(tool)
        if path is None:
            return
        variables = {**os.environ, "XDG_DATA_HOME": str(self.data), "XDG_CONFIG_HOME": str(self.config)}
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                [path, *words],
                check=False,
                timeout=PATIENCE,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


def installed() -> Path | None:
    """The program that desktops start, None where it is not installed as one."""
    frozen = frozen_program()
    found = (frozen or Path(sys.executable)).with_name(PROGRAM)
    return found.absolute() if found.is_file() else None


def _quoted(path: str) -> str:
    """One argument of an Exec line: in quotes, with an escape before what a shell would heed, ``%`` doubled; and each
    backslash twice, because it is in a value of type string."""
    inner = re.sub(r'(["`$\\])', r"\\\1", path).replace("%", "%%")
    return '"{}"'.format(inner.replace("\\", "\\\\"))


def _grouped(text: str) -> list[tuple[str, str]]:
    """Each line with the group that it is in."""
    group, found = "", []
    for line in text.splitlines():
        if line.startswith("["):
            group = line.strip()
        found.append((group, line))
    return found


def _without_entry(text: str) -> str:
    """A ``mimeapps.list`` in which this program does not open links any more; everything else stays as it is."""
    kept = [_without_us(line) if line.partition("=")[0].strip() == TYPE else line for line in text.splitlines()]
    return "\n".join(line for line in kept if line is not None) + ("\n" if text.endswith("\n") else "")


def _without_us(line: str) -> str | None:
    key, _, value = line.partition("=")
    names = [name for name in value.split(";") if name]
    if ENTRY not in names:
        return line
    others = [name for name in names if name != ENTRY]
    return f"{key}={';'.join(others)};" if others else None


def _replace(path: Path, text: str) -> None:
    """Write a file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
