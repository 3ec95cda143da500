"""Metalinks: a document that names files, their hashes and several places where each can be had.

Accepted are the path and the address of a ``.meta4`` or ``.metalink``. What a document on a server names may not lead
into a private network, unless the document came from there itself; what a document of the user's own disk names may.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from ..clock import Clock, SystemClock
from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import BadListFile, NoWebSource, Problem, StabilityError, UsageError
from ..http.client import HttpClient
from ..http.origins import Reach, place_of
from ..http.request import Request
from ..http.status import error_for
from ..lane import Lane
from .children import key_for, name_of, place
from .direct import Direct
from .metalink_reader import LIMIT, MetalinkFile, read_metalink
from .news import ListsAgain
from .protocol import Destination, Expansion, Locator, missing_is_gone
from .signed import complete_address, completed, hold_secrets, stored_addresses, web_locator
from .urls import file_here, host_in, is_web, name_from_url

_ENDINGS = (".meta4", ".metalink")


class Metalink(ListsAgain):
    """The hub of metalink documents."""

    name = "metalink"
    forms = ("PATH or address of a NAME.meta4",)

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    def __repr__(self) -> str:
        return "<Metalink>"

    def recognise(self, text: str) -> Locator | None:
        typed = text.strip()
        if is_web(typed):
            path = typed.partition("#")[0].partition("?")[0]
            return web_locator(self.name, "url", typed) if path.lower().endswith(_ENDINGS) else None
        if not typed.lower().endswith(_ENDINGS):
            return None
        document = file_here(typed)
        return Locator(hub=self.name, text=typed, kind="file", identity=document) if document else None

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """The files of a document. Raises BadListFile, UsageError, or what the server said."""
        name = locator.identity.rpartition("/")[2] or "metalink"
        if locator.kind == "url":
            data = await self._fetch(locator, client)
            name = name_from_url(locator.identity)
        else:
            data = await _load(locator.identity)
        try:
            files, problems = read_metalink(data, name)
        except ValueError as error:
            raise BadListFile(file=name, reason=str(error)) from None
        if not files and not problems:
            raise BadListFile(file=name, reason="it lists nothing")
        key = key_for(self.name, "", locator.kind, locator.identity, destination)
        collection = Collection(
            id=key.id,
            key=key,
            title=Path(name).stem or name,
            locator=locator.text,
            page=locator.identity if locator.kind == "url" else "",
            layout=destination.layout,
            target=key.target,
        )
        children: dict[str, Resource] = {}
        for file in files:
            child = self._child(collection, file, len(children), client)
            children.setdefault(child.id, child)
        return Expansion(
            collection=collection,
            resources=tuple(children.values()),
            problems=tuple(problems),
            is_whole=not problems,
        )

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """An address of a document that came from a server. Raises SecretMissing."""
        url = await complete_address(resource, address, client)
        document = host_in(resource.page)
        own = host_in(url) == document or place_of(document) is not Reach.PUBLIC
        return Request(url=url, trusted=bool(document) and own)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return missing_is_gone(error)

    async def absolute(self, reference: str) -> str:
        return reference

    async def _fetch(self, locator: Locator, client: HttpClient) -> bytes:
        url = completed(locator.identity, locator.secret) if locator.secret else locator.identity
        if "@" in urlsplit(url).netloc:
            raise UsageError(detail="This address cannot be used: the address has a user name or password in it.")
        head, body = await client.get(Request(url=url, trusted=True), limit=LIMIT)
        error = error_for(head.status, head.headers, head.host, self._clock.wall())
        if error is not None:
            raise error
        return body

    def _child(self, collection: Collection, file: MetalinkFile, order: int, client: HttpClient) -> Resource:
        path, refused = place(file.path)
        hub = self.name if collection.key.kind == "url" else Direct.name
        addresses, secrets = stored_addresses(hub, collection.id, file.urls)
        hold_secrets(client, secrets)
        content = min(file.checksums).digits if file.checksums else addresses[0].reference if addresses else ""
        key = f"{path}\n{content}"
        return Resource(
            id=resource_id(collection.id, key),
            collection=collection.id,
            key=key,
            name=name_of(path),
            path=path,
            size=file.size,
            checksums=file.checksums,
            addresses=addresses,
            page=collection.page,
            order=order,
            blocked=refused or _without_source(file),
        )


def _without_source(file: MetalinkFile) -> Problem | None:
    return None if file.urls else NoWebSource(hub=Metalink.name).problem


async def _load(path: str) -> bytes:
    lane = Lane("metalink")
    try:
        return await lane.run(_read, path)
    except OSError as error:
        raise BadListFile(file=path, reason=error.strerror or type(error).__name__) from error
    finally:
        lane.close(0)


def _read(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(LIMIT + 1)
