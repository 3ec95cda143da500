"""What a server answered: status and headers now, the body when it is read."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Protocol

from ..domain.chunk import WIDTH, Chunk
from ..errors import BadAnswer, CompressedAnswer
from .request import redacted


class Read(Protocol):
    """Reads the next bytes of a body, ``most`` at most."""

    def __call__(self, most: int = WIDTH) -> Awaitable[Chunk]: ...


class Answer:
    """An answer whose body is still on the way. Whoever got it closes it; that gives its connection back.

    ``url`` is the address that answered after all redirects. It may hold a signature: never show or store it.
    """

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        url: str,
        host: str,
        read: Read,
        close: Callable[[], Awaitable[None]],
        pace: Callable[[float], None] = lambda _rate: None,
    ) -> None:
        self.status = status
        self.headers = headers
        self.url = url
        self.host = host
        self.next_chunk = read
        """The next bytes of the body as they come, undecoded, as many as wanted at most; empty at its end.

        Raises ConnectionLost, NetworkTimeout or BadAnswer.
        """
        self.pace = pace
        """Say how many bytes per second will be read from now on, infinity for as many as come."""
        self._close = close
        self._closed = False

    async def chunks(self) -> AsyncIterator[Chunk]:
        """All of ``next_chunk``."""
        while chunk := await self.next_chunk():
            yield chunk

    async def read(self, limit: int) -> bytes:
        """The whole body of at most ``limit`` bytes.

        Raises BadAnswer when it is larger, CompressedAnswer when it is encoded, and what ``chunks`` raises.
        """
        if self.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise CompressedAnswer(host=self.host)
        parts = []
        size = 0
        while chunk := await self.next_chunk():
            size += len(chunk)
            if size > limit:
                raise BadAnswer(host=self.host, detail=f"an answer is larger than {limit} bytes")
            parts.append(chunk)
        return b"".join(parts)

    async def aclose(self) -> None:
        """Give the connection back, or end it where the body is not read to its end, also while the task is being
        cancelled. May be called again."""
        if not self._closed:
            self._closed = True
            await self._close()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self, stacklevel=1)

    def __repr__(self) -> str:
        return f"<Answer {self.status} {redacted(self.url)}>"
