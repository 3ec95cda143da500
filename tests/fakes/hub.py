"""A hub without a server: packs are made up by the test that adds them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.collection import Collection, CollectionKey, Layout
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.errors import NotFound, RemoteGone, StabilityError
from stabilitydl.http.accounts import Account
from stabilitydl.http.client import HttpClient
from stabilitydl.http.request import Request
from stabilitydl.hubs.protocol import Destination, Expansion, Locator
from tests.fakes.transfer import FakeFetch


class FakeHub:
    """Recognises ``fake:NAME`` and lists what ``packs`` holds under that name."""

    name = "fake"
    forms = ("fake:NAME",)
    account = Account(hub="fake", title="Fake", sites=("https://fake.test",), variables=("FAKE_TOKEN",))

    def __init__(self) -> None:
        self.packs: dict[str, Expansion] = {}
        self.errors: dict[str, StabilityError] = {}

    def recognise(self, text: str) -> Locator | None:
        if not text.startswith("fake:"):
            return None
        return Locator(hub=self.name, text=text, kind="pack", identity=text.removeprefix("fake:"))

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        if locator.identity not in self.packs:
            raise NotFound(host="fake.test", status=404, body="the page is gone")
        return self.packs[locator.identity]

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        if resource.name in self.errors:
            raise self.errors[resource.name]
        return Request(url=address.reference, trusted=True)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return RemoteGone(host="fake.test") if isinstance(error, NotFound) else error

    async def absolute(self, reference: str) -> str:
        return reference


def pack(
    folder: Path, *names: str, title: str = "Pack", checksums: bool = True, layout: Layout = Layout.FLAT
) -> Expansion:
    """A collection of files as `FakeFetch` makes them, to be put into ``folder``."""
    key = CollectionKey("fake", "", "pack", title, target=str(folder))
    collection = Collection(
        id=key.id, key=key, title=title, target=str(folder), layout=layout, type="LORA", locator=f"fake:{title}"
    )
    return Expansion(
        collection=collection,
        resources=tuple(child(collection.id, name, order, checksums) for order, name in enumerate(names)),
    )


def child(collection: str, name: str, order: int = 0, checksums: bool = True, host: str = "fake.test") -> Resource:
    """One file as `FakeFetch` makes it."""
    data = FakeFetch.content(name)
    return Resource(
        id=resource_id(collection, name),
        collection=collection,
        key=name,
        name=name,
        path=name,
        size=len(data),
        checksums=(Checksum.of("sha256", hashlib.sha256(data).hexdigest()),) if checksums else (),
        addresses=(Address("fake", f"https://{host}/{name}"),),
        order=order,
    )
