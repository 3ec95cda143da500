"""Which bytes are a picture. Only the beginning is looked at; decoding is up to whoever shows it.

SVG is left out on purpose: it is a program with links, not a picture.
"""

from __future__ import annotations

LARGEST = 8 * 1024 * 1024
"""Bytes of the largest picture that is kept."""

ACCEPT = "image/webp, image/png, image/jpeg, image/gif;q=0.8"
"""What hubs are asked for (RFC 9110 section 12.5.1)."""


def is_picture(data: bytes) -> bool:
    """Do the first bytes say PNG, JPEG, GIF or WebP, and is it no larger than ``LARGEST``?"""
    if not 16 <= len(data) <= LARGEST:
        return False
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")):
        return True
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"
