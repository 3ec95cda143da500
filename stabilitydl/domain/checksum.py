"""Checksums: an algorithm and lower-case hexadecimal digits, and what a match of them proves."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from ..errors import BadChecksum


class Algorithm(StrEnum):
    """Algorithms that hubs and lists use, strongest first.

    ``GIT_SHA1`` is the name of a git blob: SHA-1 over ``b"blob <size>\\0"`` and the contents. ``AUTOV2`` is the
    first ten digits of the SHA-256. ``CRC32`` is written most significant byte first. ``AUTOV1`` and ``AUTOV3`` are of
    a part of a file (64 KiB of it; all but the header of a safetensors file, twelve digits): they are looked up, never
    compared, and stand only beside a checksum that covers the file.
    """

    SHA256 = "sha256"
    BLAKE3 = "blake3"
    SHA512 = "sha512"
    GIT_SHA1 = "git-sha1"
    SHA1 = "sha1"
    MD5 = "md5"
    AUTOV2 = "autov2"
    CRC32 = "crc32"
    AUTOV1 = "autov1"
    AUTOV3 = "autov3"


_DIGITS = {
    Algorithm.SHA256: 64,
    Algorithm.BLAKE3: 64,
    Algorithm.SHA512: 128,
    Algorithm.GIT_SHA1: 40,
    Algorithm.SHA1: 40,
    Algorithm.MD5: 32,
    Algorithm.AUTOV2: 10,
    Algorithm.CRC32: 8,
    Algorithm.AUTOV1: 8,
    Algorithm.AUTOV3: 12,
}
_STRENGTH = {algorithm: rank for rank, algorithm in enumerate(Algorithm)}
_PARTIAL = frozenset({Algorithm.AUTOV1, Algorithm.AUTOV3})
_WEAK = frozenset({Algorithm.SHA1, Algorithm.MD5, Algorithm.AUTOV2, Algorithm.CRC32}) | _PARTIAL
_SPELLINGS = {"sha-256": "sha256", "sha-512": "sha512", "sha-1": "sha1", "gitsha1": "git-sha1"}
_HEX = frozenset("0123456789abcdef")


class Verification(StrEnum):
    """How sure we are that a file is the one that its hub meant."""

    VERIFIED = "verified"
    WEAK = "weak"
    UNVERIFIABLE = "unverifiable"


class Checksum(msgspec.Struct, frozen=True, order=True, gc=False):
    """One published digest of a whole file. ``digits`` are lower-case hexadecimal."""

    algorithm: Algorithm
    digits: str

    @classmethod
    def parse(cls, text: str) -> Checksum:
        """Read ``sha256:HEX`` (also ``sha-256=HEX``, upper case, blanks around it).

        Raises BadChecksum for an unknown algorithm, one that does not cover the file, a wrong number of digits, or
        anything else.
        """
        name, separator, digits = text.strip().replace("=", ":", 1).partition(":")
        if not separator:
            raise BadChecksum(text=text)
        checksum = cls.of(name, digits)
        if not checksum.covers_file:
            raise BadChecksum(text=text)
        return checksum

    @classmethod
    def of(cls, algorithm: str, digits: str) -> Checksum:
        """A checksum from its two halves as a hub wrote them. Raises BadChecksum."""
        name = algorithm.strip().lower()
        value = digits.strip().lower()
        try:
            known = Algorithm(_SPELLINGS.get(name, name))
        except ValueError:
            raise BadChecksum(text=f"{algorithm}:{digits}") from None
        if len(value) != _DIGITS[known] or not _HEX.issuperset(value):
            raise BadChecksum(text=f"{algorithm}:{digits}")
        return cls(known, value)

    @property
    def covers_file(self) -> bool:
        """Can a file be compared with it?"""
        return self.algorithm not in _PARTIAL

    @property
    def verification(self) -> Verification:
        """What a file that matches this checksum is."""
        return Verification.WEAK if self.algorithm in _WEAK else Verification.VERIFIED

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.digits}"


def strongest(checksums: Iterable[Checksum]) -> Checksum | None:
    """The checksum that proves most, or None when there is none."""
    return min(checksums, key=lambda checksum: _STRENGTH[checksum.algorithm], default=None)
