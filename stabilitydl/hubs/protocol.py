"""What every hub can do, and the values that pass between a hub and the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..domain.collection import Collection, Layout
from ..domain.resource import Address, Resource
from ..errors import NotFound, Problem, RemoteGone, StabilityError
from ..http.client import HttpClient
from ..http.request import Request


@dataclass(frozen=True)
class Destination:
    """The absolute folder for which files are asked, and how they are sorted below it."""

    root: Path
    layout: Layout = Layout.LIBRARY


@dataclass(frozen=True, kw_only=True)
class Locator:
    """What a user typed, as its hub understood it, before anybody was asked.

    ``identity`` names the collection within ``kind``, ``revision`` the branch, tag or commit of a repository.
    ``selection`` is ``version:ID``, ``file:ID`` or ``path:PATH`` (a file, or a folder with all below it) where only
    a part of it was meant, else empty. ``base`` is the address below which the names of a checksum list lie.
    ``secret`` is the query of a signed address, which is in none of the others.
    """

    hub: str
    text: str
    kind: str
    identity: str
    revision: str = ""
    selection: str = ""
    base: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """A collection and its children in the hub's order.

    ``selected`` are the ids of the children that the locator meant, None for all of them. ``problems`` are what
    could not be listed; ``warnings`` are what the hub says about children that are listed. ``is_whole``: the hub lists
    nothing else in this collection, so that other children that are known of it are superseded.
    """

    collection: Collection
    resources: tuple[Resource, ...]
    selected: frozenset[str] | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True)
class News:
    """What a hub has by now besides the children of a collection that are known, and what of them it has no more.

    ``changed`` are known children whose place another content took over, each with its successor; ``added`` and
    ``gone`` are the others. ``versions`` are the names of those of which no child was known, in the order of the hub.
    ``expansion`` is the collection as it is listed now; None where the hub said that nothing is new.
    """

    expansion: Expansion | None = None
    versions: tuple[str, ...] = ()
    added: tuple[Resource, ...] = ()
    changed: tuple[tuple[Resource, Resource], ...] = ()
    gone: tuple[Resource, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.gone)


class Hub(Protocol):
    """One hosting system.

    ``forms`` are the locators it accepts, as people write them, with capital letters for what they fill in.
    """

    @property
    def name(self) -> str: ...

    @property
    def forms(self) -> tuple[str, ...]: ...

    def recognise(self, text: str) -> Locator | None:
        """``text`` as a locator of this hub, or None. Asks no server."""
        ...

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """List the collection. Raises StabilityError; one child that cannot be read is a problem, not an error."""
        ...

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """A fresh request for the bytes of ``resource`` at ``address``. Raises StabilityError."""
        ...

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """What ``error`` means on this hub; the error itself where the hub knows no better.

        The argument ``body`` of an error, where there is one, is the beginning of the refusing answer. The result
        never carries it.
        """
        ...

    async def newer(self, collection: Collection, resources: Sequence[Resource], client: HttpClient) -> News:
        """What there is by now besides ``resources``, the known children. Asks for as little as the hub allows.

        `news.ListsAgain` has it for hubs that can only list everything again. Raises StabilityError.
        """
        ...

    async def absolute(self, reference: str) -> str:
        """The web address of a page, preview or avatar that this hub put into a collection or resource."""
        ...


def missing_is_gone(error: StabilityError) -> StabilityError:
    """What ``error`` means where nobody can be asked where a missing file went: it is gone."""
    if isinstance(error, NotFound | RemoteGone):
        return RemoteGone(host=error.arguments.get("host"), status=error.arguments.get("status"))
    return without_body(error)


def without_body(error: StabilityError) -> StabilityError:
    """``error`` without the answer it came with: what is shown and stored holds no text of a server."""
    if "body" not in error.arguments:
        return error
    return type(error)(**{name: value for name, value in error.arguments.items() if name != "body"})
