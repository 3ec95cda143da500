"""One request, one answer: where httpx and httpcore come in. Nothing is followed or judged here."""

from __future__ import annotations

import ssl
from typing import NamedTuple

import anyio
import httpx

from .. import __version__
from ..clock import Clock
from ..errors import StabilityError
from .answer import Answer
from .faults import mapped
from .governor import Slot
from .logs import silence_logs
from .origins import Reach
from .proxies import Proxies
from .transport import Transport


class Sent(NamedTuple):
    """An answer, and the class of the address that gave it."""

    answer: Answer
    place: Reach


_HEADERS = (("User-Agent", f"stabilitydl/{__version__}"), ("Accept", "*/*"), ("Accept-Encoding", "identity"))


class Sender:
    """Sends requests over our transport.

    There is no httpx client between them: what it adds, redirects, cookies and settings of the environment, is not
    wanted here, and it takes as long as the rest of a small request.
    """

    def __init__(self, clock: Clock, proxies: Proxies | None = None, context: ssl.SSLContext | None = None) -> None:
        """``proxies`` None means those of this machine; ``context`` None means to trust what the system trusts."""
        silence_logs()
        self._transport = Transport(clock, proxies or Proxies(), context)

    async def send(
        self,
        url: httpx.URL,
        headers: list[tuple[str, str]],
        body: bytes | None,
        *,
        reach: Reach,
        direct: bool,
        slot: Slot,
    ) -> Sent:
        """Ask once. Closing the answer releases ``slot``; after a failure, an error of ours, that is left to others."""
        try:
            given = {name.lower() for name, _ in headers}
            fields = [*(field for field in _HEADERS if field[0].lower() not in given), *headers]
            reply = await self._transport.send(url, fields, body, reach=reach, direct=direct, allowed=slot.allowed)
        except StabilityError:
            raise
        except Exception as error:
            raise mapped(error, url.host) from error
        slot.answer()

        async def close() -> None:
            try:
                with anyio.CancelScope(shield=True):
                    await reply.body.aclose()
            finally:
                slot.release()

        answer = Answer(reply.status, reply.headers, str(url), url.host, reply.body.read, close, reply.body.pace)
        return Sent(answer, reply.place)

    def change_proxies(self, proxies: Proxies) -> None:
        """Requests from now on go through ``proxies``."""
        self._transport.change_proxies(proxies)

    def shrink(self) -> None:
        """Close what is idle beyond what the origins bear by now."""
        self._transport.shrink()

    @property
    def connections(self) -> list[str]:
        """What each open connection is doing, for the log and for tests."""
        return self._transport.connections

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    def __repr__(self) -> str:
        return f"<Sender {len(self.connections)} connections>"
