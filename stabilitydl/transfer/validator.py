"""Which version of a file an answer is of, as far as its headers tell. Pure.

A validator is text: a strong ETag; else any other ETag, as one that says to be weak (RFC 9110 section 8.8.3); else a
Last-Modified date; else nothing. What is not a strong ETag proves nothing when it stays, and says enough when it
changes.
"""

from __future__ import annotations

from collections.abc import Mapping

_EMPTY = frozenset({"", '""', 'W/""'})


def validator_of(headers: Mapping[str, str]) -> str:
    """The best validator that the headers of an answer give, empty where there is none."""
    etag = (headers.get("etag") or "").strip()
    return (headers.get("last-modified") or "").strip() if etag in _EMPTY else etag


def is_strong(validator: str) -> bool:
    """Is it a strong ETag, which a server may be asked to compare? One that is not ASCII cannot be sent back."""
    tag = validator[1:-1]
    return tag != "" and validator == f'"{tag}"' and '"' not in tag and tag.isascii()
