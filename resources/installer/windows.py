"""The installer for Windows, made of a bundle by NSIS. It compiles; nobody has run it yet."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import icons, source
from .archive import entries
from .freeze import NAME
from .sizes import weight

SCRIPT = source.TEMPLATES / "stabilitydl.nsi"


def can_build() -> bool:
    """Is NSIS here?"""
    return shutil.which("makensis") is not None


def build(bundle: Path, target: Path) -> Path:
    """Make the installer of a bundle, below the folder ``target``; its path.

    Raises CalledProcessError when the script does not compile; a warning counts.
    """
    path = target / f"{NAME}-{source.version()}-windows-setup.exe"
    icon = target / f"{NAME}.ico"
    listed = target / "uninstall.nsh"
    icon.write_bytes(icons.ico())
    listed.write_text(removals(bundle), "utf-8-sig")
    values = {
        "VERSION": source.version(),
        "BUNDLE": str(bundle),
        "ICON": str(icon),
        "REMOVALS": str(listed),
        "OUTPUT": str(path),
        "SIZE_KIB": str(weight(bundle) // 1024),
    }
    command = [
        "makensis",
        "-V2",
        "-WX",
        "-INPUTCHARSET",
        "UTF8",
        *(f"-D{name}={value}" for name, value in values.items()),
    ]
    try:
        subprocess.run([*command, str(SCRIPT)], env=source.environment(), check=True)
    finally:
        icon.unlink()
        listed.unlink()
    return path


def removals(bundle: Path) -> str:
    """What the uninstaller removes: every file and folder of the bundle by name, and nothing else."""
    lines = []
    for path in reversed(entries(bundle)):
        place = str(path.relative_to(bundle)).replace("/", "\\")
        lines.append(
            f'RMDir "$INSTDIR\\{place}"' if path.is_dir() and not path.is_symlink() else f'Delete "$INSTDIR\\{place}"'
        )
    return "\r\n".join(lines) + "\r\n"
