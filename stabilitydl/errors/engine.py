"""What the engine and the keyring beside it say: it ended, another process has it, another resource comes first."""

from __future__ import annotations

from .base import Remedy, StabilityError


class KeyringUnavailable(StabilityError):
    """The keyring of the system is absent, locked, forbidden, or does not answer."""

    code = "keyring-unavailable"
    template = "The keyring of this system cannot be used: {detail}."
    remedy = Remedy.NONE


class EngineStopped(StabilityError):
    """A command came before the engine ran, or after it ended."""

    code = "engine-stopped"
    template = "The downloads are not running."
    remedy = Remedy.RETRY


class EngineUnreachable(StabilityError):
    """Another process holds the engine lock and does not answer. ``pid`` is None when it does not say who it is."""

    code = "engine-unreachable"
    template = "Another stabilitydl (process {pid}) runs the downloads of {path} and does not answer."
    remedy = Remedy.RETRY


class OtherVersion(StabilityError):
    """The engine runs in a process of another version of the program."""

    code = "other-version"
    template = "Version {version} of stabilitydl is running (process {pid}); close it first."
    remedy = Remedy.RETRY


class HeldBack(StabilityError):
    """A file was paused, given up or removed by another process while a command waited for it."""

    code = "held-back"
    template = "It was paused or given up from another window or terminal."
    remedy = Remedy.RETRY


class TwinComes(StabilityError):
    """Another resource with the same bytes is at work; its file will do for this one too."""

    code = "twin-comes"
    template = "The same file is on its way already as {path}."
    remedy = Remedy.WAIT
