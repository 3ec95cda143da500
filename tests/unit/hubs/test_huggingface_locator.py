"""The ways to write a Hugging Face repository, and what is left to other hubs."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.errors import UsageError
from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.protocol import Locator

SHA = "f4b0486b498f84668e828044de1d0c8ba486e05b"
SITE = "https://huggingface.co"


def recognise(text: str) -> Locator | None:
    return HuggingFace(endpoint="http://127.0.0.1:8090").recognise(text)


def parts(text: str) -> tuple[str, str, str, str]:
    locator = recognise(text)
    assert locator is not None, text
    assert locator.hub == "huggingface"
    return locator.kind, locator.identity, locator.revision, locator.selection


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SITE}/org/pack", ("model", "org/pack", "main", "")),
        (f"{SITE}/org/pack/", ("model", "org/pack", "main", "")),
        ("http://www.huggingface.co/org/pack?library=diffusers#files", ("model", "org/pack", "main", "")),
        ("huggingface.co/org/pack", ("model", "org/pack", "main", "")),
        ("https://hf.co/org/pack", ("model", "org/pack", "main", "")),
        ("http://127.0.0.1:8090/org/pack/tree/v1", ("model", "org/pack", "v1", "")),
        (f"{SITE}/gpt2", ("model", "gpt2", "main", "")),
        (f"{SITE}/gpt2/tree/main", ("model", "gpt2", "main", "")),
        (f"{SITE}/models/org/pack", ("model", "org/pack", "main", "")),
        (f"{SITE}/datasets/org/set", ("dataset", "org/set", "main", "")),
        (f"{SITE}/datasets/squad/tree/main/plain", ("dataset", "squad", "main", "path:plain")),
        (f"{SITE}/spaces/org/app", ("space", "org/app", "main", "")),
        (f"{SITE}/org/pack/tree", ("model", "org/pack", "main", "")),
        (f"{SITE}/org/pack/tree/main", ("model", "org/pack", "main", "")),
        (f"{SITE}/org/pack/tree/{SHA}", ("model", "org/pack", SHA, "")),
        (f"{SITE}/org/pack/commit/{SHA}", ("model", "org/pack", SHA, "")),
        (f"{SITE}/org/pack/tree/main/a%20b/c", ("model", "org/pack", "main", "path:a b/c")),
        (f"{SITE}/org/pack/tree/refs%2Fpr%2F1/a", ("model", "org/pack", "refs/pr/1", "path:a")),
        (f"{SITE}/org/pack/tree/refs/pr/12", ("model", "org/pack", "refs/pr/12", "")),
        (f"{SITE}/org/pack/blob/feature%2Fx/m.gguf", ("model", "org/pack", "feature/x", "path:m.gguf")),
        (f"{SITE}/org/pack/resolve/main/a/m.gguf?download=true", ("model", "org/pack", "main", "path:a/m.gguf")),
        (f"{SITE}/org/pack/raw/main/README.md", ("model", "org/pack", "main", "path:README.md")),
        (f"{SITE}/org/pack/blame/main/README.md", ("model", "org/pack", "main", "path:README.md")),
        (f"{SITE}/org/pack/discussions/7", ("model", "org/pack", "main", "")),
        (f"{SITE}/datasets/org/set/viewer/default/train", ("dataset", "org/set", "main", "")),
        ("hf://org/pack", ("model", "org/pack", "main", "")),
        ("HF://models/org/pack@v1.0/a/b c.bin", ("model", "org/pack", "v1.0", "path:a/b c.bin")),
        ("hf://datasets/org/set@refs/convert/x/y.json", ("dataset", "org/set", "refs/convert/x", "path:y.json")),
        ("hf://spaces/org/app/file@1.txt", ("space", "org/app", "main", "path:file@1.txt")),
        ("hf:gpt2", ("model", "gpt2", "main", "")),
        ("huggingface:org/pack@v2", ("model", "org/pack", "v2", "")),
        ("org/pack", ("model", "org/pack", "main", "")),
        ("  org/pack@v1 ", ("model", "org/pack", "v1", "")),
        ("org/pack@refs%2Fpr%2F1", ("model", "org/pack", "refs/pr/1", "")),
        ("org/pack@v1/sub/m.safetensors", ("model", "org/pack", "v1", "path:sub/m.safetensors")),
        ("org/pack.v1", ("model", "org/pack.v1", "main", "")),
        ("org/pack/sub/", ("model", "org/pack", "main", "path:sub")),
        ("datasets/org/set", ("dataset", "org/set", "main", "")),
        ("urn:air:sdxl:checkpoint:huggingface:org/pack@v1", ("model", "org/pack", "v1", "")),
    ],
)  # fmt: skip
def test_a_repository_is_recognised(text: str, expected: tuple[str, str, str, str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "pack", "gpt2@main", "models/pack", "what is this?", "a/b c", "./org/pack", "../org/pack", "/org/pack",
        "~/pack", "C:\\org\\pack", "c:/org/pack", "example.com/pack", "lists/pack.txt", "lists/pack.meta4",
        "lists/pack.lock.toml", "pack.sha256+https://h/x", "org//", "https//civitai.com/models/1", "http/x.test",
        "a//b", "@org/pack", "org/..", "org/a..b", "-org/pack",
        "org/" + "x" * 97, "x/" * 3000, "org/pa\nck", "civitai:7", "ftp://huggingface.co/org/pack",
        "https://huggingface.co", "https://huggingface.co/docs/hub/index", "https://huggingface.co/settings/tokens",
        "https://huggingface.co/models?search=x", "https://huggingface.co/org/pack/whatever/main",
        "https://huggingface.co.evil.test/org/pack", "https://evilhuggingface.co/org/pack",
        "https://huggingface.co@evil.test/org/pack", "https://huggingface.co:8443/org/pack",
        "https://127.0.0.1:8091/org/pack", "https://[::1/org/pack", "https://huggingface.co:x/org/pack",
        "urn:air:sdxl:checkpoint:civitai:1@2",
    ],
)  # fmt: skip
def test_everything_else_is_left_to_others_a03(text: str) -> None:
    assert recognise(text) is None


def test_what_lies_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "mine").write_text("")
    assert recognise("lists/mine") is None
    assert recognise("lists/other") is not None


@pytest.mark.parametrize("kind", ["kernels", "buckets", "collections", "papers"])
def test_what_cannot_be_listed_is_said(kind: str) -> None:
    for text in (f"{SITE}/{kind}/org/x", f"hf://{kind}/org/x"):
        with pytest.raises(UsageError, match=kind):
            recognise(text)


def test_names_that_only_look_right_are_told_f22() -> None:
    for text in (f"{SITE}/\u043erg/pack", f"{SITE}/%D0%BErg/pack", f"{SITE}/datasets/\u043erg/set/tree/main"):
        with pytest.raises(UsageError, match="letters"):
            recognise(text)
    assert recognise("\u043erg/pack") is None


def test_a_locator_keeps_no_query() -> None:
    locator = recognise(f"{SITE}/org/pack/resolve/main/m.gguf?token=hf_secret&download=true#x")
    assert locator is not None
    assert locator.text == f"{SITE}/org/pack/resolve/main/m.gguf"
