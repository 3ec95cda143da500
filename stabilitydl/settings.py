"""The user's settings: one TOML file, every field with a type, a default, bounds and a help text."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
import tomli_w

from .errors import UsageError

MIB = 1024 * 1024


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """All settings. Rates are bytes per second, 0 meaning no limit."""

    jobs: Annotated[int, msgspec.Meta(ge=1, le=64, description="Files downloaded at the same time")] = 4
    connections: Annotated[int, msgspec.Meta(ge=1, le=16, description="Connections for one file")] = 4
    host_connections: Annotated[int, msgspec.Meta(ge=1, le=64, description="Connections to one host")] = 8
    total_connections: Annotated[int, msgspec.Meta(ge=1, le=256, description="Connections in all")] = 16
    rate_limit: Annotated[int, msgspec.Meta(ge=0, description="Bytes per second for everything, 0 for no limit")] = 0
    library: Annotated[str, msgspec.Meta(description="Folder of the model library, empty for the default")] = ""


def load(path: Path) -> Settings:
    """Read the file, or the defaults where there is none.

    Raises UsageError that names the file and the field when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return msgspec.convert(tomllib.load(file), Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UsageError(detail=f"The settings in {path} cannot be read: {error}") from error


def save(path: Path, settings: Settings) -> None:
    """Write the fields that differ from the defaults; the file changes at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    changed = {
        name: value for name, value in msgspec.to_builtins(settings).items() if value != getattr(Settings(), name)
    }
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        tomli_w.dump(changed, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
