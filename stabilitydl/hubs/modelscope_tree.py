"""All files of a ModelScope repository, although no answer gives them all.

The list of a model is cut off without a word at 3,000 entries and knows no pages (modelscope_hub, ``_legacy_api.py``):
a list of that length is listed again folder by folder, as deep as needed. Datasets have pages, which end when one
brings nothing new. A page may be refused now and then although others of the same repository are given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ..clock import Clock
from ..errors import AccessDenied, Problem, StabilityError
from .modelscope_shapes import Page, snapshot_of
from .patience import persistently
from .repositories import MOST_FILES, RepositoryFile

CUT_OFF = 3000
"""Entries of one list, from which on it may not be all of it."""
PAGE = 200
MOST_REQUESTS = 1000
LONGEST_LISTING = 300.0
"""Seconds for all answers about one repository."""

Ask = Callable[[str, int], Awaitable[Page]]
"""Asks with a query for a page whose first entry has a number. Raises StabilityError."""


@dataclass
class Tree:
    """What came so far. ``cut`` is why it is not all, empty when it is; ``snapshot`` names the repository's state."""

    files: dict[str, RepositoryFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    commit: str = ""
    short_commit: str = ""
    exists: bool = True
    cut: str = ""

    @property
    def snapshot(self) -> str:
        return snapshot_of(self.commit, self.short_commit, self.files.values())


class Walk:
    """One listing of one repository at ``revision``, of at most ``most`` files."""

    def __init__(self, ask: Ask, revision: str, clock: Clock, most: int = MOST_FILES) -> None:
        self._ask = ask
        self._revision = revision
        self._clock = clock
        self._most = most
        self._end = clock.monotonic() + LONGEST_LISTING
        self._requests = 0
        self._entries = 0
        self._tree = Tree()

    async def pages(self) -> Tree:
        """A dataset. Raises what the first page raises; what stops a later one is said in ``cut``."""
        number = 1
        while page := await self._page({"PageNumber": number, "PageSize": PAGE}):
            if not self._absorb(page):
                break
            number += 1
        return self._tree

    async def folders(self) -> Tree:
        """A model. Raises what the first list raises; what stops a later one is said in ``cut``."""
        waiting = deque([""])
        while waiting:
            folder = waiting.popleft()
            page = await self._page(_root(folder))
            if page is None:
                break
            self._absorb(page)
            if page.entries < CUT_OFF:
                continue
            page = await self._page(_root(folder), recursive=False)
            if page is None:
                break
            self._absorb(page)
            if page.entries >= CUT_OFF:
                self._tree.cut = f"no more than {CUT_OFF:,} of the folder “{folder or '/'}”"
            waiting.extend(page.folders)
        return self._tree

    async def _page(self, place: dict[str, str | int], *, recursive: bool = True) -> Page | None:
        """The answer to one request, None when there may be no more or it fails for good."""
        if self._requests >= MOST_REQUESTS or self._clock.monotonic() >= self._end:
            self._tree.cut = "its list did not end"
            return None
        if len(self._tree.files) >= self._most:
            self._tree.cut = f"more than the {self._most:,} that are kept"
            return None
        query = urlencode({"Revision": self._revision, "Recursive": str(recursive), **place})

        async def ask() -> Page:
            return await self._ask(query, self._entries + 1)

        self._requests += 1
        if self._requests == 1:
            page = await ask()
            self._tree.commit, self._tree.short_commit = page.commit, page.short_commit
            self._tree.exists = page.exists
            return page
        try:
            return await persistently(ask, self._clock, (AccessDenied,))
        except StabilityError as error:
            self._tree.cut = str(error).rstrip(".")
            return None

    def _absorb(self, page: Page) -> bool:
        """Keep what is new; was anything?"""
        before = len(self._tree.files)
        for file in page.files:
            self._tree.files.setdefault(file.path, file)
        self._tree.problems += page.problems
        self._entries += page.entries
        return len(self._tree.files) > before or bool(page.folders)


def _root(folder: str) -> dict[str, str | int]:
    return {"Root": folder} if folder else {}
