"""The bodies of answers: read past httpcore's parser where the stream knows their length, else through it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from types import AsyncGeneratorType
from typing import cast

from ..domain.chunk import WIDTH, Chunk, split
from .faults import mapped
from .network import PATIENCE, Stream
from .pools import Loan


class Body(ABC):
    """The body of one answer from ``host``. Raises errors of ours only."""

    def __init__(self, loan: Loan, stream: Stream | None, host: str) -> None:
        self._loan = loan
        self._stream = stream
        self._host = host
        self._closed = False

    @abstractmethod
    async def read(self, most: int = WIDTH) -> Chunk:
        """The next bytes, ``most`` at most; empty at the end. Raises ConnectionLost, NetworkTimeout, BadAnswer."""

    def pace(self, rate: float) -> None:
        """It will be read at ``rate`` bytes per second from now on, infinity for as fast as can be."""
        if self._stream is not None:
            self._stream.pace(rate)

    @abstractmethod
    async def _finish(self) -> None: ...

    async def aclose(self) -> None:
        """Give the connection back, or end it where the body is not read to its end. May be called again."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._finish()
        except BaseException:
            # A shield of anyio does not hold against asyncio's own cancellation.
            if self._stream is not None:
                self._stream.close()
            raise


class DetachedBody(Body):
    """Read from the stream itself. httpcore knows an empty body, or none, and is told when the real one is over."""

    async def read(self, most: int = WIDTH) -> Chunk:
        assert self._stream is not None
        try:
            return await self._stream.take(most)
        except Exception as error:
            raise mapped(error, self._host) from error

    async def _finish(self) -> None:
        assert self._stream is not None
        if self._stream.is_exact and not self._stream.is_closed:
            await self._loan.end()
        else:
            self._stream.close()
        await self._loan.aclose()


class ParsedBody(Body):
    """Read through httpcore: chunked, or as long as the connection."""

    def __init__(self, loan: Loan, stream: Stream | None, host: str) -> None:
        super().__init__(loan, stream, host)
        self._parts = cast("AsyncGeneratorType[bytes, None]", loan.parts())
        self._rest: Chunk = b""

    async def read(self, most: int = WIDTH) -> Chunk:
        if not self._rest:
            if self._stream is not None:
                self._stream.width = most
            try:
                with self._in_time():
                    self._rest = await anext(self._parts, b"")
            except Exception as error:
                raise mapped(error, self._host, ended=self._stream is not None and self._stream.ended) from error
        data, self._rest = split(self._rest, most)
        return data

    def _in_time(self) -> AbstractContextManager[object]:
        """A read ends that brings nothing of the body, whatever comes of what stands around it, as between chunks."""
        return nullcontext() if self._stream is None else self._stream.clock.fail_after(PATIENCE)

    async def _finish(self) -> None:
        if not self._parts.ag_running:
            await self._parts.aclose()
        await self._loan.aclose()
