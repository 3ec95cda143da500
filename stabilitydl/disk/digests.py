"""Digests of whole files, and what they prove about a file."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import Protocol

from blake3 import blake3

from ..domain.checksum import Algorithm, Checksum, Verification, strongest
from ..errors import ChecksumMismatch


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> object: ...
    def hexdigest(self) -> str: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: memoryview, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def hexdigest(self) -> str:
        return f"{self._value:08x}"


class Digests:
    """Running digests of a file of ``size`` bytes: SHA-256 always, and what the best of ``checksums`` needs."""

    def __init__(self, checksums: Iterable[Checksum], size: int) -> None:
        self.is_needed = True
        self.expected = strongest(checksums)
        self._hashes: dict[Algorithm, _Hash] = {Algorithm.SHA256: hashlib.sha256()}
        algorithm = self.expected.algorithm if self.expected else Algorithm.SHA256
        if algorithm not in (Algorithm.SHA256, Algorithm.AUTOV2):
            self._hashes[algorithm] = _new(algorithm, size)

    def update(self, data: memoryview) -> None:
        for digest in self._hashes.values():
            digest.update(data)

    @property
    def sha256(self) -> str:
        return self._hashes[Algorithm.SHA256].hexdigest()

    def judge(self) -> Verification | None:
        """What the match proves, None when there is nothing to compare with. Raises ChecksumMismatch."""
        if self.expected is None:
            return None
        actual = self._value(self.expected.algorithm)
        if actual != self.expected.digits:
            raise ChecksumMismatch(
                expected=str(self.expected), actual=f"{self.expected.algorithm}:{actual}", sha256=self.sha256
            )
        return self.expected.verification

    def _value(self, algorithm: Algorithm) -> str:
        if algorithm is Algorithm.AUTOV2:
            return self.sha256[:10]
        return self._hashes[algorithm].hexdigest()


def _new(algorithm: Algorithm, size: int) -> _Hash:
    match algorithm:
        case Algorithm.BLAKE3:
            return blake3()
        case Algorithm.CRC32:
            return _Crc32()
        case Algorithm.GIT_SHA1:
            return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        case _:
            return hashlib.new(algorithm.value, usedforsecurity=False)
