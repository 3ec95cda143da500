"""Tokens, each bound to the exact origins of its hub, and the secret parts of signed addresses.

A token comes from the keyring of the system, else from the environment, else from the file of the hub's own client.
The keyring is asked when a request of the hub first needs to know, never before. Where it cannot be used, what somebody
enters is known until this process ends. ``.netrc`` is never read. Nothing here is ever written to a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import anyio

from ..domain.login import Login, LoginSource
from ..errors import BadToken, KeyringUnavailable, UsageError
from ..secrecy import note_secret
from .accounts import ACCOUNTS, Account
from .origins import Origin
from .vault import Vault

VARIABLES: Mapping[str, str] = {account.hub: account.variables[0] for account in ACCOUNTS}

_LONGEST = 4096


@dataclass(frozen=True, repr=False)
class _Token:
    text: str
    source: LoginSource
    detail: str = ""

    def __repr__(self) -> str:
        return f"<token from {self.source}>"


class Credentials:
    """Which token goes where. Equal host, scheme and port are needed: a name that merely ends alike gets nothing."""

    def __init__(
        self,
        tokens: Mapping[str, str],
        origins: Mapping[str, frozenset[Origin]] | None = None,
        *,
        vault: Vault | None = None,
        accounts: Iterable[Account] = ACCOUNTS,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """``tokens`` are used where the keyring has none. ``origins`` are more places for the tokens of a hub."""
        self._environ: Mapping[str, str] = environ or {}
        self._vault = vault
        self._accounts = {account.hub: account for account in accounts}
        self._given = {hub: _Token(text.strip(), LoginSource.ENVIRONMENT) for hub, text in tokens.items()}
        self._tokens: dict[str, _Token] = {}
        self._held: dict[str, str] = {}
        self._asked: set[str] = set()
        self._asking = anyio.Lock()
        self._more = dict(origins or {})
        self._origins: dict[str, frozenset[Origin]] = {}
        for hub in {*self._accounts, *self._given}:
            self._fall_back(hub)

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        vault: Vault | None = None,
        accounts: Iterable[Account] = ACCOUNTS,
    ) -> Credentials:
        """Tokens of the variables and token files of ``accounts``, and those of the keyring behind ``vault``."""
        return cls({}, vault=vault, accounts=accounts, environ=os.environ if environ is None else environ)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The hubs that can be logged in to."""
        return tuple(self._accounts.values())

    def account(self, hub: str) -> Account:
        """Raises UsageError for a hub that cannot be logged in to."""
        if hub not in self._accounts:
            known = ", ".join(self._accounts)
            raise UsageError(detail=f"There is no login for “{hub}”; there is one for: {known}.")
        return self._accounts[hub]

    def can_log_in(self, hub: str) -> bool:
        """Is there an account of that name at all?"""
        return hub in self._accounts

    def has(self, hub: str) -> bool:
        """Is there a token for ``hub``, as far as is known without asking the keyring?"""
        return hub in self._tokens

    async def prepare(self, hub: str, origin: Origin) -> None:
        """Ask the keyring for the token of ``hub``, once, where it may be sent to ``origin``."""
        if hub in self._accounts and origin in self._origins_of(hub):
            await self._load(hub)

    def headers_for(self, hub: str, origin: Origin) -> tuple[tuple[str, str], ...]:
        """The headers that log in to ``origin`` for ``hub``, none where the token does not belong.

        Raises UsageError for a token that cannot be one; the message does not show it.
        """
        token = self._tokens.get(hub)
        if token is None or origin not in self._origins_of(hub):
            return ()
        if not _is_token(token.text):
            where = token.detail or VARIABLES.get(hub, hub)
            raise UsageError(detail=f"The token in {where} is not one; copy it again from the site.")
        bearer = ("Authorization", f"Bearer {token.text}")
        account = self._accounts.get(hub)
        return (bearer, ("Cookie", f"{account.cookie}={token.text}")) if account and account.cookie else (bearer,)

    def _origins_of(self, hub: str) -> frozenset[Origin]:
        """Where the token of ``hub`` may be sent; worked out when somebody first asks."""
        if hub not in self._origins:
            account = self._accounts.get(hub)
            own = account.origins(self._environ) if account is not None else frozenset()
            self._origins[hub] = own | self._more.get(hub, frozenset())
        return self._origins[hub]

    # Logging in and out.

    async def login_of(self, hub: str) -> Login:
        """How ``hub`` is logged in to. Raises UsageError for one that cannot be."""
        account = self.account(hub)
        await self._load(hub)
        token = self._tokens.get(hub)
        return Login(
            hub=hub,
            title=account.title,
            source=token.source if token else LoginSource.NONE,
            detail=token.detail if token else "",
            trouble=self._vault.trouble if self._vault else "",
            page=account.page,
        )

    def checked(self, hub: str, token: str) -> str:
        """``token`` without blanks around it. Raises BadToken for what cannot be one, UsageError for an unknown hub;
        neither shows it."""
        text = token.strip()
        if not _is_token(text):
            raise BadToken(hub=self.account(hub).title)
        note_secret(text)
        return text

    async def log_in(self, hub: str, token: str) -> Login:
        """Use a token from now on and keep it in the keyring, or in memory where that cannot be used.

        Raises BadToken for what cannot be one, UsageError for an unknown hub; neither shows it.
        """
        self.account(hub)
        text = self.checked(hub, token)
        self._set(hub, _Token(text, LoginSource.SESSION))
        self._asked.add(hub)
        if self._vault is not None:
            try:
                await self._vault.try_again()
                await self._vault.put(_name(hub), text)
                self._set(hub, _Token(text, LoginSource.KEYRING))
            except KeyringUnavailable:
                pass  # the login says so
        return await self.login_of(hub)

    async def log_out(self, hub: str) -> Login:
        """Forget the token of ``hub``, here and in the keyring; one of the environment is used again.

        Raises KeyringUnavailable when it cannot be told whether the keyring still has one.
        """
        self.account(hub)
        self._asked.add(hub)
        self._tokens.pop(hub, None)
        self._fall_back(hub)
        if self._vault is not None:
            await self._vault.try_again()
            await self._vault.drop(_name(hub))
        return await self.login_of(hub)

    # The secret parts of signed addresses.

    def hold(self, name: str, secret: str) -> None:
        """Know a secret until this process ends, or until `keep` puts it into the keyring."""
        self._held[name] = secret
        note_secret(secret)

    async def keep(self, names: Iterable[str]) -> bool:
        """Put secrets that are held into the keyring; False when it cannot be used and they stay in memory only."""
        for name in names:
            if name not in self._held:
                continue
            if self._vault is None:
                return False
            try:
                await self._vault.put(name, self._held[name])
            except KeyringUnavailable:
                return False
        return True

    async def secret(self, name: str) -> str | None:
        """A secret that was held or kept, None when it is not here any more."""
        if name not in self._held and self._vault is not None:
            try:
                found = await self._vault.get(name)
            except KeyringUnavailable:
                found = None
            if found is not None:
                self.hold(name, found)
        return self._held.get(name)

    async def forget(self, names: Iterable[str]) -> None:
        """Forget secrets, here and in the keyring as far as that can be used."""
        for name in names:
            self._held.pop(name, None)
            if self._vault is not None:
                try:
                    await self._vault.drop(name)
                except KeyringUnavailable:
                    continue

    async def aclose(self) -> None:
        """Let go of the keyring."""
        if self._vault is not None:
            await self._vault.aclose()

    async def _load(self, hub: str) -> None:
        if self._vault is None or hub in self._asked:
            return
        async with self._asking:
            if hub in self._asked:
                return
            try:
                found = await self._vault.get(_name(hub))
            except KeyringUnavailable:
                found = None  # the environment counts then; `login_of` says why
            if hub not in self._asked and found:
                self._set(hub, _Token(found, LoginSource.KEYRING))
            self._asked.add(hub)

    def _fall_back(self, hub: str) -> None:
        """The token that does not come from the keyring, if there is one."""
        token = self._given.get(hub) or self._found(hub)
        if token is not None and token.text:
            self._set(hub, token)

    def _found(self, hub: str) -> _Token | None:
        account = self._accounts[hub]
        for variable in account.variables:
            if text := self._environ.get(variable, "").strip():
                return _Token(text, LoginSource.ENVIRONMENT, variable)
        path = account.file(self._environ) if account.file and self._environ else None
        if path is None:
            return None
        try:
            with path.expanduser().open(encoding="utf-8") as file:
                return _Token(file.read(_LONGEST + 1).strip(), LoginSource.FILE, str(path))
        except (OSError, ValueError, RuntimeError):
            return None

    def _set(self, hub: str, token: _Token) -> None:
        self._tokens[hub] = token
        note_secret(token.text)

    def __repr__(self) -> str:
        return f"<Credentials {', '.join(sorted(self._tokens)) or 'none'}>"


def _name(hub: str) -> str:
    return f"token:{hub}"


def _is_token(text: str) -> bool:
    usable = text.isascii() and text.isprintable() and not any(character in text for character in ' ;,"')
    return bool(text) and len(text) <= _LONGEST and usable
