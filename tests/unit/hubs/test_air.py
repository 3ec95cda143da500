from __future__ import annotations

import pytest

from stabilitydl.hubs.air import Air, parse_air


@pytest.mark.parametrize(
    ("text", "air"),
    [
        ("urn:air:sdxl:lora:civitai:328553@368189", Air("civitai", "328553", "368189")),
        (" URN:AIR:flux1:checkpoint:Civitai:1@2+3.safetensor ", Air("civitai", "1", "2", "3")),
        ("air:sd1:vae:civitai:5", Air("civitai", "5")),
        ("sd1:vae:civitai:5.gguf", Air("civitai", "5")),
        ("urn:air:sd1:model:huggingface:org/re.po_2@refs/pr-1", Air("huggingface", "org/re.po_2", "refs/pr-1")),
        ("urn:air:sd1:model:orchestrator:x", Air("orchestrator", "x")),
    ],
)
def test_a_name_is_taken_apart(text: str, air: Air) -> None:
    assert parse_air(text) == air


@pytest.mark.parametrize(
    "text", ["", "civitai:5", "urn:air:5", "urn:air:a:b:civitai:", "https://civitai.com/models/5", "a:b:c:d e"]
)
def test_anything_else_is_no_name(text: str) -> None:
    assert parse_air(text) is None
