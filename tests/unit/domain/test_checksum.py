from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.domain.checksum import Algorithm, Checksum, Verification, strongest
from stabilitydl.errors import BadChecksum

from .values import DIGITS, checksums


@given(checksums)
def test_what_is_written_can_be_read(checksum: Checksum) -> None:
    assert Checksum.parse(str(checksum)) == checksum
    assert Checksum.parse(str(checksum).upper()) == checksum
    assert Checksum.parse(f"  {str(checksum).replace(':', ' = ', 1)}\n") == checksum


@pytest.mark.parametrize(
    ("spelling", "algorithm"),
    [
        ("sha-256", Algorithm.SHA256),
        ("SHA256", Algorithm.SHA256),
        ("sha-512", Algorithm.SHA512),
        ("sha-1", Algorithm.SHA1),
        ("AutoV2", Algorithm.AUTOV2),
        ("gitsha1", Algorithm.GIT_SHA1),
        ("git-sha1", Algorithm.GIT_SHA1),
    ],
)
def test_spellings(spelling: str, algorithm: Algorithm) -> None:
    digits = "AB" * (DIGITS[algorithm] // 2)
    assert Checksum.parse(f"{spelling}:{digits}") == Checksum(algorithm, digits.lower())


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "sha256",
        "sha256:",
        "sha256:" + "a" * 63,
        "sha256:" + "a" * 65,
        "sha256:" + "g" * 64,
        "sha256:" + "-" + "a" * 63,
        "sha256:0x" + "a" * 62,
        "sha256:" + "a" * 32 + " " + "a" * 31,
        "sha256:" + "\uff11" * 64,
        "sha256::" + "a" * 63,
        "sha3:" + "a" * 64,
        ":" + "a" * 64,
        "a" * 64,
        "md5:" + "a" * 64,
    ],
)
def test_what_is_no_checksum(text: str) -> None:
    with pytest.raises(BadChecksum) as caught:
        Checksum.parse(text)
    assert caught.value.arguments["text"] == text or text.count(":") == 1


@given(st.text(max_size=80))
def test_any_text_is_a_checksum_or_refused(text: str) -> None:
    try:
        checksum = Checksum.parse(text)
    except BadChecksum:
        return
    assert len(checksum.digits) == DIGITS[checksum.algorithm]


def test_what_each_algorithm_proves() -> None:
    proofs = {algorithm: Checksum(algorithm, "").verification for algorithm in Algorithm}
    assert {algorithm for algorithm, proof in proofs.items() if proof is Verification.VERIFIED} == {
        Algorithm.SHA256,
        Algorithm.BLAKE3,
        Algorithm.SHA512,
        Algorithm.GIT_SHA1,
    }
    assert set(proofs.values()) == {Verification.VERIFIED, Verification.WEAK}


def test_the_strongest_wins_wherever_it_stands() -> None:
    several = [Checksum(Algorithm.CRC32, "0" * 8), Checksum(Algorithm.SHA256, "0" * 64), Checksum(Algorithm.MD5, "")]
    assert strongest(several) == strongest(reversed(several)) == several[1]
    assert strongest([]) is None


@given(st.lists(checksums, min_size=1))
def test_a_verifying_checksum_is_never_passed_over(several: list[Checksum]) -> None:
    best = strongest(several)
    assert best is not None
    assert best in several
    if any(each.verification is Verification.VERIFIED for each in several):
        assert best.verification is Verification.VERIFIED


def test_what_covers_a_part_of_a_file_is_never_compared() -> None:
    partial = [Checksum.of("AutoV1", "BE9EDD61"), Checksum.of("AutoV3", "0123456789ab")]
    assert [each.covers_file for each in partial] == [False, False]
    whole = Checksum(Algorithm.CRC32, "0" * 8)
    assert strongest([*partial, whole]) == whole
    for each in partial:
        with pytest.raises(BadChecksum):
            Checksum.parse(str(each))
