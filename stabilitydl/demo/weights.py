"""The bytes of one file: valid safetensors of any size, made on the fly, any range as fast as memory.

A file is blocks of ``BLOCK`` bytes. All blocks are the same random half-precision weights, except that each
begins with a stamp made from the seed of the file and the number of the block; the first begins with the header.
So bytes of another file, or of another place of the same file, always show in a checksum.

Header format: https://huggingface.co/docs/safetensors (length as eight little-endian bytes, JSON, data without
gaps); tensor and metadata names as kohya-ss/sd-scripts and ModelSpec 1.0.1 write them.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

BLOCK = 256 * 1024
_STAMP = 16
# Keeps sign and mantissa and sets the exponent: every half-precision number lies between 2**-7 and 2**-6.
_KEPT, _SET = b"\xff\x83", b"\x00\x20"
_LARGEST_RANK = 1024
_HEAD_STEP = 512

Shape = tuple[str, int, int]
"""Name of a module, its width in and its width out."""


class Weights:
    """The contents of one file of exactly ``size`` bytes. Equal arguments give equal bytes, on every machine."""

    def __init__(self, seed: bytes, size: int, metadata: Mapping[str, str], *, flux: bool = False) -> None:
        self.size = size
        self.head = _head(size, metadata, flux)
        self._stamps = hashlib.sha256(seed)

    def pieces(self, start: int, end: int) -> Iterator[memoryview]:
        """The bytes from ``start`` up to ``end``, in order. Each view is valid until the next is asked for."""
        if not 0 <= start <= end <= self.size:
            raise ValueError(f"{start}-{end} of {self.size}")
        base = _base()
        buffer = bytearray(base)
        view = memoryview(buffer)
        covered = 0
        for number in range(start // BLOCK, -(-end // BLOCK)):
            origin = number * BLOCK
            buffer[:covered] = base[:covered]
            over = self.head[origin : origin + BLOCK] + self._stamp(number)
            covered = min(len(over), BLOCK)
            buffer[:covered] = over[:covered]
            yield view[max(start - origin, 0) : min(end - origin, BLOCK)]

    def read(self, start: int, end: int) -> bytes:
        """The same as one value, for small ranges."""
        return b"".join(bytes(piece) for piece in self.pieces(start, end))

    def _stamp(self, number: int) -> bytes:
        stamps = self._stamps.copy()
        stamps.update(number.to_bytes(8, "little"))
        return _as_weights(stamps.digest()[:_STAMP])

    def __repr__(self) -> str:
        return f"<Weights {self.size} bytes>"


@functools.cache
def _base() -> bytes:
    return _as_weights(hashlib.shake_128(b"stabilitydl demo").digest(BLOCK))


def _as_weights(noise: bytes) -> bytes:
    count = len(noise) // 2
    number = int.from_bytes(noise, "little")
    number = number & int.from_bytes(_KEPT * count, "little") | int.from_bytes(_SET * count, "little")
    return number.to_bytes(len(noise), "little")


@functools.cache
def unet_modules() -> tuple[Shape, ...]:
    """The attention layers of a Stable Diffusion U-Net, as a LoRA names them."""
    widths = (320, 640, 1280)
    blocks = [(f"down_blocks_{level}", widths[level], 2) for level in range(3)]
    blocks.append(("mid_block", 1280, 1))
    blocks += [(f"up_blocks_{level + 1}", widths[2 - level], 3) for level in range(3)]
    modules = []
    for block, width, attentions in blocks:
        for attention in range(attentions):
            layer = f"lora_unet_{block}_attentions_{attention}_transformer_blocks_0"
            for part, context in (("attn1", width), ("attn2", 768)):
                modules.append((f"{layer}_{part}_to_q", width, width))
                modules.append((f"{layer}_{part}_to_k", context, width))
                modules.append((f"{layer}_{part}_to_v", context, width))
                modules.append((f"{layer}_{part}_to_out_0", width, width))
    return tuple(modules)


@functools.cache
def flux_modules() -> tuple[Shape, ...]:
    """The layers of a Flux transformer, as a LoRA names them."""
    modules = []
    for block in range(19):
        for stream in ("img", "txt"):
            modules.append((f"lora_unet_double_blocks_{block}_{stream}_attn_qkv", 3072, 9216))
            modules.append((f"lora_unet_double_blocks_{block}_{stream}_attn_proj", 3072, 3072))
    modules += [(f"lora_unet_single_blocks_{block}_linear2", 15360, 3072) for block in range(38)]
    return tuple(modules)


def rank_for(size: int, modules: Sequence[Shape]) -> int:
    """The largest power of two from 4 to 1024 with which all modules fit into ``size`` bytes; 4 if none does."""
    weights = sum(width_in + width_out for _, width_in, width_out in modules)
    rank = 4
    while rank < _LARGEST_RANK and 2 * rank * weights * 2 <= size:
        rank *= 2
    return rank


def _head(size: int, metadata: Mapping[str, str], flux: bool) -> bytes:
    rank = rank_for(size, flux_modules() if flux else unet_modules())
    filled = {**metadata, "ss_network_dim": str(rank), "ss_network_alpha": str(rank // 2)}
    start = b'{"__metadata__":' + json.dumps(filled, separators=(",", ":")).encode()
    # The data begins where the header ends, so the header gets its length first: enough for the longest offsets
    # and a whole number of steps, the rest being blanks. Few lengths mean that files share their lists of tensors.
    length = -(-(8 + len(start) + len(_tensors(size, rank, flux))) // _HEAD_STEP) * _HEAD_STEP
    header = start + _tensors(size - length, rank, flux)
    padded = header.ljust(length - 8)
    return len(padded).to_bytes(8, "little") + padded


@functools.lru_cache(maxsize=64)
def _tensors(room: int, rank: int, flux: bool) -> bytes:
    """The rest of a header: tensors that cover ``room`` bytes without a gap.

    What the modules leave goes to one more tensor, so a smaller room never needs a longer list.
    """
    tensors: dict[str, object] = {}
    offset = 0

    def add(name: str, dtype: str, shape: list[int], length: int) -> None:
        nonlocal offset
        tensors[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + length]}
        offset += length

    for name, width_in, width_out in flux_modules() if flux else unet_modules():
        if offset + 2 * rank * (width_in + width_out) + 2 > room:
            break
        add(f"{name}.alpha", "F16", [], 2)
        add(f"{name}.lora_down.weight", "F16", [rank, width_in], 2 * rank * width_in)
        add(f"{name}.lora_up.weight", "F16", [width_out, rank], 2 * rank * width_out)
    rest = room - offset
    if rest >= 2:
        add("lora_unet_conv_out.diff", "F16", [rest // 2], rest // 2 * 2)
    if room > offset:
        add("lora_unet_conv_out.mask", "U8", [1], 1)
    text = json.dumps(tensors, separators=(",", ":"))
    return f",{text[1:]}".encode()
