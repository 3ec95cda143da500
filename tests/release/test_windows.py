"""The installer for Windows compiles. What it does when it runs was seen by nobody yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.installer import windows
from tests.e2e.display import needs


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder that looks like a bundle of Windows."""
    folder = tmp_path / "bundle"
    for name in (
        "stabilitydl.exe",
        "stabilitydl-window.exe",
        "lib/python311.dll",
        "lib/PySide6/Qt6Core.dll",
        "lib/PySide6/plugins/platforms/qwindows.dll",
        "lib/resources/licences/NOTICES.txt",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"MZ" + name.encode())
    return folder


def test_it_compiles_without_a_warning(bundle: Path, tmp_path: Path) -> None:
    needs("makensis")
    made = windows.build(bundle, tmp_path)
    assert made.read_bytes()[:2] == b"MZ"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [made.name]


def test_it_removes_each_file_that_it_brings_by_name(bundle: Path) -> None:
    lines = windows.removals(bundle).splitlines()
    assert lines[0].startswith("Delete ")
    deleted = [line.partition("$INSTDIR\\")[2].rstrip('"') for line in lines if line.startswith("Delete ")]
    files = [path for path in bundle.rglob("*") if path.is_file()]
    assert sorted(deleted) == sorted(str(path.relative_to(bundle)).replace("/", "\\") for path in files)
    folders = [line.partition("$INSTDIR\\")[2].rstrip('"') for line in lines if line.startswith("RMDir ")]
    assert folders.index("lib\\PySide6\\plugins") < folders.index("lib\\PySide6") < folders.index("lib")
    assert not [line for line in lines if "/r" in line]
