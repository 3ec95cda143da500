"""``login``, ``logout`` and ``doctor``: the program and its accounts."""

from __future__ import annotations

from ...paths import Paths
from .. import options
from ..action import Action
from ..requests import DoctorRequest, LoginRequest


def login(
    hub: options.AnyHubName = None,
    debug: options.Debug = False,
) -> Action:
    """Log in to a hub with a token, or show who is logged in.

    The token is typed without an echo, or read from the standard input; it is kept in the keyring of the system.
    """
    return _login(LoginRequest(hub=hub))


def logout(
    hub: options.HubName,
    debug: options.Debug = False,
) -> Action:
    """Forget the token of a hub."""
    return _login(LoginRequest(hub=hub, out=True))


def _login(request: LoginRequest) -> Action:
    def run(paths: Paths) -> int:
        from .. import login as command

        return command.run(request, paths)

    return run


def doctor(json: options.Json = False, debug: options.Debug = False) -> Action:
    """Say what is installed, where data lies, and whether all that is needed works."""
    request = DoctorRequest(json=json)

    def run(paths: Paths) -> int:
        from ..doctor import run as command

        return command.run(request, paths)

    return run
