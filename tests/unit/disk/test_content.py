"""What is written, what is durable, and what is known of the blocks."""

from __future__ import annotations

from stabilitydl.disk.blocks import digest_block
from stabilitydl.disk.content import Content
from stabilitydl.disk.journal import BLOCK, Contents
from stabilitydl.domain.ranges import Ranges
from tests.unit.disk.lanes import identity, noise

SIZE = 3 * BLOCK + 5
DATA = noise(SIZE)
PROOFS = {index: digest_block(DATA[index * BLOCK : (index + 1) * BLOCK]) for index in range(4)}


def add(content: Content, start: int, stop: int) -> None:
    content.add(start, [DATA[start:stop]], stop - start)


def test_what_is_added_while_it_is_made_durable_waits_for_the_next_time() -> None:
    """C02"""
    content = Content(SIZE)
    add(content, 0, BLOCK)
    taken = content.snapshot()
    add(content, BLOCK, 2 * BLOCK)
    content.settle(taken)
    assert (content.durable, content.written) == (Ranges([(0, BLOCK)]), Ranges([(0, 2 * BLOCK)]))
    assert (content.known, content.fresh) == ({0: PROOFS[0]}, {1: PROOFS[1]})
    assert content.proofs == {0: PROOFS[0], 1: PROOFS[1]}
    assert repr(content) == f"<Content written={2 * BLOCK} durable={BLOCK}>"


def test_blocks_that_are_taken_back_are_neither_written_nor_known() -> None:
    """C08"""
    content = Content(SIZE)
    add(content, 0, SIZE)
    assert (content.proofs, content.unproven) == (PROOFS, set())
    kept = content.without([1, 3])
    assert content.written.total == SIZE
    content.shrink(kept)
    assert content.written == content.durable == Ranges([(0, BLOCK), (2 * BLOCK, 3 * BLOCK)])
    assert content.proofs == {0: PROOFS[0], 2: PROOFS[2]}
    assert content.fresh == {}


def test_a_block_that_an_earlier_run_began_is_known_to_nobody() -> None:
    """C08"""
    ranges = Ranges([(0, 10), (BLOCK, 2 * BLOCK)])
    contents = Contents(
        header=identity(SIZE).header("boot"), ranges=ranges, durable=Ranges(), blocks={1: PROOFS[1], 2: b""}, length=1
    )
    content = Content.of(contents)
    assert (content.proofs, content.unproven) == ({1: PROOFS[1]}, {0})
    add(content, 10, BLOCK)
    assert content.unproven == {0}


def test_without_a_size_no_blocks_are_digested() -> None:
    content = Content()
    add(content, 0, BLOCK)
    assert (content.written.total, content.fresh) == (BLOCK, {})
