"""Civitai: a model page with all files of all its versions, or all models of a creator, each file pinned by its id.

The page's API answer names a download address for each file, but two files can share one, so it is not used: a
file comes from ``/api/download/models/{version}?fileId={file}``, which redirects to a signed address that lives for
hours. That address is asked for anew whenever a file starts or goes on, and is never stored. What is stored is
``{version}?fileId={file}``; it is resolved against the endpoint when it is needed, so the endpoint may move.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection as Members
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from ..clock import Clock, SystemClock
from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import (
    AccessDenied,
    EarlyAccess,
    HubError,
    LoginNeeded,
    ModelArchived,
    NotFound,
    NothingMatched,
    PageNotFound,
    Problem,
    RemoteGone,
    ServerFailed,
    StabilityError,
    UsageNotAllowed,
)
from ..http.client import HttpClient
from ..http.request import Request
from . import civitai_locator
from .children import key_for, name_of, place
from .civitai_api import CivitaiApi, Endpoint
from .civitai_digests import pages_with
from .civitai_shapes import FileEntry, ModelPage, Version, read_refusal, shown_date
from .moments import last_moment, moment
from .news import ListsAgain
from .protocol import Destination, Expansion, Locator, without_body

DEFAULT_ENDPOINT = "https://civitai.com"
ENDPOINT_VARIABLE = "CIVITAI_ENDPOINT"

_REFERENCE = re.compile(r"\d{1,19}\?fileId=(?P<file>\d{1,19})", re.ASCII)
_PAGE = re.compile(r"/models/(?P<model>\d{1,19})(?:\?|$)", re.ASCII)


class Civitai(ListsAgain):
    """The hub of civitai.com, and of any server that speaks its API.

    ``endpoint`` is the address of the server without a path, or a function that finds it whenever it is needed;
    pages and pictures on a server that is found that way are kept without its address. ``endpoint_id`` stands
    for the server in the identity of collections. ``hosts`` are the hosts whose pages are taken as locators.
    """

    def __init__(
        self,
        *,
        name: str = "civitai",
        endpoint: Endpoint | None = None,
        endpoint_id: str = "",
        hosts: Members[str] | None = None,
        forms: Sequence[str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        given = endpoint or os.environ.get(ENDPOINT_VARIABLE, "").strip() or DEFAULT_ENDPOINT
        place: Endpoint = given.rstrip("/") if isinstance(given, str) else given
        self._moves = not isinstance(place, str)
        self._endpoint_id = endpoint_id or (place if isinstance(place, str) else name)
        self._hosts = frozenset(civitai_locator.HOSTS if hosts is None else hosts)
        if isinstance(place, str):
            self._hosts |= {urlsplit(place).netloc.lower()}
        self.api = CivitaiApi(name, place, clock or SystemClock(), trusted=place != DEFAULT_ENDPOINT)
        self.name = name
        site = f"https://{urlsplit(DEFAULT_ENDPOINT).netloc}"
        self.forms = tuple(forms or (f"{site}/models/ID", f"{site}/user/NAME", f"{name}:ID", f"{name}:sha256:HEX"))

    def __repr__(self) -> str:
        return f"<Civitai {self.name} {self._endpoint_id}>"

    def recognise(self, text: str) -> Locator | None:
        return civitai_locator.recognise(text, self.name, self._hosts)

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """List all files of all versions of a model, or of all models of a creator, or those with some digests.

        Raises PageNotFound, HubAnswerUnreadable, or what the connection or the server said.
        """
        if locator.kind == "creator":
            pages, problems = await self.api.creator(locator.identity, client)
            return await self._listed(locator, destination, pages, problems)
        if locator.kind == "hashes":
            pages, problems = await pages_with(locator.identity.split(","), self.api, client)
            return await self._listed(locator, destination, pages, problems)
        if locator.kind == "hash":
            found = await self.api.find(locator.identity, client)
            part = f"version:{found.version}" if found.file is None else f"file:{found.file}"
            locator = replace(locator, identity=str(found.model), selection=part)
        elif locator.kind == "version":
            locator = replace(locator, identity=await self.api.model_of(locator.identity, client))
        page = await self.api.model(locator.identity, client)
        return await self._listed(locator, destination, [page], list(page.problems))

    async def _listed(
        self, locator: Locator, destination: Destination, pages: Sequence[ModelPage], problems: list[Problem]
    ) -> Expansion:
        endpoint = await self.api.base()
        if locator.kind == "creator":
            collection = self._creator(pages, locator, destination, endpoint)
        elif locator.kind == "hashes":
            collection = self._gathered(pages, locator, destination, endpoint)
        else:
            collection = self._collection(pages[0], locator, destination, endpoint)
        resources: dict[str, Resource] = {}
        warnings: list[Problem] = []
        for page, version, file in _files(pages):
            child = self._child(collection, page, version, file, len(resources), endpoint)
            if child.id not in resources:
                resources[child.id] = child
                warnings.extend(Problem(each.code, {**each.arguments, "name": child.name}) for each in file.warnings)
        problems += [page.withheld.problem for page in pages if page.withheld and not _has_files(page)]
        is_whole = not problems
        selected = None
        if locator.selection:
            selected = frozenset(
                child.id
                for child in resources.values()
                if locator.selection in (child.key, f"version:{child.version_id}")
            )
            if not selected:
                problems.append(NothingMatched(count=len(resources)).problem)
        return Expansion(
            collection=collection,
            resources=tuple(resources.values()),
            selected=selected,
            problems=tuple(problems),
            warnings=tuple(warnings),
            is_whole=is_whole,
        )

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The download route of the file. Each request of it counts as a download there."""
        if not _REFERENCE.fullmatch(address.reference):
            raise HubError(hub=self.name, detail=f"“{address.reference}” is no file of this hub")
        return self.api.request(f"{await self.api.base()}/api/download/models/{address.reference}")

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """What a refusal of the download route means.

        401 is a login, unless the creator switched downloads off; 403 may be early access; 410 is an archived
        model. 404 is also the answer to a passing fault of the server, so the model is asked: a file that it still
        lists is worth another try.
        """
        said = read_refusal(str(error.arguments.get("body") or ""))
        words = " ".join(said.values()).lower()
        if isinstance(error, LoginNeeded) and "disabled downloads" in words:
            return UsageNotAllowed(hub=self.name)
        if isinstance(error, AccessDenied) and "early access" in words:
            deadline = moment(said.get("deadline", ""))
            named = "a date that the hub does not name" if deadline is None else shown_date(deadline)
            return EarlyAccess(hub=self.name, until=named)
        if isinstance(error, RemoteGone):
            return ModelArchived(hub=self.name)
        if isinstance(error, NotFound | AccessDenied):
            return await self._as_listed(resource, error, client)
        return without_body(error)

    async def absolute(self, reference: str) -> str:
        return f"{await self.api.base()}{reference}" if reference.startswith("/") else reference

    async def _as_listed(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """A refusal without a reason, judged by what the model's page says about the file now."""
        host = error.arguments.get("host")
        page = None
        try:
            if found := _PAGE.search(resource.page):
                page = await self.api.model(found["model"], client)
        except PageNotFound:
            return RemoteGone(host=host, status=404)
        except StabilityError:
            page = None  # the page cannot be asked either, so nothing is known to be gone
        versions = page.versions if page else ()
        numbers = self._file_numbers(resource)
        listed = next((v for v in versions if any(str(file.id) in numbers for file in v.files)), None)
        if listed and listed.refusal:
            return listed.refusal
        if isinstance(error, AccessDenied):
            return without_body(error)
        if page and page.withheld:
            return page.withheld
        if page and not listed:
            return RemoteGone(host=host, status=404)
        return ServerFailed(host=host, status=404)

    def _file_numbers(self, resource: Resource) -> frozenset[str]:
        """What this hub calls the file, wherever its collection came from."""
        references = (_REFERENCE.fullmatch(each.reference) for each in resource.addresses if each.hub == self.name)
        return frozenset(match["file"] for match in references if match)

    def _stored(self, url: str, endpoint: str) -> str:
        """``url`` as it is kept: without the server's address where that is found anew each time."""
        return url[len(endpoint) :] if self._moves and url.startswith(f"{endpoint}/") else url

    def _collection(self, page: ModelPage, locator: Locator, destination: Destination, endpoint: str) -> Collection:
        key = key_for(self.name, self._endpoint_id, "model", str(page.id), destination)
        newest = page.versions[0] if page.versions else None
        previews = (version.preview for version in page.versions if version.preview)
        words = (version.trigger_words for version in page.versions if version.trigger_words)
        return Collection(
            id=key.id,
            key=key,
            title=page.title,
            locator=locator.text,
            page=self._stored(f"{endpoint}/models/{page.id}", endpoint),
            layout=destination.layout,
            target=key.target,
            type=page.type,
            base_model=newest.base_model if newest else "",
            creator=page.creator,
            avatar=self._stored(page.avatar, endpoint),
            preview=self._stored(next(previews, ""), endpoint),
            trigger_words=next(words, ()),
            description=page.description,
            updated=last_moment(version.published for version in page.versions),
        )

    def _creator(
        self, pages: Sequence[ModelPage], locator: Locator, destination: Destination, endpoint: str
    ) -> Collection:
        key = key_for(self.name, self._endpoint_id, "creator", locator.identity, destination)
        newest = pages[0]
        name = newest.creator or locator.identity
        previews = (version.preview for page in pages for version in page.versions if version.preview)
        return Collection(
            id=key.id,
            key=key,
            title=name,
            locator=locator.text,
            page=self._stored(f"{endpoint}/user/{quote(name, safe='')}", endpoint),
            layout=destination.layout,
            target=key.target,
            creator=name,
            avatar=self._stored(newest.avatar, endpoint),
            preview=self._stored(next(previews, ""), endpoint),
            updated=last_moment(version.published for page in pages for version in page.versions),
        )

    def _gathered(
        self, pages: Sequence[ModelPage], locator: Locator, destination: Destination, endpoint: str
    ) -> Collection:
        """What files of several models have in common."""
        key = key_for(self.name, self._endpoint_id, "hashes", locator.identity, destination)
        previews = (version.preview for page in pages for version in page.versions if version.preview)
        others = f" and {len(pages) - 1} more" if len(pages) > 1 else ""
        return Collection(
            id=key.id,
            key=key,
            title=f"{pages[0].title}{others}" if pages else "Files by their digests",
            locator=locator.text,
            layout=destination.layout,
            target=key.target,
            preview=self._stored(next(previews, ""), endpoint),
        )

    def _child(
        self, collection: Collection, page: ModelPage, version: Version, file: FileEntry, order: int, endpoint: str
    ) -> Resource:
        path, refused = place(file.name)
        key = _key(file)
        return Resource(
            id=resource_id(collection.id, key),
            collection=collection.id,
            key=key,
            name=name_of(path),
            path=path,
            size=file.size,
            checksums=file.checksums,
            addresses=(Address(self.name, f"{version.id}?fileId={file.id}"),),
            type=file.type,
            base_model=version.base_model,
            creator=page.creator,
            version=version.name,
            version_id=str(version.id),
            file_type=file.own_type,
            precision=file.precision,
            page=self._stored(f"{endpoint}/models/{page.id}?modelVersionId={version.id}", endpoint),
            preview=self._stored(version.preview, endpoint),
            order=order,
            blocked=version.refusal.problem if version.refusal else refused,
        )


def _key(file: FileEntry) -> str:
    return f"file:{file.id}"


def _files(pages: Iterable[ModelPage]) -> Iterator[tuple[ModelPage, Version, FileEntry]]:
    for page in pages:
        for version in page.versions:
            for file in version.files:
                yield page, version, file


def _has_files(page: ModelPage) -> bool:
    return any(version.files for version in page.versions)
