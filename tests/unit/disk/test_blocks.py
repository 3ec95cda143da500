"""Digests of blocks as they come in."""

from __future__ import annotations

import pytest

from stabilitydl.disk.blocks import DIGEST_SIZE, BlockDigester, count, digest_block, pack, unpack
from stabilitydl.disk.journal import BLOCK
from tests.unit.disk.lanes import noise

SIZE = 2 * BLOCK + 1000
DATA = noise(SIZE)
BLOCKS = {index: digest_block(DATA[index * BLOCK : (index + 1) * BLOCK]) for index in range(3)}


def feed(digester: BlockDigester, start: int, stop: int, step: int) -> None:
    for offset in range(start, stop, step):
        digester.update(offset, DATA[offset : min(stop, offset + step)])


def test_every_block_gets_its_digest_whatever_the_chunks() -> None:
    for step in (100_000, BLOCK, BLOCK + 1, SIZE):
        digester = BlockDigester(SIZE)
        feed(digester, 0, SIZE, step)
        assert digester.take() == BLOCKS
        assert digester.take() == {}


def test_two_connections_fill_two_blocks_at_once() -> None:
    digester = BlockDigester(SIZE)
    half = BLOCK // 2
    for block in (0, 1):
        digester.update(block * BLOCK, DATA[block * BLOCK : block * BLOCK + half])
    for block in (1, 0):
        digester.update(block * BLOCK + half, DATA[block * BLOCK + half : (block + 1) * BLOCK])
    assert digester.take() == {0: BLOCKS[0], 1: BLOCKS[1]}


def test_a_block_without_its_start_or_with_a_gap_gets_no_digest() -> None:
    digester = BlockDigester(SIZE)
    feed(digester, 10, BLOCK, BLOCK)
    digester.update(BLOCK, DATA[BLOCK : BLOCK + 10])
    digester.update(BLOCK + 11, DATA[BLOCK + 11 : 2 * BLOCK])
    assert digester.take() == {}
    # Begun again from its first byte it counts.
    feed(digester, BLOCK, 2 * BLOCK, 700_000)
    assert digester.take() == {1: BLOCKS[1]}


def test_bytes_behind_the_end_are_left_out() -> None:
    digester = BlockDigester(SIZE)
    digester.update(2 * BLOCK, DATA[2 * BLOCK :] + b"surplus")
    digester.update(SIZE + 5, b"more")
    assert digester.take() == {2: BLOCKS[2]}


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, SIZE, 10 * 2**30, 2**40])
def test_the_digests_of_a_file_lie_one_after_another(size: int) -> None:
    """H23: 160 KiB tell of 20 GiB."""
    known = {index: digest for index, digest in BLOCKS.items() if index < count(size)}
    packed = pack(known, size)
    assert len(packed) == count(size) * DIGEST_SIZE
    assert unpack(packed, size) == known
    assert unpack(packed, size + BLOCK) == {}


def test_what_is_not_known_stays_unknown() -> None:
    assert unpack(pack({1: BLOCKS[1]}, SIZE), SIZE) == {1: BLOCKS[1]}
    assert unpack(b"", SIZE) == {}
