"""Web pages and pointers that stand where a model should be."""

from __future__ import annotations

import pytest

from stabilitydl.transfer.sniff import is_lfs_pointer, is_web_page

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 4294967296\n"


@pytest.mark.parametrize(
    ("name", "content_type", "head", "expected"),
    [
        ("a.safetensors", "text/html", b"", True),
        ("a.safetensors", " Text/HTML; charset=utf-8", b"", True),
        ("a.safetensors", "application/xhtml+xml", b"", True),
        ("a.safetensors", "text/plain", b"", False),
        ("a.safetensors", "", b"\x00" * 600, False),
        ("a.safetensors", "", b"<!DOCTYPE html><html>", True),
        ("a.safetensors", "", b"\xef\xbb\xbf\r\n  <HTML lang=en>", True),
        ("a.safetensors", "", b"<head>", True),
        ("a.safetensors", "", b"<script>", True),
        ("a.safetensors", "", b" " * 512 + b"<html>", False),
        ("a.safetensors", "application/octet-stream", b"html", False),
        ("card.HTML", "text/html", b"<html>", False),
        ("folder/readme.md", "text/html", b"<html>", False),
        ("md", "text/html", b"", True),
    ],
)
def test_web_pages(name: str, content_type: str, head: bytes, expected: bool) -> None:
    """H14"""
    assert is_web_page(name, content_type, head) is expected


@pytest.mark.parametrize(
    ("head", "size", "expected", "answer"),
    [
        (POINTER, len(POINTER), 2**32, True),
        (POINTER, None, None, True),
        (POINTER, 1024, None, True),
        (POINTER, 1025, None, False),
        (POINTER, len(POINTER), len(POINTER), False),
        (POINTER[1:], len(POINTER), None, False),
        (b"", 0, None, False),
    ],
)
def test_lfs_pointers(head: bytes, size: int | None, expected: int | None, answer: bool) -> None:
    """H15"""
    assert is_lfs_pointer(head, size, expected) is answer
