"""A connection between two processes on this machine: whole frames, after both have proved that they know the secret.

A frame is its length as four bytes, most significant first, and its contents. The proof: the host sends a number that
is used once, the guest answers with one of its own and the HMAC-SHA-256 of both, and the host answers with another
HMAC. So neither a stranger who finds the port, nor one who listens where an engine used to be, learns the secret or
is believed.
"""

from __future__ import annotations

import hmac
import secrets
import struct

import anyio
import msgspec
from anyio.abc import SocketStream

from ..clock import Clock

_HEAD = struct.Struct(">I")
_READ = 256 * 1024
_NONCE = 32

GREETING_LIMIT = 1024
"""Bytes of a frame from somebody who has proved nothing yet."""

FRAME_LIMIT = 1 << 30
"""Bytes of a frame. The largest are lists of all resources, some hundred bytes each."""

GREETING_SECONDS = 2.0
"""How long the proof may take, each side."""


class PeerGone(Exception):
    """The other side closed, died, or broke the rules. For `engine` alone: callers of an engine never see it."""


class _Challenge(msgspec.Struct, frozen=True):
    nonce: bytes
    version: str


class _Proof(msgspec.Struct, frozen=True):
    nonce: bytes
    proof: bytes


class _Welcome(msgspec.Struct, frozen=True):
    proof: bytes


class Channel:
    """Frames over ``stream``. One task receives, one task sends."""

    def __init__(self, stream: SocketStream) -> None:
        self._stream = stream
        self._buffer = bytearray()

    async def receive(self, limit: int = FRAME_LIMIT) -> bytes:
        """The next frame. Raises PeerGone, also for one of more than ``limit`` bytes."""
        await self._fill(_HEAD.size)
        (size,) = _HEAD.unpack_from(self._buffer)
        if size > limit:
            raise PeerGone(f"a frame of {size} bytes")
        await self._fill(_HEAD.size + size)
        frame = bytes(memoryview(self._buffer)[_HEAD.size : _HEAD.size + size])
        del self._buffer[: _HEAD.size + size]
        return frame

    async def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            try:
                self._buffer += await self._stream.receive(_READ)
            except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
                raise PeerGone(repr(error)) from error

    async def send(self, *frames: bytes) -> None:
        """Return when the system has taken ``frames``. Raises PeerGone."""
        data = b"".join(part for frame in frames for part in (_HEAD.pack(len(frame)), frame))
        try:
            await self._stream.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            raise PeerGone(repr(error)) from error

    async def aclose(self) -> None:
        """Close the connection, at once."""
        with anyio.CancelScope(shield=True):
            await anyio.aclose_forcefully(self._stream)

    def __repr__(self) -> str:
        return f"<Channel {len(self._buffer)} bytes waiting>"


async def admit(channel: Channel, secret: str, version: str, clock: Clock) -> None:
    """The host's side of the proof. Raises PeerGone when the guest does not know ``secret`` or takes too long."""
    mine = secrets.token_bytes(_NONCE)
    try:
        with clock.fail_after(GREETING_SECONDS):
            await channel.send(msgspec.msgpack.encode(_Challenge(mine, version)))
            theirs = msgspec.msgpack.decode(await channel.receive(GREETING_LIMIT), type=_Proof)
            if not hmac.compare_digest(theirs.proof, _digest(secret, b"guest", mine, theirs.nonce)):
                raise PeerGone("it does not know the secret")
            await channel.send(msgspec.msgpack.encode(_Welcome(_digest(secret, b"host", mine, theirs.nonce))))
    except (TimeoutError, msgspec.DecodeError) as error:
        raise PeerGone(repr(error)) from error


async def introduce(channel: Channel, secret: str, clock: Clock) -> str:
    """The guest's side of the proof; the version of the program that the host runs.

    Raises PeerGone when the host does not know ``secret`` either, or takes too long.
    """
    mine = secrets.token_bytes(_NONCE)
    try:
        with clock.fail_after(GREETING_SECONDS):
            theirs = msgspec.msgpack.decode(await channel.receive(GREETING_LIMIT), type=_Challenge)
            await channel.send(
                msgspec.msgpack.encode(_Proof(mine, _digest(secret, b"guest", theirs.nonce, mine))),
            )
            welcome = msgspec.msgpack.decode(await channel.receive(GREETING_LIMIT), type=_Welcome)
            if not hmac.compare_digest(welcome.proof, _digest(secret, b"host", theirs.nonce, mine)):
                raise PeerGone("it does not know the secret")
    except (TimeoutError, msgspec.DecodeError) as error:
        raise PeerGone(repr(error)) from error
    return theirs.version


def _digest(secret: str, role: bytes, first: bytes, second: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"\0".join((role, first.hex().encode(), second.hex().encode())), "sha256")
