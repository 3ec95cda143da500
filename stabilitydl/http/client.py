"""The client: the only way the product talks to servers."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..clock import Clock
from ..errors import ConnectionLost, HostUnreachable, NetworkTimeout, StabilityError, TooManyRedirects
from .answer import Answer
from .credentials import Credentials
from .governor import Governor, Slot
from .origins import Origin, Reach, parse_url
from .redirects import MOST_HOPS, STATUSES, check_place, follow, headers_for, may_repeat_body
from .request import Request
from .status import retry_after

if TYPE_CHECKING:
    import ssl

    import httpx

    from .proxies import Proxies
    from .sender import Sender, Sent

MIB = 1024 * 1024
CALL_TIMEOUT = 300.0
"""Seconds for a whole hub call."""
OPEN_TIMEOUT = 30.0
"""Seconds that servers may take for one answer, from connecting to the first of them to the head of the last one."""
_DRAINED = 64 * 1024
_DRAIN_TIME = 2.0


class Patience(Protocol):
    """Of who waits for an answer: how long may it take?"""

    def begins(self) -> float:
        """A server is asked now, and gets that many seconds."""
        ...

    def ends(self) -> None:
        """It answered, or did not."""
        ...


class HttpClient:
    """Sends requests, follows redirects, adds credentials, keeps to the governor's limits.

    Every redirect is a request of its own: headers are built anew for each origin, https never leads to http, and a
    private address is reached only where the user pointed at one of its class. What all that stands on is imported
    with the first request: a window that shows what is on its list needs none of it.
    """

    def __init__(
        self,
        clock: Clock,
        governor: Governor | None = None,
        credentials: Credentials | None = None,
        *,
        proxies: Proxies | None = None,
        proxy: str = "",
        context: ssl.SSLContext | None = None,
    ) -> None:
        """``proxy`` is the setting, see `set_proxy`; ``proxies`` come instead of it. ``context`` None means to trust
        what the system trusts.
        """
        self._clock = clock
        self.governor = governor or Governor(clock)
        self.credentials = credentials or Credentials({})
        self._proxies = proxies
        self._proxy = proxy
        self._context = context
        self._made: Sender | None = None
        self.governor.on_less = self._shrink

    async def open(
        self,
        request: Request,
        *,
        extra: Sequence[tuple[str, str]] = (),
        bulk: bool = False,
        patience: Patience | None = None,
    ) -> Answer:
        """Send a request and return the answer, whatever its status, with the body still to be read.

        ``extra`` are headers of this one exchange (``Range``, ``If-Range``), which go along on redirects; ``bulk``
        marks a file body for the governor. All redirects together have `OPEN_TIMEOUT`, and each of them what
        ``patience`` allows; waiting for the governor or for the keyring does not count. Raises NetworkError,
        TooManyRedirects, UnsafeRedirect, PrivateAddress, BadAnswer, ServerBusy while the host cools down, and
        UsageError for an unusable URL.
        """
        url = parse_url(request.url)
        first = Origin.of(url)
        reach = Reach.ANY if request.trusted else Reach.PUBLIC
        own = [*request.headers, *extra]
        seen: set[str] = set()
        named_by = url.host
        body, left = request.body, OPEN_TIMEOUT
        while True:
            if str(url) in seen or len(seen) > MOST_HOPS:
                raise TooManyRedirects(host=first.host)
            seen.add(str(url))
            check_place(url.host, named_by, reach)
            origin = Origin.of(url)
            await self.credentials.prepare(request.hub, origin)
            headers = headers_for(origin, first, own, self.credentials.headers_for(request.hub, origin))
            slot = await self.governor.acquire(origin, bulk)
            direct = request.direct and origin.host == first.host
            began = self._clock.monotonic()
            seconds = left if patience is None else min(left, patience.begins())
            try:
                sent = await self._send(url, headers, body, reach=reach, direct=direct, slot=slot, seconds=seconds)
            finally:
                if patience is not None:
                    patience.ends()
            answer = sent.answer
            location = answer.headers.get("location")
            if answer.status not in STATUSES or location is None:
                self._heed(answer, origin, slot, is_minor=request.is_minor)
                return answer
            try:
                named_by = url.host
                url = follow(url, location)
                body = body if may_repeat_body(answer.status, url, first) else None
                if Origin.of(url) != origin and (reach is Reach.ANY or sent.place is Reach.PUBLIC):
                    reach = sent.place
                await self._drain(answer)
            finally:
                await answer.aclose()
            left -= self._clock.monotonic() - began

    async def get(self, request: Request, *, limit: int = 32 * MIB) -> tuple[Answer, bytes]:
        """Send a request and read its whole answer of at most ``limit`` bytes; the status is not judged.

        Raises what ``open`` and ``Answer.read`` raise.
        """
        try:
            with self._clock.fail_after(CALL_TIMEOUT):
                answer = await self.open(request)
                try:
                    return answer, await answer.read(limit)
                finally:
                    await answer.aclose()
        except TimeoutError:
            raise NetworkTimeout(host=parse_url(request.url).host) from None

    def set_proxy(self, setting: str) -> None:
        """From now on go through the proxy of ``setting``: empty for that of the system, ``none``, or an address."""
        if setting == self._proxy:
            return
        self._proxy, self._proxies = setting, None
        if self._made is not None:
            self._made.change_proxies(self._chosen_proxies())

    @property
    def connections(self) -> list[str]:
        """What each open connection is doing, for the log and for tests."""
        return self._made.connections if self._made is not None else []

    async def aclose(self) -> None:
        """Close every connection, and let go of the keyring."""
        if self._made is not None:
            await self._made.aclose()
        await self.credentials.aclose()

    @property
    def _sender(self) -> Sender:
        if self._made is None:
            from .sender import Sender

            self._made = Sender(self._clock, self._proxies or self._chosen_proxies(), self._context)
        return self._made

    def _shrink(self) -> None:
        if self._made is not None:
            self._made.shrink()

    def _chosen_proxies(self) -> Proxies:
        from .proxies import Proxies

        return Proxies.chosen(self._proxy)

    async def _send(
        self,
        url: httpx.URL,
        headers: list[tuple[str, str]],
        body: bytes | None,
        *,
        reach: Reach,
        direct: bool,
        slot: Slot,
        seconds: float,
    ) -> Sent:
        """Ask one server, which has ``seconds`` to answer. Without an answer the slot is free again."""
        try:
            with self._clock.fail_after(max(seconds, 0.0)):
                return await self._sender.send(url, headers, body, reach=reach, direct=direct, slot=slot)
        except BaseException as error:
            if isinstance(error, HostUnreachable | ConnectionLost):
                self.governor.refuse(slot, busy=False)
            slot.release()
            if isinstance(error, TimeoutError):
                raise NetworkTimeout(host=url.host) from error
            raise

    def _heed(self, answer: Answer, origin: Origin, slot: Slot, *, is_minor: bool) -> None:
        """Ask a host for less that is busy, and leave it alone where it says for how long."""
        if answer.status not in (429, 503):
            slot.serve()
        else:
            self.governor.refuse(slot, busy=True)
            seconds = retry_after(answer.headers, self._clock.wall())
            if seconds and not is_minor:
                self.governor.cool_down(origin, seconds, answer.status)

    async def _drain(self, answer: Answer) -> None:
        """Read the rest of a short body, so that its connection can be used again."""
        size = 0
        with contextlib.suppress(StabilityError, TimeoutError), self._clock.fail_after(_DRAIN_TIME):
            while chunk := await answer.next_chunk():
                size += len(chunk)
                if size > _DRAINED:
                    return

    def __repr__(self) -> str:
        return f"<HttpClient {len(self.connections)} connections>"
