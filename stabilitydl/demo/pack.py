"""A generated pack: its files, what each is called, what its bytes are, and their checksums."""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import blake3

from .names import CREATOR, Style, style
from .plan import PackPlan
from .trouble import Trouble, spread
from .weights import Weights

_DAY = 86400
_FIRST_DAY = 1_748_736_000
"""2025-06-01, when the creator published the first file."""


@dataclass(frozen=True)
class Digests:
    """Checksums of a whole file as Civitai writes them: upper-case digits, the CRC-32 with its bytes reversed."""

    sha256: str
    blake3: str
    crc32: str

    @property
    def autov2(self) -> str:
        return self.sha256[:10]


@dataclass(frozen=True)
class DemoFile:
    """One file of a pack, the only one of its version. ``published`` is seconds since 1970."""

    plan: PackPlan
    index: int
    name: str
    style: Style
    trouble: Trouble | None

    @property
    def id(self) -> int:
        return self.plan.file_id(self.index)

    @property
    def version_id(self) -> int:
        return self.plan.version_id(self.index)

    @property
    def size(self) -> int:
        return self.plan.size

    @property
    def published(self) -> int:
        return _FIRST_DAY + self.index * _DAY

    @property
    def weights(self) -> Weights:
        """The bytes that the listed checksums are of."""
        return _weights(self, "right")

    @property
    def served(self) -> Weights:
        """The bytes that the storage gives."""
        return _weights(self, "wrong" if self.trouble is Trouble.CORRUPT else "right")

    def metadata(self) -> dict[str, str]:
        """What its header tells about its training."""
        base, words, steps = self.style.base, self.style.trigger_words, 1200 + 40 * (self.index % 30)
        tags = {f"10_{words[0].replace(' ', '_')}": {word: 30 - 7 * rank for rank, word in enumerate(words)}}
        resolution = f"{base.resolution}x{base.resolution}"
        return {
            "ss_base_model_version": base.trained,
            "ss_sd_model_name": base.checkpoint,
            "ss_network_module": "networks.lora_flux" if base.trained == "flux1" else "networks.lora",
            "ss_output_name": self.name.removesuffix(".safetensors"),
            "ss_tag_frequency": json.dumps(tags),
            "ss_resolution": f"({base.resolution}, {base.resolution})",
            "ss_optimizer": "bitsandbytes.optim.adamw.AdamW8bit",
            "ss_learning_rate": "0.0001",
            "ss_mixed_precision": "bf16",
            "ss_num_epochs": "10",
            "ss_steps": str(steps),
            "ss_seed": str(1000 + self.index),
            "ss_training_started_at": f"{self.published - 7200}.0",
            "ss_training_finished_at": f"{self.published - 3600}.0",
            "modelspec.sai_model_spec": "1.0.1",
            "modelspec.architecture": base.architecture,
            "modelspec.implementation": "https://github.com/Stability-AI/generative-models",
            "modelspec.title": self.style.version,
            "modelspec.author": CREATOR,
            "modelspec.resolution": resolution,
            "modelspec.trigger_phrase": ", ".join(words),
            "modelspec.license": "CC0-1.0",
        }


@functools.lru_cache(maxsize=128)
def _weights(file: DemoFile, kind: str) -> Weights:
    seed = f"{file.plan.model_id} {file.index} {kind}".encode()
    return Weights(seed, file.size, file.metadata(), flux=file.style.base.trained == "flux1")


class Pack:
    """All files of a plan, in the order in which the hub lists them. ``get`` gives the same pack again."""

    def __init__(self, plan: PackPlan) -> None:
        self.plan = plan
        troubles = spread(plan.files) if plan.trouble else {}
        styles = [style(index) for index in range(plan.files)]
        self.files = tuple(
            DemoFile(
                plan,
                index,
                styles[index - 1 if troubles.get(index) is Trouble.TWIN else index].file_name,
                styles[index],
                troubles.get(index),
            )
            for index in range(plan.files)
        )

    @staticmethod
    @functools.lru_cache(maxsize=8)
    def get(plan: PackPlan) -> Pack:
        return Pack(plan)

    @property
    def title(self) -> str:
        kind = "style LoRA" if self.plan.files == 1 else "style LoRAs"
        trouble = ", some in trouble" if self.plan.trouble else ""
        return f"Demo pack: {self.plan.files} {kind}{trouble}"

    def __repr__(self) -> str:
        return f"<Pack {self.plan}>"


def digests(weights: Weights, is_cancelled: Callable[[], bool] = lambda: False) -> Digests | None:
    """Read all of ``weights`` once (about 0.7 GB/s and no memory); None when cancelled on the way."""
    sha256, blake, crc = hashlib.sha256(), blake3.blake3(), 0
    for piece in weights.pieces(0, weights.size):
        if is_cancelled():
            return None
        sha256.update(piece)
        blake.update(piece)
        crc = zlib.crc32(piece, crc)
    return Digests(sha256.hexdigest().upper(), blake.hexdigest().upper(), crc.to_bytes(4, "little").hex().upper())
