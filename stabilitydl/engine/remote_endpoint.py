"""Where the engine of a data directory listens, and the secret that opens it: one file that only its user can read."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Annotated

import msgspec

NAME = "engine.json"
_LARGEST = 4096


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A port on 127.0.0.1, the shared secret, and the process and version of the program that listens."""

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    secret: Annotated[str, msgspec.Meta(min_length=32, max_length=256)]
    pid: int
    version: str

    def __repr__(self) -> str:
        return f"<Endpoint port {self.port} of process {self.pid}, version {self.version}>"

    def write(self, folder: Path) -> None:
        """Publish it: the file is there whole, readable for its owner alone, or it is as before. Raises OSError."""
        temporary = folder / f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}"
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(number, "wb") as file:  # noqa: PTH123 - a descriptor, made with its mode
                file.write(msgspec.json.encode(self))
            temporary.replace(folder / NAME)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def read(folder: Path) -> Endpoint | None:
    """The endpoint of the engine that runs, or that ran last; None when there is none that can be understood."""
    try:
        with (folder / NAME).open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=Endpoint)
    except (OSError, msgspec.DecodeError):
        return None


def remove(folder: Path) -> None:
    """Take the file away; only for the holder of the engine lock."""
    with contextlib.suppress(OSError):
        (folder / NAME).unlink()


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_hex(32)
