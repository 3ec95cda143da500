"""Names of files as the terminal shows them."""

from __future__ import annotations

import msgspec

from stabilitydl.cli.describe import shown_path
from stabilitydl.domain.resource import Resource


def test_files_of_one_name_are_told_apart_by_their_folders() -> None:
    child = Resource(id="1", collection="c", key="k", name="model.onnx", path="a/b/model.onnx")
    assert shown_path(child) == "a/b/model.onnx"
    long = msgspec.structs.replace(child, path=f"{'x' * 200}/model.onnx")
    assert shown_path(long, 20) == "\u2026xxxxxxxx/model.onnx"
    assert len(shown_path(long)) == 80
    assert shown_path(msgspec.structs.replace(child, path="a\u202e/b")) == "a\\u202e/b"
