"""What a desktop and its shells read of a program: the tree below ``/usr/share``."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from . import commands, completions, icons, manual, source

DESKTOP = source.RESOURCES / "desktop"


def write_share(target: Path) -> None:
    """Write the tree into the folder ``target``."""
    root, children = commands.program()
    themes = target / "icons" / "hicolor"
    for side in icons.SIDES:
        _write(themes / f"{side}x{side}" / "apps" / "stabilitydl.png", icons.png(side))
    _copy(icons.DRAWING, themes / "scalable" / "apps" / "stabilitydl.svg")
    _copy(DESKTOP / "stabilitydl.desktop", target / "applications" / "stabilitydl.desktop")
    _copy(DESKTOP / "stabilitydl.xml", target / "mime" / "packages" / "stabilitydl.xml")
    _write(target / "metainfo" / "io.github.stabilitydl.metainfo.xml", metainfo().encode())
    pages = {"stabilitydl": manual.page(root, children), "stabilitydl-window": manual.window_page()}
    for name, page in pages.items():
        _write(target / "man" / "man1" / f"{name}.1.gz", packed(page))
    _write(target / "bash-completion" / "completions" / "stabilitydl", completions.bash(root, children).encode())
    _write(target / "zsh" / "vendor-completions" / "_stabilitydl", completions.zsh(root, children).encode())
    _write(target / "fish" / "vendor_completions.d" / "stabilitydl.fish", completions.fish(root, children).encode())


def metainfo() -> str:
    """What software centres show, with this release as the newest."""
    text = (DESKTOP / "io.github.stabilitydl.metainfo.xml").read_text("utf-8")
    release = f'<release version="{source.version()}" date="{source.date()}"/>'
    return text.replace("<releases/>", f"<releases>\n    {release}\n  </releases>")


def packed(text: str) -> bytes:
    """``text`` as gzip writes it, with the time of the source."""
    return gzip.compress(text.encode(), 9, mtime=0)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
