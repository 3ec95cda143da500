"""OpenModelDB: upscaling models and collections of them, each file at one or more places all over the web.

The site is a set of static JSON files, ``/api/v1/models.json`` and ``collections.json``, each a map from id to object
(OpenModelDB/open-model-database, ``scripts/generate-api.ts``). Nearly all files have size and SHA-256. Many addresses
are pages for people: those of MEGA and other file lockers are left out, and a file that has no other address is
blocked; a page of GitHub, Hugging Face or Google Drive is turned into the address of the file behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, quote, urlsplit

from ..clock import Clock, SystemClock
from ..domain.checksum import Checksum
from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import (
    BadChecksum,
    BrowserOnly,
    HubAnswerUnreadable,
    HubError,
    PageNotFound,
    Problem,
    StabilityError,
)
from ..http.client import HttpClient
from ..http.request import Request
from ..http.status import error_for
from .children import key_for, name_of, place
from .news import ListsAgain
from .patience import persistently
from .protocol import Destination, Expansion, Locator, missing_is_gone
from .repositories import plausible_size
from .urls import clean_url, host_in, is_web, on_site
from .wire import LIMIT, Node, parse_object

SITE = "https://openmodeldb.info"
TYPE = "Upscaler"
MOST_FILES = 10_000

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}"
_SHORT = re.compile(rf"openmodeldb:(?P<id>{_ID})", re.ASCII | re.IGNORECASE)
_PATH = re.compile(rf"/(?P<kind>models|collections)/(?P<id>{_ID})/?", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]{1,12}", re.ASCII)
# File lockers, whose addresses lead to a page, to a folder, or to bytes that only their own scripts can decode.
_PAGES = frozenset(
    {
        "mega.nz", "mega.co.nz", "mega.io", "www.mediafire.com", "mediafire.com", "1drv.ms", "onedrive.live.com",
        "icedrive.net", "pixeldrain.com", "www.dropbox.com", "dropbox.com", "disk.yandex.com", "disk.yandex.ru",
        "yadi.sk", "gofile.io", "pan.baidu.com", "discord.com", "www.patreon.com", "patreon.com", "upscale.wiki",
    }
)  # fmt: skip
_DRIVE_FILE = re.compile(r"/file/d/(?P<id>[\w-]{10,100})(?:/.*)?", re.ASCII)
_CODE_PAGE = re.compile(r"(?P<repository>/[^/]+/[^/]+)/blob/(?P<rest>.+)")


class OpenModelDB(ListsAgain):
    """The hub of openmodeldb.info. ``site`` is an address without a path."""

    name = "openmodeldb"
    forms = (f"{SITE}/models/ID", f"{SITE}/collections/ID", "openmodeldb:ID")

    def __init__(self, *, site: str = SITE, clock: Clock | None = None) -> None:
        self._site = site
        self._trusted = site != SITE
        self._clock = clock or SystemClock()

    def __repr__(self) -> str:
        return f"<OpenModelDB {self._site}>"

    def recognise(self, text: str) -> Locator | None:
        typed = text.strip()
        if match := _SHORT.fullmatch(typed):
            return Locator(hub=self.name, text=typed, kind="model", identity=match["id"])
        parts = on_site(typed, ("openmodeldb.info", urlsplit(self._site).netloc))
        match = _PATH.fullmatch(parts.path) if parts else None
        if match is None:
            return None
        return Locator(hub=self.name, text=typed, kind=match["kind"].removesuffix("s"), identity=match["id"])

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """The files of a model, or of all models of a collection. Raises PageNotFound, HubAnswerUnreadable."""
        models = await self._map("models", client)
        about, ids = models.node(locator.identity), [locator.identity]
        if locator.kind == "collection":
            about = (await self._map("collections", client)).node(locator.identity)
            ids = about.texts("models", MOST_FILES, 200)
        if not about:
            raise PageNotFound(hub=self.name, page=f"/{locator.kind}s/{locator.identity}")
        collection = self._collection(locator, destination, about, models.node(ids[0]) if ids else about)
        children: dict[str, Resource] = {}
        problems: list[Problem] = []
        for identity in ids:
            model = models.node(identity)
            if not model:
                detail = f"the model {identity} is not there"
                problems.append(HubAnswerUnreadable(hub=self.name, detail=detail).problem)
            elif not model.is_list("resources"):
                detail = f"the files of the model {identity} are no list"
                problems.append(HubAnswerUnreadable(hub=self.name, detail=detail).problem)
            for entry in model.nodes("resources"):
                child = self._child(collection, identity, model, entry, len(children))
                if len(children) < MOST_FILES:
                    children.setdefault(child.id, child)
        return Expansion(
            collection=collection,
            resources=tuple(children.values()),
            problems=tuple(problems),
            is_whole=not problems and len(children) < MOST_FILES,
        )

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The address itself, wherever it is; it may not be in a private network."""
        if not is_web(address.reference):
            raise HubError(hub=self.name, detail=f"“{address.reference}” is no file of this hub")
        return Request(url=address.reference, trusted=self._trusted)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return missing_is_gone(error)

    async def absolute(self, reference: str) -> str:
        return f"{self._site}{reference}" if reference.startswith("/") else reference

    async def _map(self, name: str, client: HttpClient) -> Node:
        async def ask() -> bytes:
            request = Request(url=f"{self._site}/api/v1/{name}.json", hub=self.name, trusted=self._trusted)
            head, body = await client.get(request, limit=LIMIT)
            error = error_for(head.status, head.headers, head.host, self._clock.wall())
            if error is not None:
                raise error
            return body

        return parse_object(await persistently(ask, self._clock), self.name)

    def _collection(self, locator: Locator, destination: Destination, about: Node, first: Node) -> Collection:
        key = key_for(self.name, self._site, locator.kind, locator.identity, destination)
        return Collection(
            id=key.id,
            key=key,
            title=_label(about.text("name", 300)) or locator.identity,
            locator=locator.text,
            page=f"{self._site}/{locator.kind}s/{quote(locator.identity)}",
            layout=destination.layout,
            target=key.target,
            type=TYPE,
            base_model=_label(first.text("architecture")),
            creator=_author(about),
            preview=_preview(first),
            description=about.text("description", 64 * 1024),
        )

    def _child(self, collection: Collection, identity: str, model: Node, entry: Node, order: int) -> Resource:
        written = [url for url in entry.texts("urls", 20, 8192) if is_web(url)]
        urls = list(_files_behind(written))
        extension = entry.text("type", 20).lower()
        name = _name(identity, extension, urls)
        path, blocked = place(name)
        checksums = tuple(_checksums(entry))
        content = str(checksums[0]) if checksums else (written[0] if written else "")
        key = f"{identity}\n{content}"
        return Resource(
            id=resource_id(collection.id, key),
            collection=collection.id,
            key=key,
            name=name_of(path),
            path=path,
            size=plausible_size(entry.whole("size")),
            checksums=checksums,
            addresses=tuple(Address(self.name, url, priority) for priority, url in enumerate(urls)),
            type=TYPE,
            base_model=_label(model.text("architecture")),
            creator=_author(model),
            version=_label(entry.text("platform")),
            file_type=extension,
            page=f"{self._site}/models/{quote(identity)}",
            preview=_preview(model),
            order=order,
            blocked=blocked or (None if urls else BrowserOnly(hub=self.name, host=_hosts(written)).problem),
        )


def _files_behind(urls: Sequence[str]) -> Iterator[str]:
    """The addresses that give bytes, in their order, each once."""
    seen = set()
    for url in urls:
        try:
            direct = _file_behind(clean_url(url))
        except ValueError:
            continue
        if direct and direct not in seen:
            seen.add(direct)
            yield direct


def _file_behind(url: str) -> str:
    """The address of the file that a page shows, the address itself where it is one, empty for a page for people."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _PAGES:
        return ""
    if host in ("drive.google.com", "docs.google.com"):
        match = _DRIVE_FILE.fullmatch(parts.path)
        identity = match["id"] if match else next(iter(parse_qs(parts.query).get("id", [])), "")
        if "/folders/" in parts.path or not re.fullmatch(r"[\w-]{10,100}", identity, re.ASCII):
            return ""
        return f"https://drive.usercontent.google.com/download?id={identity}&export=download&confirm=t"
    page = _CODE_PAGE.fullmatch(parts.path)
    if page and host in ("github.com", "huggingface.co"):
        route = "raw" if host == "github.com" else "resolve"
        return f"{parts.scheme}://{parts.netloc}{page['repository']}/{route}/{page['rest']}"
    return url


def _name(identity: str, extension: str, urls: Sequence[str]) -> str:
    """The name in an address, where it has the right ending; else one made of the id."""
    suffix = f".{extension}" if _EXTENSION.fullmatch(extension) else ""
    for url in urls:
        last = urlsplit(url).path.rpartition("/")[2]
        if suffix and last.lower().endswith(suffix) and "%" not in last:
            return last
    return f"{identity}{suffix}"


def _checksums(entry: Node) -> Iterator[Checksum]:
    try:
        yield Checksum.of("sha256", entry.text("sha256"))
    except BadChecksum:
        return


def _author(node: Node) -> str:
    return _label(node.text("author")) or ", ".join(_label(name) for name in node.texts("author", 5, 100))


def _preview(model: Node) -> str:
    for image in model.nodes("images"):
        for name in ("thumbnail", "SR", "LR"):
            url = image.text(name, 4096)
            if url.startswith(("https://", "http://")) and url.isprintable():
                return url
    return ""


def _hosts(urls: Sequence[str]) -> str:
    hosts = dict.fromkeys(map(host_in, urls))
    return ", ".join(filter(None, hosts)) or "no site"


def _label(text: str) -> str:
    return " ".join(text.split())[:100]
