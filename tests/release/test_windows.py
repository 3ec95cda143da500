"""The installer for Windows compiles. What it does when it runs was seen by nobody yet."""

from __future__ import annotations

import re
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


def test_the_uninstaller_takes_back_each_key_that_the_installer_makes() -> None:
    """By the script alone: only in the user's own part of the registry, and nothing of other programs."""
    script = windows.SCRIPT.read_text("utf-8")
    macros = dict(re.findall(r"!macro (\w+).*?\n(.*?)!macroend", script, re.DOTALL))
    made, removed = script.split('Section "Uninstall"')
    assert not re.findall(r"^\s+(?:Write|Delete)Reg\w+ (?!(?:/ifempty )?HKCU)", script, re.MULTILINE)
    kinds = [set(re.findall(rf'!insertmacro {name} "(\w+)"', part))
             for name, part in (("OPENS_WITH", made), ("NO_LONGER_OPENS", removed))]  # fmt: skip
    assert kinds[0] == kinds[1] == {"meta4", "metalink", "toml"}
    whole = set(re.findall(r'DeleteRegKey HKCU "([^"]+)"', removed))
    section = made[made.index("\nSection\n") :]
    for key, value in re.findall(r'WriteReg\w+ HKCU "([^"]+)" "([^"]*)"', section):
        taken = f'DeleteRegValue HKCU "{key}" "{value}"' in removed
        assert taken or any(key.replace("${CAPABILITIES}", "Software\\${NAME}").startswith(each) for each in whole)
    # A kind of files belongs to others too: of it only what is ours goes.
    assert 'DeleteRegKey HKCU "${CLASSES}\\.${KIND}' not in macros["NO_LONGER_OPENS"]
    assert 'DeleteRegValue HKCU "${CLASSES}\\.${KIND}\\OpenWithProgids"' in macros["NO_LONGER_OPENS"]


def test_an_older_version_is_removed_by_its_own_uninstaller_before_a_file_is_written() -> None:
    script = windows.SCRIPT.read_text("utf-8")
    section = script[script.index("\nSection\n") : script.index('Section "Uninstall"')]
    assert section.index("REMOVE_OLDER") < section.index("REFUSE_WHILE_RUNNING") < section.index("File /r")
