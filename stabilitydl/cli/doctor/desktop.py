"""What the desktop gives: a keyring for tokens, a display for the window, somebody who shows notifications."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator

import anyio

from ...clock import SystemClock
from ...errors import KeyringUnavailable
from ...http.vault import Vault
from ..display import NO_ANSWER, Probe
from .finding import Finding, note, ok, trouble
from .program import WINDOW, version_of

PROBE = "doctor"
"""The name of the secret that is kept and forgotten again."""

QT_NEEDS = (
    "libegl1 libgl1 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 "
    "libxcb-render-util0 libxcb-shape0 libxkbcommon-x11-0"
)
"""Packages with what Qt's window needs of the system."""

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
    if version_of(WINDOW) is None:
        return note("display", "Not tried, because the window is not installed.")
    probe = Probe()
    if probe.is_available():
        return ok("display", "a window can be opened")
    if not probe.reason:
        return note("display", "There is none; the command line works without.")
    told = f"One is named, and no window can be opened on it: {probe.reason}."
    if NO_ANSWER in probe.reason:
        return note("display", told, "Correct DISPLAY or WAYLAND_DISPLAY, or let this user use the display.")
    return trouble("display", told, f"Install what is missing; on Debian and Ubuntu: apt install {QT_NEEDS}")


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
