"""From a host name to a connected socket: names are looked up off the loop, addresses raced (RFC 8305)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import itertools
import socket
from collections.abc import Sequence

import anyio

from ..clock import Clock
from ..errors import HostUnreachable, NameNotResolved, PrivateAddress, StabilityError, TooManyOpenFiles
from ..lane import Lane
from .origins import Reach, place_of

STAGGER = 0.25
"""Seconds that an address gets before the next one is tried beside it."""

REMEMBERED = 5.0
"""Seconds that a looked-up name is reused, for connections that open together."""

Place = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


class Resolver:
    """Looks up names. Each look-up has a daemon thread of its own, so one that hangs holds up nobody else."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, int], tuple[float, list[Place]]] = {}
        self._locks: dict[tuple[str, int], anyio.Lock] = {}

    async def resolve(self, host: str, port: int) -> list[Place]:
        """Addresses of ``host`` in the order of the system's preference. Raises NameNotResolved."""
        literal = _literal(host, port)
        if literal is not None:
            return [literal]
        key = (host, port)
        async with self._locks.setdefault(key, anyio.Lock()):
            until, places = self._known.get(key, (0.0, []))
            if self._clock.monotonic() >= until:
                places = await _look_up(host, port)
                self._known[key] = (self._clock.monotonic() + REMEMBERED, places)
            return places


def _literal(host: str, port: int) -> Place | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.version == 4:
        return socket.AF_INET, (host, port)
    return (socket.AF_INET6, (host, port, 0, 0)) if "%" not in host else None


async def _look_up(host: str, port: int) -> list[Place]:
    lane = Lane(f"look-up-{host}")
    try:
        found = await lane.run(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameNotResolved(host=host) from error
    finally:
        lane.close(0)
    places: list[Place] = [(family, address) for family, _, _, _, address in found]  # type: ignore[misc]
    if not places:
        raise NameNotResolved(host=host)
    return places


async def connect(host: str, port: int, reach: Reach, resolver: Resolver, clock: Clock) -> socket.socket:
    """A connected, non-blocking socket to ``host``, over whichever address answers first.

    Raises NameNotResolved, HostUnreachable, TooManyOpenFiles, and PrivateAddress where ``reach`` allows none of
    the addresses that the name has at this moment.
    """
    places = await resolver.resolve(host, port)
    allowed = [place for place in places if reach.allows(place_of(place[1][0]))]
    if not allowed:
        raise PrivateAddress(host=host)
    if len(allowed) == 1:
        return await _attempt(host, allowed[0])
    return await _Race(host, clock).run(_alternating(allowed))


def _alternating(places: Sequence[Place]) -> list[Place]:
    """IPv6 and IPv4 in turns, starting with the family of the first."""
    first = [place for place in places if place[0] == places[0][0]]
    second = [place for place in places if place[0] != places[0][0]]
    return [place for pair in itertools.zip_longest(first, second) for place in pair if place is not None]


async def _attempt(host: str, place: Place) -> socket.socket:
    family, address = place
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _failure(host, error) from error
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except OSError as error:
        sock.close()
        raise _failure(host, error) from error
    except BaseException:
        sock.close()
        raise
    return sock


def _failure(host: str, error: OSError) -> StabilityError:
    return TooManyOpenFiles() if error.errno in (errno.EMFILE, errno.ENFILE) else HostUnreachable(host=host)


class _Race:
    """Attempts that start one after the other and go on beside each other until one is through."""

    def __init__(self, host: str, clock: Clock) -> None:
        self._host = host
        self._clock = clock
        self._winner: socket.socket | None = None
        self._error: StabilityError | None = None

    async def run(self, places: Sequence[Place]) -> socket.socket:
        try:
            async with anyio.create_task_group() as group:
                for place in places:
                    failed = anyio.Event()
                    group.start_soon(self._try, place, failed, group.cancel_scope)
                    with contextlib.suppress(TimeoutError), self._clock.fail_after(STAGGER):
                        await failed.wait()
            if self._winner is None:
                raise self._error or HostUnreachable(host=self._host)
            return self._winner
        except BaseException:
            if self._winner is not None:
                self._winner.close()
            raise

    async def _try(self, place: Place, failed: anyio.Event, scope: anyio.CancelScope) -> None:
        try:
            sock = await _attempt(self._host, place)
        except StabilityError as error:
            self._error = self._error or error
            failed.set()
            return
        if self._winner is not None:
            sock.close()
            return
        self._winner = sock
        scope.cancel()
