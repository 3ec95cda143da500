from __future__ import annotations

import hashlib
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.demo.weights import BLOCK, Weights, rank_for, unet_modules

from .reader import read_header

SIZES = [4096, 4097, 65_536, BLOCK - 1, BLOCK, BLOCK + 1, 1_000_001, 4 * 1024 * 1024, 2**32, 2**32 + 3, 2**38 - 1]
SMALL = Weights(b"small", 3 * BLOCK + 12_345, {"ss_output_name": "small"})
WHOLE = SMALL.read(0, SMALL.size)


@pytest.mark.parametrize("flux", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_the_header_is_valid_and_its_tensors_cover_the_file(size: int, flux: bool) -> None:
    weights = Weights(b"seed", size, {"modelspec.title": "Ünlü"}, flux=flux)
    header = read_header(weights.read(0, min(size, 200_000)), size)
    assert header.end == len(weights.head)
    assert header.end % 8 == 0
    assert header.metadata["modelspec.title"] == "Ünlü"
    assert int(header.metadata["ss_network_dim"]) >= 4


def test_a_lora_of_usual_size_has_the_layers_of_one() -> None:
    tensors = read_header(Weights(b"", 4 * 1024 * 1024, {}).head, 4 * 1024 * 1024).tensors
    for name, width_in, width_out in unet_modules():
        assert tensors[f"{name}.lora_down.weight"]["shape"] == [8, width_in]
        assert tensors[f"{name}.lora_up.weight"]["shape"] == [width_out, 8]


def test_the_rank_grows_with_the_room() -> None:
    modules = [("one", 100, 100)]
    assert [rank_for(size, modules) for size in (0, 3199, 3200, 6400, 10**9)] == [4, 4, 8, 16, 1024]


@given(st.integers(0, SMALL.size), st.integers(0, SMALL.size))
def test_a_range_is_the_same_slice_of_the_whole(one: int, other: int) -> None:
    start, end = min(one, other), max(one, other)
    assert SMALL.read(start, end) == WHOLE[start:end]


@pytest.mark.parametrize("border", [0, len(SMALL.head), BLOCK, 2 * BLOCK, SMALL.size])
def test_ranges_around_borders(border: int) -> None:
    for start in range(max(border - 17, 0), min(border + 18, SMALL.size)):
        assert SMALL.read(start, min(start + 20, SMALL.size)) == WHOLE[start : start + 20]


def test_a_header_longer_than_a_block_goes_on_in_the_next() -> None:
    weights = Weights(b"", 4 * BLOCK, {"long": "x" * (BLOCK + 100)})
    whole = weights.read(0, weights.size)
    assert len(weights.head) > BLOCK
    assert whole.startswith(weights.head)
    assert whole[2 * BLOCK :] == weights.read(2 * BLOCK, weights.size)
    read_header(whole, weights.size)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (6, 5), (0, SMALL.size + 1)])
def test_bytes_that_do_not_exist_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"of {SMALL.size}"):
        SMALL.read(start, end)


def test_contents_are_the_same_everywhere_and_for_ever() -> None:
    """A changed byte would make every stored pack a new one."""
    digest = hashlib.sha256(Weights(b"seed", 1_000_000, {"a": "b"}).read(0, 1_000_000)).hexdigest()
    assert digest == "ce8fe8c63a387abd5eae6b55e9be261c7ffdea733c080c7f88b3269e35412839"


def test_every_block_of_every_file_is_its_own() -> None:
    size = 20 * BLOCK
    blocks = {
        Weights(seed, size, {}).read(number * BLOCK, (number + 1) * BLOCK)
        for seed in (b"one", b"two")
        for number in range(20)
    }
    assert len(blocks) == 40


def test_all_weights_are_small_numbers() -> None:
    data = WHOLE[len(SMALL.head) : len(WHOLE) // 2 * 2]
    values = struct.unpack(f"<{len(data) // 2}e", data)
    assert all(math.isfinite(value) and 2**-7 <= abs(value) < 2**-6 for value in values)
