"""Runs PyInstaller on ``build.spec``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from .bundle import LISTING
from .source import ROOT, environment

NAME = "stabilitydl"
"""The folder of the bundle."""


def freeze(target: Path, work: Path) -> tuple[Path, Path]:
    """Build the bundle below ``target``; its folder, and the listing of what is in it. ``work`` is thrown away first.

    Raises CalledProcessError when PyInstaller does not succeed.
    """
    shutil.rmtree(target / NAME, ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    options = ["--noconfirm", "--log-level=ERROR", f"--distpath={target}", f"--workpath={work}"]
    variables = environment() | {"PYINSTALLER_CONFIG_DIR": str(work / "cache")}
    subprocess.run(
        [sys.executable, "-m", "PyInstaller", *options, str(ROOT / "build.spec")], cwd=ROOT, env=variables, check=True
    )
    return target / NAME, next(work.rglob(LISTING))
