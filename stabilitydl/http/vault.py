"""The keyring of the system, asked in a thread of its own and never for longer than some seconds.

A keyring may be absent, locked, forbidden, or hang while the desktop asks for a password. The first failure is final
for this process: nobody waits twice. What is not kept there is never written anywhere else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ..clock import Clock
from ..errors import KeyringUnavailable
from ..lane import Lane

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

P = ParamSpec("P")
T = TypeVar("T")

SERVICE = "stabilitydl"
SECONDS = 5.0
"""How long one question may take."""


class Vault:
    """Secrets by name. Every method raises KeyringUnavailable."""

    def __init__(self, clock: Clock, service: str = SERVICE) -> None:
        self._clock = clock
        self._service = service
        self._lane: Lane | None = None
        self._backend: KeyringBackend | None = None
        self.trouble = ""
        """Why the keyring cannot be used; empty as long as nothing speaks against it."""

    async def get(self, name: str) -> str | None:
        """The secret, None where there is none."""
        return await self._ask(self._get, name)

    async def put(self, name: str, secret: str) -> None:
        """Keep a secret; it was read back when this returns."""
        await self._ask(self._put, name, secret)

    async def drop(self, name: str) -> None:
        """Forget a secret; one that is not there is forgotten already."""
        await self._ask(self._drop, name)

    async def try_again(self) -> None:
        """Look again whether the keyring can be used, because somebody asked for it."""
        self.trouble, self._backend = "", None
        await self._ask(self._keyring)

    async def aclose(self) -> None:
        """End the thread; one that hangs is left behind."""
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close(0.5)

    async def _ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self.trouble:
            raise KeyringUnavailable(detail=self.trouble)
        self._lane = self._lane or Lane("keyring")
        try:
            with self._clock.fail_after(SECONDS):
                return await self._lane.run(question, *args, **kwargs)
        except TimeoutError:
            self.trouble = f"it did not answer in {SECONDS:.0f} s"
        except KeyringUnavailable as error:
            self.trouble = str(error.arguments["detail"])
        except Exception as error:  # noqa: BLE001 - backends raise what they like, and its text may hold the secret
            self.trouble = f"it failed ({type(error).__name__})"
        raise KeyringUnavailable(detail=self.trouble)

    def _keyring(self) -> KeyringBackend:
        if self._backend is None:
            self._backend = system_keyring()
        return self._backend

    def _get(self, name: str) -> str | None:
        return self._keyring().get_password(self._service, name)

    def _put(self, name: str, secret: str) -> None:
        keyring = self._keyring()
        keyring.set_password(self._service, name, secret)
        if keyring.get_password(self._service, name) != secret:
            raise KeyringUnavailable(detail="it does not keep what it is given")

    def _drop(self, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        with contextlib.suppress(PasswordDeleteError):
            self._keyring().delete_password(self._service, name)

    def __repr__(self) -> str:
        return f"<Vault {self.trouble or 'usable'}>"


def system_keyring() -> KeyringBackend:
    """The keyring of the system, or the one that the user chose for the ``keyring`` package.

    Raises KeyringUnavailable where there is none that protects what it keeps.
    """
    import keyring.core
    from keyring.backends import fail, null

    keyring.core.init_backend(keyring.core.recommended)
    backend = keyring.core.get_keyring()
    if isinstance(backend, (fail.Keyring, null.Keyring)):
        raise KeyringUnavailable(detail="this system has none")
    return backend
