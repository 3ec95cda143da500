"""What one system asks of a bundle and the others do not."""

from __future__ import annotations

import sys
from typing import Any

PYTHON_LIBRARIES = (r"libssl\.", r"libcrypto\.", r"libffi\.", r"liblzma\.", r"libbz2\.")
"""Libraries of a Linux system that Python is linked with, as regular expressions of file names."""

WINDOW_LIBRARIES = (
    *(r"libxcb-cursor\.", r"libxcb-icccm\.", r"libxcb-image\.", r"libxcb-keysyms\.", r"libxcb-render-util\."),
    *(r"libxcb-util\.", r"libxcb-xkb\.", r"libxcb-xinerama\.", r"libxkbcommon-x11\.", r"libxkbcommon\."),
)
"""Libraries of a Linux system that Qt's window on X11 needs and a desktop may lack. PyInstaller takes none of
Wayland's: they come with a desktop that speaks it."""

MAC_IDENTIFIER = "io.github.stabilitydl"

FILE_KINDS = {
    "application/x-stabilitydl-lockfile": ("stabilitydl lockfile", ("lock.toml",)),
    "application/metalink4+xml": ("Metalink", ("meta4",)),
    "application/metalink+xml": ("Metalink (version 3)", ("metalink",)),
}
"""Kinds of files that the window opens: a name, and the ends of their names."""


def windows_version(name: str, version: str) -> Any:
    """The version resource of a program on Windows; None elsewhere."""
    if sys.platform != "win32":
        return None
    from PyInstaller.utils.win32 import versioninfo as kinds

    numbers = tuple(int(part) for part in (*version.split("."), "0", "0", "0")[:4] if part.isdigit())
    numbers = (*numbers, 0, 0, 0, 0)[:4]
    texts = {
        "FileDescription": "stabilitydl, a download manager for AI models",
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "MIT licence",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "stabilitydl",
        "ProductVersion": version,
    }
    return kinds.VSVersionInfo(
        ffi=kinds.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            kinds.StringFileInfo(
                [kinds.StringTable("040904B0", [kinds.StringStruct(*each) for each in texts.items()])]
            ),
            kinds.VarFileInfo([kinds.VarStruct("Translation", [0x0409, 1200])]),
        ],
    )


def mac_properties(version: str) -> dict[str, Any]:
    """Info.plist of the application on macOS: links, kinds of files, and languages."""
    return {
        "CFBundleDisplayName": "stabilitydl",
        "CFBundleExecutable": "stabilitydl-window",
        "CFBundleShortVersionString": version,
        "CFBundleLocalizations": ["en", "zh_CN"],
        "CFBundleURLTypes": [{"CFBundleURLName": MAC_IDENTIFIER, "CFBundleURLSchemes": ["stabilitydl"]}],
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": title,
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "CFBundleTypeExtensions": [ends[0].rpartition(".")[2]],
            }
            for title, ends in FILE_KINDS.values()
        ],
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSMinimumSystemVersion": "12.0",
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticGraphicsSwitching": True,
    }
