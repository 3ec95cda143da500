"""Tokens, each bound to the exact origins of its hub."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..errors import UsageError
from .origins import Origin

VARIABLES: Mapping[str, str] = {
    "civitai": "CIVITAI_API_TOKEN",
    "huggingface": "HF_TOKEN",
    "modelscope": "MODELSCOPE_API_TOKEN",
}

_HOSTS: Mapping[str, tuple[str, ...]] = {
    "civitai": ("civitai.com", "www.civitai.com", "civitai.red", "www.civitai.red", "civitai.green"),
    "huggingface": ("huggingface.co",),
    "modelscope": ("modelscope.cn", "www.modelscope.cn"),
}

_LONGEST = 4096


class Credentials:
    """Which token goes where. Equal host, scheme and port are needed: a name that merely ends alike gets nothing."""

    def __init__(self, tokens: Mapping[str, str], origins: Mapping[str, frozenset[Origin]] | None = None) -> None:
        self._tokens = {hub: token.strip() for hub, token in tokens.items() if token.strip()}
        self._origins = {hub: frozenset(Origin("https", host, 443) for host in hosts) for hub, hosts in _HOSTS.items()}
        for hub, more in (origins or {}).items():
            self._origins[hub] = self._origins.get(hub, frozenset()) | more

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Credentials:
        """Tokens of the variables in ``VARIABLES``."""
        values = os.environ if environ is None else environ
        return cls({hub: values.get(variable, "") for hub, variable in VARIABLES.items()})

    def has(self, hub: str) -> bool:
        """Is there a token for ``hub``?"""
        return hub in self._tokens

    def headers_for(self, hub: str, origin: Origin) -> tuple[tuple[str, str], ...]:
        """The headers that log in to ``origin`` for ``hub``, none where the token does not belong.

        Raises UsageError for a token that cannot be one; the message does not show it.
        """
        token = self._tokens.get(hub)
        if token is None or origin not in self._origins.get(hub, frozenset()):
            return ()
        if len(token) > _LONGEST or not token.isascii() or not token.isprintable() or any(c in token for c in ' ;,"'):
            raise UsageError(detail=f"The token in {VARIABLES.get(hub, hub)} is not one; copy it again from the site.")
        bearer = ("Authorization", f"Bearer {token}")
        return (bearer, ("Cookie", f"m_session_id={token}")) if hub == "modelscope" else (bearer,)

    def __repr__(self) -> str:
        return f"<Credentials {', '.join(sorted(self._tokens)) or 'none'}>"
