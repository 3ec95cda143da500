"""Failures in a few words, for a cell that must not cut them. The whole sentence comes from ``tr.problem_text``."""

from __future__ import annotations

from ..errors import Problem
from ..text import plain
from .tr import QT_TRANSLATE_NOOP, fill, translate

SHORT = {
    "error": QT_TRANSLATE_NOOP("Failure", "Something went wrong"),
    "internal": QT_TRANSLATE_NOOP("Failure", "Something unexpected happened"),
    "engine-unreachable": QT_TRANSLATE_NOOP("Failure", "stabilitydl does not answer"),
    "other-version": QT_TRANSLATE_NOOP("Failure", "Another version is running"),
    "held-back": QT_TRANSLATE_NOOP("Failure", "Paused or given up elsewhere"),
    "usage": QT_TRANSLATE_NOOP("Failure", "Cannot be used"),
    "unknown-locator": QT_TRANSLATE_NOOP("Failure", "Not an address that is known"),
    "bad-checksum": QT_TRANSLATE_NOOP("Failure", "Not a checksum"),
    "bad-number": QT_TRANSLATE_NOOP("Failure", "Not a number"),
    "bad-list-line": QT_TRANSLATE_NOOP("Failure", "Line cannot be used"),
    "bad-list-file": QT_TRANSLATE_NOOP("Failure", "List cannot be read"),
    "unknown-collection": QT_TRANSLATE_NOOP("Failure", "Collection is not known"),
    "nothing-matched": QT_TRANSLATE_NOOP("Failure", "Nothing matches"),
    "unsafe-name": QT_TRANSLATE_NOOP("Failure", "Unsafe file name"),
    "network": QT_TRANSLATE_NOOP("Failure", "Connection failed"),
    "host-unreachable": QT_TRANSLATE_NOOP("Failure", "Server cannot be reached"),
    "name-not-resolved": QT_TRANSLATE_NOOP("Failure", "Server cannot be found"),
    "connection-lost": QT_TRANSLATE_NOOP("Failure", "Connection lost"),
    "network-timeout": QT_TRANSLATE_NOOP("Failure", "Server does not answer"),
    "stalled": QT_TRANSLATE_NOOP("Failure", "Connection stalled"),
    "tls-failed": QT_TRANSLATE_NOOP("Failure", "Server identity not confirmed"),
    "proxy-failed": QT_TRANSLATE_NOOP("Failure", "Proxy does not work"),
    "server": QT_TRANSLATE_NOOP("Failure", "Server answer is no use"),
    "server-busy": QT_TRANSLATE_NOOP("Failure", "Server is busy"),
    "server-failed": QT_TRANSLATE_NOOP("Failure", "Server error {status}"),
    "not-found": QT_TRANSLATE_NOOP("Failure", "Not found on the server"),
    "remote-gone": QT_TRANSLATE_NOOP("Failure", "Removed from the server"),
    "login-needed": QT_TRANSLATE_NOOP("Failure", "Needs a {hub} login"),
    "access-denied": QT_TRANSLATE_NOOP("Failure", "Access refused"),
    "unexpected-status": QT_TRANSLATE_NOOP("Failure", "Unexpected answer {status}"),
    "bad-answer": QT_TRANSLATE_NOOP("Failure", "Server breaks the rules of HTTP"),
    "wrong-range": QT_TRANSLATE_NOOP("Failure", "Server sent another part"),
    "ranges-unusable": QT_TRANSLATE_NOOP("Failure", "Server cannot send parts"),
    "remote-changed": QT_TRANSLATE_NOOP("Failure", "File changed on the server"),
    "web-page": QT_TRANSLATE_NOOP("Failure", "A web page came instead"),
    "compressed-answer": QT_TRANSLATE_NOOP("Failure", "Server compresses the file"),
    "lfs-pointer": QT_TRANSLATE_NOOP("Failure", "Git LFS pointer, no file"),
    "length-unknown": QT_TRANSLATE_NOOP("Failure", "Size and checksum unknown"),
    "too-many-redirects": QT_TRANSLATE_NOOP("Failure", "Redirects in circles"),
    "unsafe-redirect": QT_TRANSLATE_NOOP("Failure", "Redirect is not safe"),
    "private-address": QT_TRANSLATE_NOOP("Failure", "Leads into a private network"),
    "hub": QT_TRANSLATE_NOOP("Failure", "{hub} reports an error"),
    "hub-answer-unreadable": QT_TRANSLATE_NOOP("Failure", "{hub} answer is unreadable"),
    "page-not-found": QT_TRANSLATE_NOOP("Failure", "{hub} has no such page"),
    "flagged": QT_TRANSLATE_NOOP("Failure", "{hub} warns about it"),
    "blocked": QT_TRANSLATE_NOOP("Failure", "{hub} does not give it"),
    "gated": QT_TRANSLATE_NOOP("Failure", "Accept the terms first"),
    "early-access": QT_TRANSLATE_NOOP("Failure", "Early access until {until}"),
    "paid": QT_TRANSLATE_NOOP("Failure", "Only for who paid for it"),
    "usage-not-allowed": QT_TRANSLATE_NOOP("Failure", "Use on the hub only"),
    "archived": QT_TRANSLATE_NOOP("Failure", "Archived by its author"),
    "dangerous-file-type": QT_TRANSLATE_NOOP("Failure", "A program, not a model"),
    "disk": QT_TRANSLATE_NOOP("Failure", "Cannot be written"),
    "no-space": QT_TRANSLATE_NOOP("Failure", "Not enough space"),
    "not-writable": QT_TRANSLATE_NOOP("Failure", "Folder is not writable"),
    "volume-missing": QT_TRANSLATE_NOOP("Failure", "Drive is not connected"),
    "disk-fault": QT_TRANSLATE_NOOP("Failure", "Drive reports an error"),
    "target-taken": QT_TRANSLATE_NOOP("Failure", "Another file is in its place"),
    "name-too-long": QT_TRANSLATE_NOOP("Failure", "Name is too long"),
    "file-too-large": QT_TRANSLATE_NOOP("Failure", "Too large for this drive"),
    "too-many-open-files": QT_TRANSLATE_NOOP("Failure", "Too many open files"),
    "part-changed": QT_TRANSLATE_NOOP("Failure", "Changed by another program"),
    "part-in-use": QT_TRANSLATE_NOOP("Failure", "In use by another program"),
    "content": QT_TRANSLATE_NOOP("Failure", "Wrong contents"),
    "checksum-mismatch": QT_TRANSLATE_NOOP("Failure", "Wrong checksum"),
    "size-mismatch": QT_TRANSLATE_NOOP("Failure", "Wrong size"),
    "store": QT_TRANSLATE_NOOP("Failure", "Database error"),
    "store-newer": QT_TRANSLATE_NOOP("Failure", "Database is newer"),
    "store-damaged": QT_TRANSLATE_NOOP("Failure", "Database is damaged"),
    "store-busy": QT_TRANSLATE_NOOP("Failure", "Database is in use"),
    "store-full": QT_TRANSLATE_NOOP("Failure", "No space for the database"),
    "store-not-writable": QT_TRANSLATE_NOOP("Failure", "Database is not writable"),
    "engine-stopped": QT_TRANSLATE_NOOP("Failure", "stabilitydl is ending"),
    "no-longer-listed": QT_TRANSLATE_NOOP("Failure", "No longer on the list"),
}
"""By error code. Placeholders are arguments of the error, and ``hub``, the name of the hub."""


def short_text(problem: Problem, hub: str) -> str:
    """A few words about ``problem``; a code that this version does not know is told in general."""
    template = translate("Failure", SHORT.get(problem.code, SHORT["error"]))
    values = {name: plain(str(value)) for name, value in problem.arguments.items() if value is not None}
    return fill(template, **{**values, "hub": hub})
