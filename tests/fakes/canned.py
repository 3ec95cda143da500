"""A client whose answers are made up by the test, in the same process: for thousands of answers in seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from stabilitydl.domain.chunk import WIDTH
from stabilitydl.http.answer import Answer
from stabilitydl.http.client import HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.request import Request

MIB = 1024 * 1024
_NOBODY = Credentials({})


@dataclass(frozen=True)
class Canned:
    """One answer. The case of header names does not matter."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class CannedClient:
    """``answer`` makes the answer for the path and query of a request. ``asked`` are all paths, in order."""

    def __init__(self, answer: Callable[[str], Canned], credentials: Credentials | None = None) -> None:
        self._answer = answer
        self.credentials = credentials or _NOBODY
        self.asked: list[str] = []

    @property
    def client(self) -> HttpClient:
        """This, as hubs want it."""
        return cast(HttpClient, self)

    async def open(self, request: Request, *, extra: Sequence[tuple[str, str]] = (), bulk: bool = False) -> Answer:
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append(path)
        canned = self._answer(path)

        bodies = [canned.body]

        async def read(most: int = WIDTH) -> bytes:
            return bodies.pop() if bodies else b""

        async def close() -> None:
            pass

        headers = {name.lower(): value for name, value in canned.headers.items()}
        return Answer(canned.status, headers, request.url, parts.hostname or "", read, close)

    async def get(self, request: Request, *, limit: int = 32 * MIB) -> tuple[Answer, bytes]:
        answer = await self.open(request)
        try:
            return answer, await answer.read(limit)
        finally:
            await answer.aclose()
