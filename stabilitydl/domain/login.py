"""How somebody is logged in to a hub, as a value: everything but the token itself."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LoginSource(StrEnum):
    """Where the token of a hub comes from."""

    NONE = "none"
    KEYRING = "keyring"
    SESSION = "session"
    """In the memory of this process only, because the keyring of the system cannot be used."""
    ENVIRONMENT = "environment"
    FILE = "file"


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """One hub that can be logged in to.

    ``detail`` names the environment variable or the file of the token. ``is_checked``: the hub was asked and took the
    token. ``trouble`` says why the keyring cannot be used, empty where it can, or was not asked. ``page`` is where the
    hub hands out tokens.
    """

    hub: str
    title: str
    source: LoginSource
    detail: str = ""
    is_checked: bool = False
    trouble: str = ""
    page: str = ""

    @property
    def has_token(self) -> bool:
        return self.source is not LoginSource.NONE
