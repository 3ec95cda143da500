"""``python -m tests.screenshots [NAME...] [--to FOLDER]`` takes the pictures, all of them or those that are named."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from stabilitydl.gui.application import make_application
from stabilitydl.gui.language import Language
from stabilitydl.gui.theme import Appearance
from tests.screenshots.png import pack
from tests.screenshots.scenes import SCENES, Scene
from tests.screenshots.stage import Stage

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "screenshots"
FONTS = ("Inter", "Noto Sans CJK SC")
"""So that pictures are the same everywhere. Debian: fonts-inter, fonts-noto-cjk."""


def take(scene: Scene, application: QApplication) -> QImage:
    """The picture of a scene."""
    language = Language()
    language.choose(scene.language)
    application.setLayoutDirection(scene.direction)
    appearance = Appearance(scene.theme)
    appearance.apply()
    with tempfile.TemporaryDirectory() as home:
        stage = Stage(Path(home), appearance, language, scene.packs)
        try:
            return stage.picture(scene.play(stage))
        finally:
            stage.close()
            language.remove()


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description="Take pictures of the window.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENES))
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER", help="where the pictures go")
    options = parser.parse_args(words)
    if unknown := set(options.names) - SCENES.keys():
        parser.error(f"unknown picture: {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application([])
    if missing := [name for name in FONTS if name not in QFontDatabase.families()]:
        parser.error(f"these fonts are missing: {', '.join(missing)}")
    font = QFont()
    font.setFamilies(list(FONTS))
    QGuiApplication.setFont(font)
    options.to.mkdir(parents=True, exist_ok=True)
    for name in options.names or SCENES:
        picture = take(SCENES[name], application)
        path = options.to / f"{name}.png"
        path.write_bytes(pack(picture))
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
