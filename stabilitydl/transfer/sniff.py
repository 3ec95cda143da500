"""Is this really a model file? Pure checks of an answer's type and first bytes."""

from __future__ import annotations

SNIFFED = 1024
"""Bytes of the beginning of a file that tell what it is."""

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE_STARTS = (b"<!doctype html", b"<html", b"<head", b"<script")
_TEXT_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".xml", ".svg", ".md", ".txt"})
_LFS_START = b"version https://git-lfs.github.com/spec/v1"
_LFS_LONGEST = 1024


def is_web_page(name: str, content_type: str, head: bytes = b"") -> bool:
    """Did the server send HTML for a file whose ``name`` promises something else?"""
    if name[name.rfind(".") :].lower() in _TEXT_SUFFIXES:
        return False
    if content_type.partition(";")[0].strip().lower() in _PAGE_TYPES:
        return True
    return head[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGE_STARTS)


def is_lfs_pointer(head: bytes, size: int | None, expected: int | None) -> bool:
    """Is this the small text that stands for a large file in git, and not that text itself?

    ``size`` is what the answer says, ``expected`` what the hub said, both in bytes. (git-lfs ``docs/spec.md``)
    """
    if not head.startswith(_LFS_START) or (size is not None and size > _LFS_LONGEST):
        return False
    return expected is None or expected != size
