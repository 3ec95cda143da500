"""Logins: which hubs wait for one, and what happens when somebody logs in or out.

However many resources want to be logged in to a hub, it is told once, and none of them tries again by itself: a token
that the hub does not take is tried once by each of them, and then it is asked for again, once.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..clock import Clock
from ..domain.events import LoginWanted
from ..domain.login import Login
from ..errors import StabilityError, TokenRefused
from ..http.client import HttpClient
from ..http.origins import Origin
from ..http.request import Request
from .publisher import Publisher

CHECK_SECONDS = 15.0
"""How long a hub may take to say whether it knows a token."""


class Logins:
    """Belongs to the engine's loop. ``retry`` lets the resources that wait for a login of a hub try again."""

    def __init__(
        self,
        client: HttpClient,
        publisher: Publisher,
        clock: Clock,
        retry: Callable[[str], None],
        *,
        may_log_in: bool,
    ) -> None:
        self._client = client
        self._publisher = publisher
        self._clock = clock
        self._retry = retry
        self._may_log_in = may_log_in
        self._wanted: set[str] = set()
        self._changes = 0
        self._changed: dict[str, int] = {}
        self._declined: set[str] = set()

    def may_wait(self, hub: str) -> bool:
        """May a resource of ``hub`` wait for a login? Not where nobody can log in, or somebody would not."""
        return self._may_log_in and hub not in self._declined and self._client.credentials.can_log_in(hub)

    @property
    def now(self) -> int:
        """A moment, for `changed_since`."""
        return self._changes

    def changed_since(self, hub: str, moment: int) -> bool:
        """Did somebody log in to ``hub`` after ``moment``? Then a refusal may be one of the token before."""
        return self._changed.get(hub, 0) > moment

    def want(self, hub: str) -> None:
        """A resource waits for a login of ``hub``: tell it, unless that was done."""
        if hub not in self._wanted:
            self._wanted.add(hub)
            self._publisher.publish(LoginWanted(hub=hub, title=self._client.credentials.account(hub).title))

    async def log_in(self, hub: str, token: str) -> Login:
        """Use a token from now on; what waits for it goes on.

        Raises BadToken, TokenRefused when the hub says that it does not know it, UsageError for an unknown hub.
        """
        credentials = self._client.credentials
        text = credentials.checked(hub, token)
        is_checked = await self._is_known(hub, text)
        login = await credentials.log_in(hub, text)
        self._changes += 1
        self._changed[hub] = self._changes
        self._wanted.discard(hub)
        self._declined.discard(hub)
        self._retry(hub)
        return Login(
            hub=login.hub,
            title=login.title,
            source=login.source,
            detail=login.detail,
            is_checked=is_checked,
            trouble=login.trouble,
            page=login.page,
        )

    async def log_out(self, hub: str) -> Login:
        """Forget the token. Raises KeyringUnavailable, UsageError for an unknown hub."""
        return await self._client.credentials.log_out(hub)

    async def all(self) -> list[Login]:
        """How every hub is logged in to."""
        credentials = self._client.credentials
        return [await credentials.login_of(account.hub) for account in credentials.accounts]

    def decline(self, hub: str) -> None:
        """Nobody will log in to ``hub`` for now: what waits for it ends as BLOCKED."""
        self._wanted.discard(hub)
        self._declined.add(hub)
        self._retry(hub)

    async def _is_known(self, hub: str, token: str) -> bool:
        """Does the hub take the token? False where it cannot be asked. Raises TokenRefused."""
        account = self._client.credentials.account(hub)
        endpoint = account.endpoint(os.environ)
        try:
            if not account.check or Origin.parse(endpoint) not in account.origins(os.environ):
                return False
            # The token is not in use yet, so it is given along; it reaches this origin only.
            headers = (("Authorization", f"Bearer {token}"),)
            trusted = endpoint != account.sites[0]
            request = Request(url=f"{endpoint}{account.check}", headers=headers, trusted=trusted)
            with self._clock.fail_after(CHECK_SECONDS):
                answer, _ = await self._client.get(request)
        except (StabilityError, TimeoutError):
            return False
        if answer.status in (401, 403):
            raise TokenRefused(hub=account.title)
        return 200 <= answer.status < 300

    def __repr__(self) -> str:
        return f"<Logins {', '.join(sorted(self._wanted)) or 'none'} wanted>"
