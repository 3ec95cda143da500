"""Where things lie: data, settings, cache and library folders as one value, and the packaged resources."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "STABILITYDL_HOME"


@dataclass(frozen=True)
class Paths:
    """Folders and files of one installation. Nothing is created by making this value."""

    data: Path
    config: Path
    cache: Path
    library: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """The platform's folders, or everything under ``$STABILITYDL_HOME`` where that is set."""
        home = (os.environ if environ is None else environ).get(HOME_VARIABLE)
        if home:
            root = Path(home).expanduser().absolute()
            return cls(root / "data", root / "config", root / "cache", root / "library")
        dirs = platformdirs.PlatformDirs("stabilitydl", appauthor=False)
        return cls(
            dirs.user_data_path,
            dirs.user_config_path,
            dirs.user_cache_path,
            Path.home() / "Models",
        )

    @property
    def database(self) -> Path:
        return self.data / "stabilitydl.db"

    @property
    def folders(self) -> Path:
        """The list of folders that were downloaded into."""
        return self.data / "folders"

    @property
    def locks(self) -> Path:
        return self.data / "locks"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def pictures(self) -> Path:
        return self.cache / "pictures"

    @property
    def settings(self) -> Path:
        return self.config / "settings.toml"


def frozen_program() -> Path | None:
    """The command line of the frozen bundle that this is; None where a Python interpreter runs it.

    A bundle has two programs, and only this one has a console on Windows.
    """
    if not getattr(sys, "frozen", False):
        return None
    return Path(sys.executable).with_name("stabilitydl.exe" if sys.platform == "win32" else "stabilitydl")


def resource_path(name: str) -> Path:
    """The file ``name`` of ``resources/``: in a frozen bundle, in an installed wheel, or in a checkout.

    Raises FileNotFoundError when none of the three has it.
    """
    package = Path(__file__).resolve().parent
    roots = [package / "_resources", package.parent / "resources"]
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        roots.insert(0, Path(bundle) / "resources")
    for root in roots:
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(name)
