"""Asking a hub for what somebody typed, and looking at what came of it."""

from __future__ import annotations

from pathlib import Path

from stabilitydl.clock import Clock
from stabilitydl.http.client import HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from tests.fakes.repository_origin import RepositoryOrigin

ROOT = Path("/models")


async def expand(hub: Hub, text: str, client: HttpClient, root: Path = ROOT) -> Expansion:
    locator = hub.recognise(text)
    assert locator is not None
    return await hub.expand(locator, Destination(root), client)


def member_of(origin: RepositoryOrigin, hub: str, token: str, clock: Clock) -> HttpClient:
    """A client with a token that the hub knows."""
    origin.tokens.add(token)
    here = frozenset({Origin.parse(origin.url(""))})
    return HttpClient(clock, credentials=Credentials({hub: token}, {hub: here}))


def paths(expansion: Expansion) -> list[str]:
    return [child.path for child in expansion.resources]


def codes(expansion: Expansion) -> list[str]:
    return [problem.code for problem in expansion.problems]


def meant(expansion: Expansion) -> list[str] | None:
    """The paths that were selected, None for all."""
    if expansion.selected is None:
        return None
    return [child.path for child in expansion.resources if child.id in expansion.selected]
