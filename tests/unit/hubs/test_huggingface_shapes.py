"""What is made of answers of the Hugging Face Hub, whole and broken ones."""

from __future__ import annotations

from typing import Any

import pytest

from stabilitydl.hubs.huggingface_shapes import next_query, read_entries, read_info
from stabilitydl.hubs.repositories import RepositoryFile
from stabilitydl.hubs.wire import Node

SHA = "f4b0486b498f84668e828044de1d0c8ba486e05b"
SHA256 = "39e1338c4143618adb17604f96c3a3f740c1ab5d1557d71b044f0307a0a6adb4"
POINTER = "daa874ecbac3f6ef8e12886f4ed7eb67af85143a"


def entry(**changes: Any) -> dict[str, Any]:
    return {"type": "file", "oid": POINTER, "size": 1949, "path": "a/b.bin", **changes}


def read(*entries: Any) -> tuple[list[RepositoryFile], list[str]]:
    files, problems = read_entries([Node(each) for each in entries], "huggingface", 1)
    return files, [problem.message for problem in problems]


def only(**changes: Any) -> RepositoryFile:
    (file,), problems = read(entry(**changes))
    assert problems == []
    return file


def test_a_small_file_is_its_git_blob_and_a_large_one_its_sha256() -> None:
    small = only()
    assert (small.path, small.size, str(small.checksum)) == ("a/b.bin", 1949, f"git-sha1:{POINTER}")
    large = only(lfs={"oid": SHA256.upper(), "size": 1991044308, "pointerSize": 135}, size=1991044308)
    assert (large.size, str(large.checksum)) == (1991044308, f"sha256:{SHA256}")
    for lfs in ({"sha256": SHA256, "size": 7}, {"oid": f"sha256:{SHA256}", "size": 7}):
        assert (only(lfs=lfs).size, str(only(lfs=lfs).checksum)) == (7, f"sha256:{SHA256}")
    assert only(lfs=None) == small
    assert only(lfs={"oid": SHA256}, size=9).size == 9


@pytest.mark.parametrize("lfs", ["x", 7, [], {}, {"oid": None}, {"oid": "abc"}, {"oid": POINTER}])
def test_the_pointer_never_stands_for_a_large_file_f13(lfs: Any) -> None:
    assert only(lfs=lfs).checksum is None


@pytest.mark.parametrize("oid", [None, 7, "", "abc", POINTER[:-1], "z" * 40])
def test_a_malformed_digest_is_none_f13(oid: Any) -> None:
    assert only(oid=oid).checksum is None
    assert str(only(oid=POINTER.upper()).checksum) == f"git-sha1:{POINTER}"


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, 0), (-1, None), (2**63, None), (2**60, None), (1.5, None), ("7", 7), (None, None), ([], None), (True, None)],
)
def test_sizes_f12(size: Any, expected: int | None) -> None:
    assert only(size=size).size == expected


def test_folders_are_passed_over_and_entries_without_a_path_are_told_f11() -> None:
    files, problems = read(
        entry(type="directory"), entry(path=None), entry(path=["x"]), entry(path=""), None, "x", entry(path="c" * 5000),
        entry(path="good"), entry(type="newkind", path="new"), {"path": "bare"},
    )  # fmt: skip
    assert [file.path for file in files] == ["good", "new", "bare"]
    assert len(problems) == 6
    assert "entry 2 of the list has no path" in problems[0]
    assert "entry 7 of the list has too long a path" in problems[-1]


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("", None),
        ('<https://h/api?cursor=a%3D&limit=5>; rel="next"', "cursor=a%3D&limit=5"),
        ("</api?cursor=b>;rel=next", "cursor=b"),
        ('<https://h/x>; rel="xet-auth", <https://h/y?c=1,2>; title="a"; rel="prev next"', "c=1,2"),
        ('<https://h/y?c=1>; rel="nextish"', None),
        ('<https://h/y?c=1>; rel="prev"', None),
        ('<https://h/y>; rel="next"', ""),
        ('<http://[::1/y?c=1>; rel="next"', ""),
        ("<<>>; rel=next;;;,,<", None),
        ("<" * 10000, None),
    ],
)
def test_the_next_page(link: str, query: str | None) -> None:
    assert next_query(link) == query


def test_what_a_page_says_about_a_model() -> None:
    info = read_info(
        Node(
            {
                "id": "org/pack",
                "sha": SHA,
                "author": "org",
                "gated": "auto",
                "tags": ["diffusers", "LoRA", "base_model:adapter:other/base"],
                "pipeline_tag": "text-to-image",
                "cardData": {
                    "instance_prompt": " a  photo of\nsks ",
                    "thumbnail": "https://h/x.png",
                    "base_model": ["a/b", "c/d"],
                },
            }
        ),
        "model",
    )
    assert (info.name, info.commit, info.author, info.gated, info.disabled) == ("org/pack", SHA, "org", True, False)
    assert (info.type, info.base_model) == ("LORA", "a/b")
    assert (info.trigger_words, info.preview) == (("a photo of sks",), "https://h/x.png")
    tags = {"tags": ["base_model:other/base"], "cardData": {"base_model": None}}
    assert read_info(Node(tags), "model").base_model == "other/base"
    assert read_info(Node({"pipeline_tag": "text-generation"}), "model").type == "LLM"
    assert read_info(Node({"tags": ["lora"]}), "dataset").type == "Dataset"
    assert read_info(Node({"id": "org/x"}), "space") == read_info(Node({"id": "org/x", "gated": False}), "space")


@pytest.mark.parametrize(
    "answer",
    [{}, {"id": "../x", "sha": "main"}, {"id": "a/b/c", "sha": SHA[:-1]}, {"id": ["org/x"], "sha": {"a": 1}}],
)
def test_names_and_commits_that_are_none_read_as_empty(answer: Any) -> None:
    info = read_info(Node(answer), "model")
    assert (info.name, info.commit, info.gated) == ("", "", False)
