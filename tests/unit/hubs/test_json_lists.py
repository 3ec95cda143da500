"""Lists of files as JSON: where each goes, what it is, and what is wrong with some of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.errors import BadListFile
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.lists import MOST_BAD, parse

from .listing import expand, paths
from .mutations import mutants

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")
SHA256 = "6ca9667da1ca9e0b0f75e46bb030f7e011f44f86cbfb8d5a36590fcd7507b030"

KRITA = {
    "required": [
        {
            "id": "x",
            "files": [{"path": "models/a/b.bin", "url": "https://h.test/x/model.bin", "sha256": SHA256.upper()}],
        }
    ],
    "sdxl": [{"name": "y", "files": [{"path": "models/c.bin", "url": "https://h.test/c"}]}],
}
COMFY = {
    "models": [
        {"name": "A", "save_path": "vae", "filename": "a.pth", "url": "https://h.test/raw/a?x=1", "size": "4.71MB"},
        {"name": "B", "save_path": "default", "filename": "b.pth", "url": "https://h.test/b"},
        {"name": "C", "save_path": "loras/x", "url": "https://h.test/c%20d.pth"},
    ]
}


def read(value: Any) -> tuple[list[tuple[str, str]], list[str]]:
    entries, problems = parse(json.dumps(value), "list.json")
    return [(entry.path, entry.urls[0]) for entry in entries], [problem.code for problem in problems]


def test_both_forms_and_any_depth() -> None:
    entries, problems = parse(json.dumps(KRITA), "list.json")
    assert [(entry.line, entry.path, entry.urls) for entry in entries] == [
        (1, "models/a/b.bin", ("https://h.test/x/model.bin",)),
        (2, "models/c.bin", ("https://h.test/c",)),
    ]
    assert [[str(checksum) for checksum in entry.checksums] for entry in entries] == [[f"sha256:{SHA256}"], []]
    assert problems == []
    assert read([COMFY]) == (
        [
            ("vae/a.pth", "https://h.test/raw/a?x=1"),
            ("b.pth", "https://h.test/b"),
            ("loras/x/c d.pth", "https://h.test/c%20d.pth"),
        ],
        [],
    )


def test_one_bad_file_hides_no_other_f01() -> None:
    good = {"url": "https://h.test/good.bin"}
    bad = [
        {"url": "https://h.test/x", "path": "../x"},
        {"url": "https://h.test/x", "save_path": "/etc", "filename": "x"},
        {"url": "https://h.test/x", "sha256": "12"},
        {"url": "https://u:p@h.test/x"},
        {"url": "https://h.test/%2e%2e%2fx"},
        {"url": "owner/repository", "filename": "x"},
    ]
    assert read([*bad, good]) == ([("good.bin", "https://h.test/good.bin")], ["list-entry-unusable"] * len(bad))
    assert read([{"url": 5}, {"url": "x"}, {"url": None}, good, "text", None, [[good]]])[1] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "no file has an address"),
        ("[1, 2]", "no file has an address"),
        ('{"url": ', "cut off"),
        ("[" * 100_000, "cut off"),
        ("[[}]", "cut off|not JSON"),
        ('[{"url": "https://h.test/x"},,]', "not JSON"),
    ],
)
def test_what_is_no_list_is_said_in_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text, "list.json")


def test_a_text_without_one_good_line_is_said_in_one_sentence() -> None:
    assert len(parse("word\n" * MOST_BAD, "list.txt")[1]) == MOST_BAD
    with pytest.raises(ValueError, match="none of its lines"):
        parse("word\n" * (MOST_BAD + 1), "list.txt")
    entries, problems = parse("word\n" * 30 + "https://h.test/x\n", "list.txt")
    assert (len(entries), len(problems)) == (1, 30)


def test_mutated_lists_are_read_or_refused() -> None:
    for mutant in mutants({**KRITA, **COMFY}, seed=5, count=500):
        try:
            entries, _ = parse(mutant.data.decode("utf-8", "replace"), "list.json")
        except ValueError:
            continue
        assert all(entry.urls and entry.path and not entry.path.startswith(("/", "..")) for entry in entries)


@pytest.mark.anyio
async def test_a_list_is_a_collection(tmp_path: Path, client: HttpClient) -> None:
    listed = tmp_path / "model-list.json"
    listed.write_text(json.dumps(COMFY))
    expansion = await expand(Direct(), str(listed), client)
    assert expansion.collection.title == "model-list"
    assert paths(expansion) == ["vae/a.pth", "b.pth", "loras/x/c d.pth"]
    listed.write_text("{}")
    with pytest.raises(BadListFile, match="no file has an address"):
        await expand(Direct(), str(listed), client)


@pytest.mark.anyio
@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
@pytest.mark.parametrize(
    ("name", "count", "digests", "reasons"),
    [
        ("krita-ai-diffusion-models", 71, 71, set()),
        ("comfyui-manager-model-list", 557, 0, {"its url is not the address of a file"}),
    ],
)
async def test_recorded_lists(client: HttpClient, name: str, count: int, digests: int, reasons: set[str]) -> None:
    text = (Path(FOLDER) / "collections" / f"{name}.json").read_text(encoding="utf-8")
    expansion = await expand(Direct(), str(Path(FOLDER) / "collections" / f"{name}.json"), client)
    entries, problems = parse(text, name)
    assert len(entries) + len(problems) == text.count('"url": "')
    assert {problem.arguments["reason"] for problem in problems} == reasons
    assert len(expansion.resources) == len({(entry.path, entry.urls) for entry in entries}) == count
    assert sum(child.checksum is not None for child in expansion.resources) == digests
