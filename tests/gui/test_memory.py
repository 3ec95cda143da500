"""What the window remembers: kept in a small file, and defaults where that is damaged."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray

from stabilitydl.domain.states import Tab
from stabilitydl.gui.memory import Memory


def test_what_is_remembered_is_there_at_the_next_start(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "config")
    memory.remember("geometry", QByteArray(b"\x00\x01\xff"))
    memory.remember("tab", Tab.FAILED.value)
    memory.remember("open", False)
    memory.remember("column", "-1")
    memory.save()
    again = Memory(tmp_path / "config")
    assert again.bytes("geometry") == QByteArray(b"\x00\x01\xff")
    assert again.choice("tab", Tab, Tab.ALL) is Tab.FAILED
    assert again.flag("open", default=True) is False
    assert again.number("column", 3) == -1


def test_nothing_remembered_means_defaults(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert memory.bytes("geometry") is None
    assert memory.choice("tab", Tab, Tab.ALL) is Tab.ALL
    assert memory.flag("open", default=True)
    assert memory.number("column", 3) == 3
    assert memory.text("collection") == ""


def test_a_damaged_file_means_defaults(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_bytes(b"[General\x00\ntab=nonsense\ncolumn=many\ngeometry=@ByteArray(\n\xff\xfe")
    memory = Memory(tmp_path)
    assert memory.choice("tab", Tab, Tab.ALL) is Tab.ALL
    assert memory.number("column", 3) == 3
