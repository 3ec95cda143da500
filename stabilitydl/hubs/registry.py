"""Which hub takes a locator; and what to say about one that none takes.

The hubs of the product are loaded when one is first needed: a window that opens shows what is on the list without them.
"""

from __future__ import annotations

import difflib
import itertools
import logging
import re
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..clock import Clock, SystemClock
from ..errors import HubError, StabilityError, UnknownLocator
from ..http.accounts import ACCOUNTS, Account
from .plugins import hubs_of_others
from .protocol import Hub, Locator
from .signed import redacted_address

_FILLED_IN = re.compile(r"[A-Z]{2,}.*", re.DOTALL)
_PATH = re.compile(
    r"(?:/|~|\.{1,2}[/\\]|[A-Za-z]:\\)|[^:?#]+\.(?:txt|list|lst|gz|md5|sha1|sha256|toml|json|meta4|metalink)$",
    re.IGNORECASE,
)
_ALIKE = 0.6
NAMES = frozenset(
    {
        *("lockfile", "metalink", "civitai", "github", "openmodeldb", "huggingface", "modelscope", "modelscope-ai"),
        *("direct", "demo"),
    }
)
"""The names of the hubs of the product, which no hub of others can take."""
_MOST_FILES = 5000

_log = logging.getLogger("stabilitydl.hubs")


class Registry:
    """The hubs of one engine. The first one that recognises a locator takes it.

    ``hubs`` may be a function that makes them when one is first needed; ``others`` are those that may have an account
    which the product does not know, all of them unless given.
    """

    def __init__(self, hubs: Sequence[Hub] | Callable[[], Sequence[Hub]], others: Sequence[Hub] | None = None) -> None:
        self._make = hubs if callable(hubs) else lambda: hubs
        self._made: tuple[Hub, ...] | None = None
        self._making = threading.Lock()
        self._others = others

    @classmethod
    def standard(cls, *more: Hub | Callable[[], Hub], clock: Clock | None = None) -> Registry:
        """``more``, all hubs of the product and those of others; the one that takes any address comes last."""
        others = hubs_of_others(NAMES)
        return cls(partial(_standard, more, clock or SystemClock(), others), others)

    @property
    def _hubs(self) -> tuple[Hub, ...]:
        return self.load()

    def load(self) -> tuple[Hub, ...]:
        """Make the hubs, in any thread, unless that has been done; whoever needs one then does not wait for it."""
        with self._making:
            if self._made is None:
                self._made = tuple(self._make())
            return self._made

    def __repr__(self) -> str:
        return f"<Registry {' '.join(hub.name for hub in self._hubs)}>"

    @property
    def accounts(self) -> tuple[Account, ...]:
        """What can be logged in to: the hubs of the product, and others that say how by an attribute ``account``."""
        known = {account.hub for account in ACCOUNTS}
        others = self._hubs if self._others is None else self._others
        more = ((hub.name, getattr(hub, "account", None)) for hub in others if hub.name not in known)
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


def _standard(more: Sequence[Hub | Callable[[], Hub]], clock: Clock, others: Sequence[Hub]) -> list[Hub]:
    from .standard import standard_hubs

    *ours, last = standard_hubs(clock)
    return [*(each() if callable(each) else each for each in more), *ours, *others, last]


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
