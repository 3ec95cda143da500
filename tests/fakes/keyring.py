"""Keyrings for tests, chosen as people choose theirs: ``PYTHON_KEYRING_BACKEND=tests.fakes.keyring.FileKeyring``."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

FILE = "STABILITYDL_TEST_KEYRING"
"""The variable that names the file of a `FileKeyring`."""


class FileKeyring(KeyringBackend):
    """Keeps everything in a JSON file, so that processes share it."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return contents().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        _write({**contents(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        found = contents()
        if found.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not found")
        _write(found)


class BrokenKeyring(KeyringBackend):
    """Fails, and says in its error what nobody may see."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("locked; canary")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"locked; {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise OSError("locked; canary")


class ForgetfulKeyring(FileKeyring):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class HangingKeyring(KeyringBackend):
    """Does not answer until ``release`` is set."""

    priority = 1
    asked = threading.Event()
    release = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.release.wait(60)
        return "too late"

    def set_password(self, service: str, username: str, password: str) -> None:
        self.get_password(service, username)

    def delete_password(self, service: str, username: str) -> None:
        self.get_password(service, username)


def contents() -> dict[str, str]:
    """What the `FileKeyring` of this environment holds."""
    try:
        found: dict[str, str] = json.loads(Path(os.environ[FILE]).read_text())
    except FileNotFoundError:
        return {}
    return found


def _write(found: dict[str, str]) -> None:
    Path(os.environ[FILE]).write_text(json.dumps(found))
