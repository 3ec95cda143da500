"""The client: the only way the product talks to servers."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NamedTuple

import anyio
import httpx

from .. import __version__
from ..clock import Clock
from ..errors import NetworkTimeout, StabilityError, TooManyRedirects
from .answer import Answer
from .credentials import Credentials
from .faults import mapped
from .governor import Governor, Slot
from .logs import silence_logs
from .origins import Origin, Reach, parse_url
from .proxies import Proxies
from .redirects import MOST_HOPS, STATUSES, check_place, follow, headers_for, may_repeat_body
from .request import Request
from .status import retry_after
from .transport import BODY, DIRECT, PLACE, REACH, Transport

MIB = 1024 * 1024
TIMEOUT = 30.0
"""Seconds for connecting, and for each wait for bytes."""
CALL_TIMEOUT = 300.0
"""Seconds for a whole hub call."""
_DRAINED = 64 * 1024
_DRAIN_TIME = 2.0


class HttpClient:
    """Sends requests, follows redirects, adds credentials, keeps to the governor's limits.

    Every redirect is a request of its own: headers are built anew for each origin, https never leads to http, and a
    private address is reached only where the user pointed at one of its class.
    """

    def __init__(
        self,
        clock: Clock,
        governor: Governor | None = None,
        credentials: Credentials | None = None,
        *,
        proxies: Proxies | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """``proxies`` None means those of this machine; ``context`` None means to trust what the system trusts."""
        silence_logs()
        self._clock = clock
        self.governor = governor or Governor(clock)
        self.credentials = credentials or Credentials({})
        self._transport = Transport(clock, proxies or Proxies(), context)
        self._client = httpx.AsyncClient(
            transport=self._transport,
            headers={"User-Agent": f"stabilitydl/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(TIMEOUT, pool=None),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            trust_env=False,
        )

    async def open(self, request: Request, *, extra: Sequence[tuple[str, str]] = (), bulk: bool = False) -> Answer:
        """Send a request and return the answer, whatever its status, with the body still to be read.

        ``extra`` are headers of this one exchange (``Range``, ``If-Range``), which go along on redirects; ``bulk``
        marks a file body for the governor. Raises NetworkError, TooManyRedirects, UnsafeRedirect, PrivateAddress,
        BadAnswer, ServerBusy while the host cools down, and UsageError for an unusable URL.
        """
        url = parse_url(request.url)
        first = Origin.of(url)
        reach = Reach.ANY if request.trusted else Reach.PUBLIC
        own = [*request.headers, *extra]
        seen: set[str] = set()
        named_by = url.host
        body = request.body
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
            sent = await self._send(url, headers, {REACH: reach, DIRECT: direct}, slot, body)
            answer = sent.answer
            location = answer.headers.get("location")
            if answer.status not in STATUSES or location is None:
                self._heed(answer, origin)
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

    @property
    def connections(self) -> list[str]:
        """What each open connection is doing, for the log and for tests."""
        return self._transport.connections

    async def aclose(self) -> None:
        """Close every connection, and let go of the keyring."""
        await self._client.aclose()
        await self.credentials.aclose()

    async def _send(
        self,
        url: httpx.URL,
        headers: list[tuple[str, str]],
        extensions: dict[str, object],
        slot: Slot,
        body: bytes | None,
    ) -> _Sent:
        try:
            method = "GET" if body is None else "POST"
            kind = () if body is None else (("Content-Type", "application/json"),)
            message = self._client.build_request(
                method, url, headers=[*headers, *kind], content=body, extensions=extensions
            )
            response = await self._client.send(message, stream=True)
        except BaseException as error:
            slot.release()
            if isinstance(error, StabilityError) or not isinstance(error, Exception):
                raise
            raise mapped(error, url.host) from error

        async def close() -> None:
            try:
                with anyio.CancelScope(shield=True):
                    await response.aclose()
            finally:
                slot.release()

        read = response.extensions[BODY].read
        answer = Answer(response.status_code, response.headers, str(url), url.host, read, close)
        return _Sent(answer, response.extensions[PLACE])

    def _heed(self, answer: Answer, origin: Origin) -> None:
        """Leave a host alone that says for how long."""
        if answer.status in (429, 503):
            seconds = retry_after(answer.headers, self._clock.wall())
            if seconds:
                self.governor.cool_down(origin, seconds)

    async def _drain(self, answer: Answer) -> None:
        """Read the rest of a short body, so that its connection can be used again."""
        size = 0
        with contextlib.suppress(StabilityError, TimeoutError), self._clock.fail_after(_DRAIN_TIME):
            while chunk := await answer.next_chunk():
                size += len(chunk)
                if size > _DRAINED:
                    return

    def __repr__(self) -> str:
        return f"<HttpClient {len(self._transport.connections)} connections>"


class _Sent(NamedTuple):
    """An answer, and the class of the address that gave it."""

    answer: Answer
    place: Reach
