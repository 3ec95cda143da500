"""The translations of the window: ``python -m tests.translations`` brings the files in ``resources/`` up to date.

Texts are found by lupdate in the code of the window, and in a file that is made here for what is written without Qt:
error templates, remedies and settings. What is not translated yet is named, and the exit code is 1 then. With
``--check`` nothing is written and the exit code tells whether everything is up to date and complete.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import PySide6

from stabilitydl.errors import CODES, REMEDIES, StabilityError
from stabilitydl.gui.tr import ERRORS, REMEDIES_CONTEXT
from stabilitydl.settings import fields

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
CODE = ROOT / "stabilitydl" / "gui"
SETTINGS = "Settings"


@dataclass(frozen=True)
class Message:
    """One text of a translation file. ``translation`` is empty where there is none."""

    context: str
    source: str
    translation: str
    is_finished: bool


def sources() -> list[Path]:
    """The translation files, one for each language."""
    return sorted(FOLDER.glob("stabilitydl_*.ts"))


def compiled(source: Path) -> Path:
    """What the program loads of ``source``."""
    return source.with_suffix(".qm")


def messages(source: Path) -> list[Message]:
    """All texts of a translation file."""
    tree = ET.parse(source)
    return [
        Message(
            context.findtext("name") or "",
            message.findtext("source") or "",
            message.findtext("translation") or "",
            (found := message.find("translation")) is not None and found.get("type") is None,
        )
        for context in tree.getroot().iter("context")
        for message in context.iter("message")
    ]


def qt_free_texts() -> Iterator[tuple[str, str]]:
    """Context and English text of everything that the window shows and that is written without Qt."""
    for template in dict.fromkeys([StabilityError.template, *(kind.template for kind in CODES.values())]):
        yield ERRORS, template
    for text in REMEDIES.values():
        if text:
            yield REMEDIES_CONTEXT, text
    for field in fields():
        yield SETTINGS, field.title
        yield SETTINGS, field.help


def update(source: Path) -> None:
    """Bring one translation file up to date with the code; translations are kept, texts that are gone are dropped."""
    with tempfile.TemporaryDirectory() as folder:
        marked = Path(folder) / "qt_free_texts.py"
        lines = [f"QT_TRANSLATE_NOOP({_quoted(context)}, {_quoted(text)})" for context, text in qt_free_texts()]
        marked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code = sorted(str(path) for path in CODE.glob("*.py") if path.name != "tr.py")
        language = source.stem.removeprefix("stabilitydl_")
        options = ["-locations", "none", "-no-obsolete", "-source-language", "en", "-target-language", language]
        _run("lupdate", *code, str(marked), *options, "-ts", str(source))


def release(source: Path, target: Path) -> None:
    """Compile a translation file."""
    _run("lrelease", "-silent", str(source), "-qm", str(target))


def stale(folder: Path) -> list[Path]:
    """Which files of ``resources/`` are not what they would be after an update, tried out in ``folder``."""
    wrong: list[Path] = []
    for source in sources():
        fresh = folder / source.name
        shutil.copy(source, fresh)
        update(fresh)
        release(fresh, compiled(fresh))
        wrong += [old for old, new in ((source, fresh), (compiled(source), compiled(fresh))) if not _equal(old, new)]
    return wrong


def unfinished() -> list[tuple[Path, Message]]:
    """Texts without a finished translation."""
    return [(source, each) for source in sources() for each in messages(source) if not each.is_finished]


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.translations", description="Update the translations.")
    parser.add_argument("--check", action="store_true", help="only say what is out of date or missing")
    options = parser.parse_args(words)
    wrong: list[Path] = []
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            wrong = stale(Path(folder))
    else:
        for source in sources():
            update(source)
            release(source, compiled(source))
    for path in wrong:
        print(f"out of date: {path.relative_to(ROOT)}")
    missing = unfinished()
    for source, message in missing:
        print(f"not translated in {source.name}: {message.context}: {message.source}")
    return 1 if wrong or missing else 0


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _equal(old: Path, new: Path) -> bool:
    return old.exists() and filecmp.cmp(old, new, shallow=False)


def _run(tool: str, *arguments: str) -> None:
    program = Path(PySide6.__file__).parent / (f"{tool}.exe" if sys.platform == "win32" else tool)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode or "warning" in done.stderr.lower() or "error" in done.stderr.lower():
        raise RuntimeError(f"{tool}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
