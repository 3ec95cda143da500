"""What a process entrusted to the owner of its data directory and only memory keeps: the next owner is given it again.

Where the keyring of the system can be used, the next owner finds it there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence

from ..clock import Clock
from ..domain.login import Login, LoginSource
from ..errors import StabilityError
from ..hubs.protocol import Destination, Expansion
from ..hubs.signed import secret_names
from ..secrecy import note_secret
from .engine import Engine
from .remote_role import Role

LONGEST_SECONDS = 5.0
"""How long each piece may take to be given; a hub may be asked about it."""


class Entrusted:
    """Tokens that somebody entered in this process, and signed addresses that were typed in it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, str] = {}
        self._signed: list[tuple[Sequence[str], Destination]] = []

    def token(self, login: Login, token: str) -> None:
        """``token`` led to ``login``."""
        if login.source is LoginSource.SESSION and token:
            note_secret(token.strip())
            self._tokens[login.hub] = token

    def drop(self, hub: str) -> None:
        """The token of ``hub`` counts no more."""
        self._tokens.pop(hub, None)

    def locators(self, locators: Sequence[str], destination: Destination, expansions: Iterable[Expansion]) -> None:
        """``locators`` led to ``expansions``, whose addresses may have a secret part."""
        if any(True for each in expansions for _ in secret_names(each.resources)):
            self._signed.append((locators, destination))

    async def hand_over(self, role: Role) -> None:
        """Give all of it to ``role``, as far as it takes it. Raises PeerGone."""
        for hub, token in list(self._tokens.items()):
            with contextlib.suppress(StabilityError, TimeoutError), self._clock.fail_after(LONGEST_SECONDS):
                await role.ask(Engine.set_token, hub, token)
        for locators, destination in list(self._signed):
            with contextlib.suppress(StabilityError, TimeoutError), self._clock.fail_after(LONGEST_SECONDS):
                await role.ask(Engine.expand, locators, destination)

    def __repr__(self) -> str:
        return f"<Entrusted {', '.join(sorted(self._tokens)) or 'no token'}, {len(self._signed)} signed>"
