"""Which hub takes a locator; and what to say about one that none takes."""

from __future__ import annotations

import difflib
import itertools
import logging
import re
from collections.abc import Sequence
from pathlib import Path

from ..clock import Clock, SystemClock
from ..errors import HubError, StabilityError, UnknownLocator
from ..http.accounts import ACCOUNTS, Account
from .civitai import Civitai
from .direct import Direct
from .github import GitHub
from .huggingface import HuggingFace
from .lockfile import Lockfile
from .metalink import Metalink
from .modelscope import ModelScope
from .openmodeldb import OpenModelDB
from .plugins import hubs_of_others
from .protocol import Hub, Locator
from .signed import redacted_address

_FILLED_IN = re.compile(r"[A-Z]{2,}.*", re.DOTALL)
_PATH = re.compile(
    r"(?:/|~|\.{1,2}[/\\]|[A-Za-z]:\\)|[^:?#]+\.(?:txt|list|lst|gz|md5|sha1|sha256|toml|json|meta4|metalink)$",
    re.IGNORECASE,
)
_ALIKE = 0.6
_MOST_FILES = 5000

_log = logging.getLogger("stabilitydl.hubs")


class Registry:
    """The hubs of one engine. The first one that recognises a locator takes it."""

    def __init__(self, hubs: Sequence[Hub]) -> None:
        self._hubs = tuple(hubs)

    @classmethod
    def standard(cls, *more: Hub, clock: Clock | None = None) -> Registry:
        """``more``, all hubs of the product and those of others; the one that takes any address comes last."""
        clock = clock or SystemClock()
        own = (Lockfile(), Metalink(clock), Civitai(clock=clock), GitHub(clock=clock), OpenModelDB(clock=clock))
        repositories = (HuggingFace(clock=clock), ModelScope(clock=clock), ModelScope.international(clock=clock))
        last = Direct()
        ours: list[Hub] = [*more, *own, *repositories]
        return cls([*ours, *hubs_of_others({hub.name for hub in (*ours, last)}), last])

    def __repr__(self) -> str:
        return f"<Registry {' '.join(hub.name for hub in self._hubs)}>"

    @property
    def accounts(self) -> tuple[Account, ...]:
        """What can be logged in to: the hubs of the product, and others that say how by an attribute ``account``."""
        known = {account.hub for account in ACCOUNTS}
        more = ((hub.name, getattr(hub, "account", None)) for hub in self._hubs if hub.name not in known)
        return (*ACCOUNTS, *(each for name, each in more if isinstance(each, Account) and each.hub == name))

    def find(self, text: str) -> tuple[Hub, Locator]:
        """The hub for what the user typed. Raises UnknownLocator with what is accepted and the nearest match."""
        for hub in self._hubs:
            if locator := _asked(hub, text):
                return hub, locator
        raise UnknownLocator(locator=redacted_address(text), hint=self._hint(text.strip()))

    def by_name(self, name: str) -> Hub:
        """The hub of a stored collection or address. Raises HubError when this program does not know it."""
        for hub in self._hubs:
            if hub.name == name:
                return hub
        raise HubError(hub=name, detail="this version of stabilitydl does not know this hub")

    def _hint(self, text: str) -> str:
        forms = [form for hub in self._hubs for form in hub.forms]
        near = _near_file(text) or _near_form(text, forms)
        hints = [_wrong_path(text), f"Did you mean {near}?" if near else "", f"Accepted: {'; '.join(forms)}."]
        return " ".join(filter(None, hints))


def _asked(hub: Hub, text: str) -> Locator | None:
    """What ``hub`` makes of ``text``. A hub that fails at it, as one of others may, does not hide those after it."""
    try:
        return hub.recognise(text)
    except StabilityError:
        raise
    except Exception:  # noqa: BLE001 - code of others may raise what it likes
        _log.exception("the hub %s cannot tell what a locator is", hub.name)
        return None


def _wrong_path(text: str) -> str:
    """What is wrong with ``text`` as a path; empty where it does not look like one."""
    try:
        if text and Path(text).expanduser().is_dir():
            return "It is a folder; name a list file in it."
    except (OSError, ValueError, RuntimeError):
        return ""
    return "There is no such file." if _PATH.match(text) else ""


def _near_form(text: str, forms: Sequence[str]) -> str | None:
    """The form whose fixed beginning is most like the beginning of ``text``."""
    best, nearest = _ALIKE, None
    for form in forms:
        fixed = _FILLED_IN.sub("", form)
        if len(fixed) < 3:
            continue
        ratio = difflib.SequenceMatcher(None, fixed, text[: len(fixed)].lower()).ratio()
        if ratio > best:
            best, nearest = ratio, form
    return nearest


def _near_file(text: str) -> str | None:
    """The file of the named folder whose name is most like the one typed."""
    if not text or "://" in text:
        return None
    try:
        path = Path(text).expanduser()
        found = [entry.name for entry in itertools.islice(path.parent.iterdir(), _MOST_FILES) if entry.is_file()]
    except (OSError, ValueError, RuntimeError):
        return None
    matches = difflib.get_close_matches(path.name, found, n=1)
    return str(path.with_name(matches[0])) if matches else None
