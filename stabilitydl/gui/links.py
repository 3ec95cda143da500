"""``stabilitydl://add?locator=...`` links: what other programs and web pages may ask for.

A link names locators and nothing else. Whoever made it may be anybody, so it can only point at public addresses: not
at files of this machine, not at other machines in its network, not at where files go, and not at credentials.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from PySide6.QtCore import QUrl

from ..http.origins import Reach, place_of
from ..hubs.urls import file_here

SCHEME = "stabilitydl"
MOST = 100
"""Locators of one link that count."""
_PATHS = ("/", "\\", ".", "~")


def is_link(text: str) -> bool:
    """Is ``text`` a link to this program?"""
    return text.strip().lower().startswith(f"{SCHEME}:")


def locators_of(link: str) -> tuple[str, ...]:
    """The locators that a link names; those that a stranger has no business to name are left out."""
    try:
        fields = parse_qsl(urlsplit(link.strip()).query, max_num_fields=4 * MOST)
    except ValueError:
        return ()
    wanted = [value.strip() for name, value in fields if name == "locator"]
    return tuple(value for value in wanted[:MOST] if _is_public(value))


def for_any_folder(word: str) -> str:
    """A word of the command line as a process in another folder has to read it.

    Files get their absolute path, also those that a desktop names by a ``file:`` address.
    """
    url = QUrl(word)
    path = url.toLocalFile() if url.isLocalFile() else word
    return file_here(path) or path


def _is_public(locator: str) -> bool:
    if not locator or len(locator.splitlines()) != 1 or locator.startswith(_PATHS) or locator[1:2] == ":":
        return False
    try:
        parts = urlsplit(locator)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme.lower() in ("file", SCHEME):
        return False
    if "://" in locator:
        return parts.scheme.lower() in ("http", "https") and bool(host) and place_of(host or "") is Reach.PUBLIC
    # What is left are names that a hub knows, such as a urn; a path of this machine would be the other reading.
    return ":" in locator
