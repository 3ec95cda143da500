"""Files by their address: one address, or a list file of them.

Accepted are ``https://HOST/FILE`` (or http), the path of a list file, and for checksum lists ``PATH+URL``, the path
with the address of the folder in which the listed files lie. An address is a collection of kind ``url`` with one
child; a list file is a collection of kind ``list``, known by its absolute path (and base address). Of a signed address
only what is not secret is kept here, see ``signed``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import BadListFile, Problem, StabilityError, UsageError
from ..http.client import HttpClient
from ..http.request import Request
from ..lane import Lane
from .children import key_for, name_of, place
from .entry import Entry
from .lists import read, split_base
from .news import list_again, locator_of
from .protocol import Destination, Expansion, Locator, News, missing_is_gone
from .signed import complete_address, completed, hold_secrets, stored_addresses, web_locator
from .urls import clean_url, file_here, is_web, name_from_url


class Direct:
    """The hub of everything that has no hub."""

    name = "direct"
    forms = ("https://HOST/FILE", "PATH of a list of addresses", "PATH+https://HOST/FOLDER/ for a list of checksums")

    def recognise(self, text: str) -> Locator | None:
        """An address or an existing file. An address that cannot be used is recognised; ``expand`` refuses it."""
        typed = text.strip()
        if is_web(typed):
            return web_locator(self.name, "url", typed)
        for path, base in ((typed, ""), split_base(typed)):
            if path and (absolute := file_here(path)):
                return Locator(hub=self.name, text=typed, kind="list", identity=absolute, base=base)
        return None

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """The one file of an address, or the files of a list.

        Raises UsageError for an address that cannot be used, UnsafeName for one whose file name would climb, and
        BadListFile. Bad lines of a list are problems.
        """
        if locator.kind == "url":
            return self._expand_url(locator, destination, client)
        identity = locator.identity + (f"+{locator.base}" if locator.base else "")
        collection = self._collection(locator, destination, identity, _title(locator))
        lane = Lane("list")
        try:
            children, problems, secrets = await lane.run(
                _read_children, collection, Path(locator.identity), locator.base
            )
        finally:
            lane.close(0)
        hold_secrets(client, secrets)
        return Expansion(collection=collection, resources=children, problems=problems, is_whole=not problems)

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The address itself. The user typed it, so it may lead into a private network.

        Raises SecretMissing where it was signed and its secret part is not here.
        """
        return Request(url=await complete_address(resource, address, client), trusted=True)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return missing_is_gone(error)

    async def newer(self, collection: Collection, resources: Sequence[Resource], client: HttpClient) -> News:
        """What a list names by now. A single address stays what it is."""
        path, base = split_base(collection.key.identity) if collection.key.kind == "list" else ("", "")
        if not path:
            return News()
        locator = replace(locator_of(collection), identity=path, base=base)
        return await list_again(self, locator, collection, resources, client)

    async def absolute(self, reference: str) -> str:
        return reference

    def _expand_url(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        try:
            url = clean_url(locator.identity)
        except ValueError as error:
            raise UsageError(detail=f"This address cannot be used: {error}.") from None
        signed = completed(url, locator.secret) if locator.secret else url
        name = name_from_url(url)
        collection = self._collection(locator, destination, url, name)
        path, blocked = place(name)
        addresses, secrets = stored_addresses(self.name, collection.id, [signed])
        hold_secrets(client, secrets)
        child = Resource(
            id=resource_id(collection.id, "file"),
            collection=collection.id,
            key="file",
            name=name_of(path),
            path=path,
            addresses=addresses,
            blocked=blocked,
        )
        return Expansion(collection=collection, resources=(child,), is_whole=True)

    def _collection(self, locator: Locator, destination: Destination, identity: str, title: str) -> Collection:
        key = key_for(self.name, "", locator.kind, identity, destination)
        return Collection(
            id=key.id,
            key=key,
            title=title,
            locator=locator.text,
            layout=destination.layout,
            target=key.target,
        )


def _read_children(
    collection: Collection, path: Path, base: str
) -> tuple[tuple[Resource, ...], tuple[Problem, ...], dict[str, str]]:
    entries, problems = read(path, base)
    if not entries and not problems:
        raise BadListFile(file=str(path), reason="it lists nothing")
    secrets: dict[str, str] = {}
    children = (_child(collection, entry, order, secrets) for order, entry in enumerate(entries))
    return tuple({child.id: child for child in children}.values()), tuple(problems), secrets


def _child(collection: Collection, entry: Entry, order: int, secrets: dict[str, str]) -> Resource:
    """One entry. What it is, is its path and its contents, where they are known; else its path and first address."""
    path, blocked = place(entry.path)
    addresses, found = stored_addresses(Direct.name, collection.id, entry.urls)
    secrets.update(found)
    content = min(entry.checksums).digits if entry.checksums else addresses[0].reference
    key = f"{path}\n{content}"
    return Resource(
        id=resource_id(collection.id, key),
        collection=collection.id,
        key=key,
        name=name_of(path),
        path=path,
        checksums=entry.checksums,
        addresses=addresses,
        order=order,
        blocked=blocked,
    )


def _title(locator: Locator) -> str:
    name = Path(locator.identity).name
    return Path(name.removesuffix(".gz")).stem or name
