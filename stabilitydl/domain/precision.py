"""The precision of weights, as hubs and file names write it: ``fp16``, ``bf16``, ``fp8_scaled``, ``Q4_K_M``."""

from __future__ import annotations

import re

_WORD = re.compile(
    r"(?<![a-z0-9])(?:"
    r"(?P<float>(?:fp|bf|f)(?:8|16|32)(?:_e\d+m\d+(?:fn)?|_scaled|_mixed)?|(?:mx|nv)?fp[48]|nf4|int[48])"
    r"|(?P<quant>i?q[1-8]_(?:[01]|k(?:_(?:xl|[sml]))?|xxs|xs|nl|[sm]))"
    r")(?![a-z0-9])",
    re.IGNORECASE,
)
_SHORT = re.compile(r"f(?=\d)")


def normal_precision(text: str) -> str:
    """One precision in the usual spelling: ``F16`` is ``fp16``, ``q4_k_m`` is ``Q4_K_M``; others as they are."""
    match = _WORD.fullmatch(text.strip())
    if match is None:
        return text.strip()
    return _spelt(match)


def precision_in(name: str) -> str:
    """The precision that a file name tells, empty when it tells none."""
    match = _WORD.search(name)
    return _spelt(match) if match else ""


def _spelt(match: re.Match[str]) -> str:
    if match["quant"]:
        return match["quant"].upper()
    return _SHORT.sub("fp", match["float"].lower(), count=1) if match["float"][0] in "fF" else match["float"].lower()
