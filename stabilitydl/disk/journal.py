"""The journal of a part file: an append-only record of which of its ranges are on disk.

A record is ``length (4 bytes), payload, CRC-32 of the payload (4 bytes)``, big-endian; the payload is MessagePack.
The first record is the `Header`; each later one is a `Mark` that carries the whole set of ranges, so the last
good one counts and nothing has to be replayed. A *hard* mark is written after the data was synced and survives
a power cut. A *soft* mark follows data that the system has taken but not yet synced: it counts as long as the
system has not been restarted since. A mark that stands *alone* takes everything back that earlier ones said beyond
it: it is written when a sync failed and the system may have lost what soft marks told.

Reading stops at the first record that is cut or damaged. A journal never makes wrong bytes right: the finished
file is always checked against its checksum.
"""

from __future__ import annotations

import contextlib
import struct
import threading
import zlib
from collections.abc import Mapping

import msgspec

from ..domain.ranges import Ranges
from .system import let_go, system

FORMAT = 1
BLOCK = 2 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_LONGEST = 64 * 1024 * 1024


class Header(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What the ranges belong to. ``size`` is in bytes; ``validator`` is what its server called this version of it.

    ``record`` is what whoever brings the file wants to find here should its own books be lost.
    """

    format: int = FORMAT
    resource: str
    size: int
    validator: str
    checksum: str
    boot: str
    record: bytes = b""


class Mark(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Which ranges are written. ``blocks`` are BLAKE3 digests (16 bytes) of blocks completed since the last mark."""

    hard: bool
    ranges: tuple[tuple[int, int], ...]
    blocks: dict[int, bytes] = {}
    boot: str = ""
    alone: bool = False


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal says. ``length`` is the number of its bytes that can be trusted.

    ``durable`` are those of ``ranges`` that hard marks told.
    """

    header: Header
    ranges: Ranges
    durable: Ranges
    blocks: dict[int, bytes]
    length: int


_encoder = msgspec.msgpack.Encoder()
_header_decoder = msgspec.msgpack.Decoder(Header)
_mark_decoder = msgspec.msgpack.Decoder(Mark)


def frame(record: Header | Mark) -> bytes:
    """The bytes of one record."""
    payload = _encoder.encode(record)
    return _LENGTH.pack(len(payload)) + payload + _LENGTH.pack(zlib.crc32(payload))


def parse(data: bytes, boot: str) -> Contents | None:
    """Read a journal as far as it is good; None when not even its header is.

    ``boot`` is the id of the running system: soft marks of another one do not count.
    """
    position, payload = _next(data, 0)
    if payload is None:
        return None
    try:
        header = _header_decoder.decode(payload)
    except msgspec.MsgspecError:
        return None
    if header.format != FORMAT or header.size < 0:
        return None
    ranges, durable, blocks, length = Ranges(), Ranges(), dict[int, bytes](), position
    while True:
        position, payload = _next(data, position)
        if payload is None:
            break
        try:
            mark = _mark_decoder.decode(payload)
            marked = Ranges(mark.ranges)
        except (msgspec.MsgspecError, ValueError):
            break
        length = position
        if mark.alone:
            ranges, durable, blocks = Ranges(), Ranges(), {}
        if mark.hard:
            durable |= marked
        if mark.hard or (boot and mark.boot == boot):
            ranges |= marked
            blocks.update(mark.blocks)
    if any(stop > header.size for _, stop in ranges.items):
        return None
    return Contents(header=header, ranges=ranges, durable=durable, blocks=blocks, length=length)


def is_newer(data: bytes) -> bool:
    """Was this journal written by a newer version of the program?"""
    _, payload = _next(data, 0)
    try:
        first = msgspec.msgpack.decode(payload or b"")
    except msgspec.DecodeError:
        return False
    return isinstance(first, list) and bool(first) and isinstance(first[0], int) and first[0] > FORMAT


def _next(data: bytes, position: int) -> tuple[int, bytes | None]:
    start = position + _LENGTH.size
    if start > len(data):
        return position, None
    (length,) = _LENGTH.unpack_from(data, position)
    stop = start + length
    if length > _LONGEST or stop + _LENGTH.size > len(data):
        return position, None
    payload = data[start:stop]
    if _LENGTH.unpack_from(data, stop)[0] != zlib.crc32(payload):
        return position, None
    return stop + _LENGTH.size, payload


class Journal:
    """An open journal file. Marks may come from the writer's and the syncer's thread."""

    def __init__(self, descriptor: int, path: str, boot: str) -> None:
        self.path = path
        self._descriptor = descriptor
        self._boot = boot
        self._lock = threading.Lock()
        self._revoked = False
        self._is_torn = False
        self.is_newer = False

    @classmethod
    def create(cls, path: str, header: Header) -> Journal:
        """A new journal, synced. Raises OSError, FileExistsError among them."""
        journal = cls(system.create(path), path, header.boot)
        try:
            system.append(journal._descriptor, frame(header))
            system.sync_data(journal._descriptor)
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def open(cls, path: str, boot: str) -> tuple[Journal, Contents | None]:
        """An existing journal, cut behind its last good record, and what it says. Raises OSError."""
        journal = cls(system.open_existing(path), path, boot)
        try:
            data = journal._read()
            contents = parse(data, boot)
            journal.is_newer = contents is None and is_newer(data)
            if contents is not None:
                system.truncate(journal._descriptor, contents.length)
        except BaseException:
            journal.close()
            raise
        return journal, contents

    @classmethod
    def look(cls, path: str, boot: str) -> Contents | None:
        """What an existing journal says; nothing is changed. Raises OSError."""
        journal = cls(system.open_reader(path), path, boot)
        try:
            return parse(journal._read(), boot)
        finally:
            journal.close()

    def _read(self) -> bytes:
        size = min(system.status(self._descriptor).st_size, _LONGEST)
        buffer = bytearray(size)
        view, filled = memoryview(buffer), 0
        while filled < size:
            count = system.read_at(self._descriptor, view[filled:], filled)
            if count == 0:
                break
            filled += count
        return bytes(view[:filled])

    def mark(self, ranges: Ranges, blocks: Mapping[int, bytes], *, hard: bool, alone: bool = False) -> None:
        """Append one mark; a hard one is on stable storage when this returns. Raises OSError.

        One that stands ``alone`` takes back what earlier ones said beyond it. Of one that fails nothing stays; where
        not even that can be had the journal is removed.
        """
        record = frame(Mark(hard=hard, ranges=ranges.items, blocks=dict(blocks), boot=self._boot, alone=alone))
        with self._lock:
            if self._revoked or self._is_torn:
                return
            length = system.status(self._descriptor).st_size
            try:
                system.append(self._descriptor, record)
            except OSError:
                self._take_back(length)
                raise
        if hard:
            system.sync_data(self._descriptor)

    def revoke(self, ranges: Ranges, blocks: Mapping[int, bytes]) -> None:
        """Say that only ``ranges`` are on disk, whatever earlier marks told; later marks are refused.

        Where not even that can be written the journal is removed: the part is begun again then. Raises OSError.
        """
        record = frame(Mark(hard=True, ranges=ranges.items, blocks=dict(blocks), boot=self._boot, alone=True))
        with self._lock:
            self._revoked = True
            try:
                if not self._is_torn:
                    system.append(self._descriptor, record)
                    return
            except OSError:
                pass
            system.remove(self.path)

    def _take_back(self, length: int) -> None:
        """Cut off what came of a record: nothing behind a torn one is ever read. Else remove the journal."""
        try:
            system.truncate(self._descriptor, length)
        except OSError:
            self._is_torn = True
            with contextlib.suppress(OSError):
                system.remove(self.path)

    def close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            let_go(descriptor)

    def __repr__(self) -> str:
        return f"<Journal {self.path}{' closed' if self._descriptor < 0 else ''}>"
