"""What hubs are called in the window. Names of hubs are the same in every language."""

from __future__ import annotations

_TITLES = {
    "civitai": "Civitai",
    "huggingface": "Hugging Face",
    "modelscope": "ModelScope",
    "modelscope-ai": "ModelScope International",
    "direct": "Direct",
    "demo": "Demo",
}


def hub_title(hub: str) -> str:
    """The name of a hub as its users know it; a hub that is not known yet keeps its own word."""
    return _TITLES.get(hub, hub)
