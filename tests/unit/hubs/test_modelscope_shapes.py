"""What is made of answers of ModelScope, whole and broken ones."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from stabilitydl.errors import HubAnswerUnreadable
from stabilitydl.hubs.modelscope_shapes import (
    Page,
    read_envelope,
    read_info,
    read_organization,
    read_page,
    snapshot_of,
)
from stabilitydl.hubs.repositories import RepositoryFile
from stabilitydl.hubs.wire import Node

SHA256 = "39e1338c4143618adb17604f96c3a3f740c1ab5d1557d71b044f0307a0a6adb4"
COMMIT = "f4b0486b498f84668e828044de1d0c8ba486e05b"


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "Name": "b.bin",
        "Path": "a/b.bin",
        "Type": "blob",
        "Size": 7,
        "Sha256": SHA256,
        "Revision": COMMIT,
        **changes,
    }


def page(data: Any, **envelope: Any) -> Page:
    body = json.dumps({"Code": 200, "Success": True, "Data": data, **envelope}).encode()
    return read_page(read_envelope(body, "modelscope"), "modelscope", 1)


def only(**changes: Any) -> RepositoryFile:
    (file,) = page({"Files": [entry(**changes)]}).files
    return file


def test_a_file() -> None:
    file = only()
    assert (file.path, file.size, str(file.checksum), file.revision) == ("a/b.bin", 7, f"sha256:{SHA256}", COMMIT)
    assert only(Path=None).path == "b.bin"
    assert only(Revision="master").revision == ""
    assert only(Sha256=SHA256.upper()) == file


@pytest.mark.parametrize("digits", [None, "", 7, "abc", COMMIT, [SHA256]])
def test_a_malformed_digest_is_none_f13(digits: Any) -> None:
    assert only(Sha256=digits).checksum is None


def test_a_size_of_nothing_may_be_an_unknown_one_f12() -> None:
    assert only(Size=0).size is None
    assert only(Size=0, Sha256=hashlib.sha256(b"").hexdigest()).size == 0
    assert [only(Size=size).size for size in (-1, 2**63, "9", None, 1.5)] == [None, None, 9, None, None]


def test_folders_and_entries_without_a_path_f11() -> None:
    read = page(
        {"Files": [entry(Type="tree", Path="a"), entry(Path=None, Name=7), None, entry(Path="d" * 5000), entry()]}
    )
    assert ([file.path for file in read.files], read.folders, read.entries) == (["a/b.bin"], ["a"], 5)
    assert "entry 2 of the list has no path" in read.problems[0].message
    assert "entry 4 of the list has too long a path" in read.problems[2].message


def test_null_files_are_a_revision_that_does_not_exist() -> None:
    assert not page({"Files": None}).exists
    assert page({"Files": []}).exists
    assert page([]).exists
    assert [file.path for file in page([entry()]).files] == ["a/b.bin"]
    wrong: tuple[Any, ...] = ({}, None, 7, "x", {"Files": {}}, {"files": []})
    for data in wrong:
        with pytest.raises(HubAnswerUnreadable):
            page(data)


def test_the_commit_of_the_whole_list() -> None:
    assert page({"Files": [], "LatestCommitter": {"Id": COMMIT.upper(), "ShortId": "f4b0486b"}}).commit == COMMIT
    for latest in (None, {}, {"Id": ""}, {"Id": "main"}, [COMMIT]):
        assert page({"Files": [], "LatestCommitter": latest}).commit == ""
    files = [only(Path="x", Revision="0" * 40), only()]
    assert snapshot_of(COMMIT, "", []) == COMMIT
    assert snapshot_of("", "f4b0486b", files) == COMMIT
    for short in ("", "f4", "aaaaaaaa"):
        named = snapshot_of("", short, files)
        assert named.startswith("content-")
        assert named == snapshot_of("", short, files[::-1])
        assert named != snapshot_of("", short, [*files, only(Path="y")])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Code": 200, "Success": True}, 200),
        ({"Code": "200"}, 200),
        ({"Success": True}, 200),
        ({}, 200),
        ({"Code": 10010205001, "Success": False}, 10010205001),
        ({"Code": "bad"}, 0),
        ({"Code": None, "Success": False}, 200),
    ],
)
def test_the_code_of_an_envelope(body: Any, code: int) -> None:
    assert read_envelope(json.dumps(body).encode(), "modelscope").code == code


def test_what_the_pages_of_a_model_and_an_organisation_say() -> None:
    info = read_info(
        Node(
            {
                "Tags": ["LoRA", 7],
                "BaseModel": ["a/b"],
                "TriggerWords": [" sks  dog ", "", "sks dog"],
                "CoverImages": ["javascript:1", "https://h/x.png"],
                "LastUpdatedTime": 1_700_000_000,
                "Organization": {"FullName": " An  Org ", "Name": "org", "Avatar": "https://h/a.jpg"},
            }
        )
    )
    assert (info.type, info.base_model, info.trigger_words) == ("LORA", "a/b", ("sks dog",))
    assert (info.creator, info.avatar, info.preview) == ("An Org", "https://h/a.jpg", "https://h/x.png")
    assert (info.updated, read_info(Node({})).updated) == (1_700_000_000, None)
    assert read_info(Node({"Tasks": [{"Name": "text-generation"}], "BaseModel": "x"})).type == "LLM"
    assert read_organization(Node({"Name": "org", "Avatar": "file:///x"})) == ("org", "")
    assert read_info(Node(None)) == read_info(Node({"Tags": 7, "Organization": "x"}))
