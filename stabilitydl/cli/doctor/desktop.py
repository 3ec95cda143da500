"""What the desktop gives: a keyring for tokens, a display for the window, somebody who shows notifications."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator

import anyio

from ...clock import SystemClock
from ...errors import KeyringUnavailable
from ...http.vault import Vault
from ..display import display_available
from .finding import Finding, note, ok

PROBE = "doctor"
"""The name of the secret that is kept and forgotten again."""

_SERVICE = "org.freedesktop.Notifications"
_SECONDS = 3.0


def check() -> Iterator[Finding]:
    """Keyring, display, notifications."""
    yield _keyring()
    yield _display()
    yield _notifications()


def _keyring() -> Finding:
    try:
        anyio.run(_keep_and_forget)
    except KeyringUnavailable as error:
        return note(
            "keyring",
            str(error),
            "Set up one (GNOME Keyring, KWallet) to stay logged in, or set CIVITAI_API_TOKEN, HF_TOKEN, "
            "MODELSCOPE_API_TOKEN.",
        )
    return ok("keyring", "it keeps what it is given")


async def _keep_and_forget() -> None:
    vault = Vault(SystemClock())
    try:
        await vault.put(PROBE, "probe")
        await vault.drop(PROBE)
    finally:
        await vault.aclose()


def _display() -> Finding:
    if display_available():
        return ok("display", "a window can be opened")
    return note("display", "There is none; the command line works without.")


def _notifications() -> Finding:
    if sys.platform in ("win32", "darwin"):
        return ok("notifications", "the system shows them")
    shows = _has_service(_SERVICE)
    if shows is None:
        return note("notifications", "No desktop session was found; results are told in window and terminal.")
    if not shows:
        return note(
            "notifications", "Nobody on this desktop shows them.", "Install a notification daemon such as dunst."
        )
    return ok("notifications", "the desktop shows them")


def _has_service(name: str) -> bool | None:
    """Is somebody there, or startable, who answers to ``name`` on the session bus? None without a session bus."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    try:
        connection = open_dbus_connection("SESSION")
    except (OSError, KeyError, ValueError, RuntimeError):
        return None
    ask = functools.partial(connection.send_and_get_reply, timeout=_SECONDS)
    try:
        names = [
            each
            for method in ("ListNames", "ListActivatableNames")
            for each in ask(new_method_call(bus, method)).body[0]
        ]
    except (OSError, TimeoutError):
        return None
    finally:
        connection.close()
    return name in names
