"""AIR, the resource names of Civitai: ``urn:air:ECOSYSTEM:TYPE:SOURCE:ID[@VERSION][+FILE][.FORMAT]``.

From the developer documentation of Civitai (``guide/air.md``) and its server code (``shared/utils/air.ts``). ``urn:``
and ``air:`` may be missing. Ecosystem and type are labels, no identity. Sources are other hubs too: the id of
``huggingface`` is ``owner/name``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AIR = re.compile(
    r"(?:urn:)?(?:air:)?(?P<ecosystem>[\w-]+):(?P<type>[\w-]+):(?P<source>[\w-]+):(?P<id>[\w./-]+?)"
    r"(?:@(?P<version>[\w./-]+?))?(?:\+(?P<file>\d{1,10}))?(?:\.(?:safetensors?|pickletensor|ckpt|pth?|bin|gguf|onnx|diffusers|zip|other))?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class Air:
    """One name, taken apart; ``version`` and ``file`` are empty where it has none."""

    source: str
    id: str
    version: str = ""
    file: str = ""


def parse_air(text: str) -> Air | None:
    """``text`` as an AIR, or None. What stands in it is not checked further: every source has its own ids."""
    match = _AIR.fullmatch(text.strip())
    if match is None:
        return None
    return Air(match["source"].lower(), match["id"], match["version"] or "", match["file"] or "")
