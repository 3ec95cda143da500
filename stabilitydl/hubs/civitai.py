"""Civitai: a model page with all files of all its versions, each pinned by its file id.

The page's API answer names a download address for each file, but two files can share one, so it is not used: a
file comes from ``/api/download/models/{version}?fileId={file}``, which redirects to a signed address that lives for
hours. That address is asked for anew whenever a file starts or goes on, and is never stored. What is stored is
``{version}?fileId={file}``; it is resolved against the endpoint when it is needed, so the endpoint may move.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Collection as Members
from urllib.parse import urlsplit

from ..clock import Clock, SystemClock
from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import (
    AccessDenied,
    EarlyAccess,
    HubAnswerUnreadable,
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
from ..http.status import error_for
from . import civitai_locator
from .children import key_for, name_of, place
from .civitai_shapes import FileEntry, ModelPage, Version, moment, read_model, read_refusal, shown_date
from .protocol import Destination, Expansion, Locator, without_body
from .wire import LIMIT, Node, parse_object

DEFAULT_ENDPOINT = "https://civitai.com"
ENDPOINT_VARIABLE = "CIVITAI_ENDPOINT"

Endpoint = str | Callable[[], Awaitable[str]]

_REFERENCE = re.compile(r"\d{1,19}\?fileId=\d{1,19}", re.ASCII)
_PAGE = re.compile(r"/models/(?P<model>\d{1,19})(?:\?|$)", re.ASCII)


class Civitai:
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
        self._endpoint: Endpoint = given.rstrip("/") if isinstance(given, str) else given
        self._endpoint_id = endpoint_id or (self._endpoint if isinstance(self._endpoint, str) else name)
        self._trusted = self._endpoint != DEFAULT_ENDPOINT
        self._hosts = frozenset(civitai_locator.HOSTS if hosts is None else hosts)
        if isinstance(self._endpoint, str):
            self._hosts |= {urlsplit(self._endpoint).netloc.lower()}
        self._clock = clock or SystemClock()
        self.name = name
        self.forms = tuple(forms or (f"https://{urlsplit(DEFAULT_ENDPOINT).netloc}/models/ID", f"{name}:ID"))

    def __repr__(self) -> str:
        return f"<Civitai {self.name} {self._endpoint_id}>"

    def recognise(self, text: str) -> Locator | None:
        return civitai_locator.recognise(text, self.name, self._hosts)

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """List all files of all versions of a model.

        Raises PageNotFound, HubAnswerUnreadable, or what the connection or the server said.
        """
        identity = locator.identity
        if locator.kind == "version":
            identity = await self._model_of(identity, client)
        page = await self._model(identity, client)
        endpoint = await self._base()
        collection = self._collection(page, locator, destination, endpoint)
        resources: dict[str, Resource] = {}
        versions: dict[str, str] = {}
        warnings: list[Problem] = []
        for version in page.versions:
            for file in version.files:
                child = self._child(collection, page, version, file, len(resources), endpoint)
                if child.id not in resources:
                    resources[child.id] = child
                    versions[child.id] = f"version:{version.id}"
                    warnings.extend(file.warnings)
        problems = list(page.problems)
        if page.withheld and not resources:
            problems.append(ModelArchived(hub=self.name).problem)
        selected = None
        if locator.selection:
            selected = frozenset(
                child.id for child in resources.values() if locator.selection in (child.key, versions[child.id])
            )
            if not selected:
                problems.append(NothingMatched(count=len(resources)).problem)
        return Expansion(
            collection=collection,
            resources=tuple(resources.values()),
            selected=selected,
            problems=tuple(problems),
            warnings=tuple(warnings),
        )

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The download route of the file. Each request of it counts as a download there."""
        if not _REFERENCE.fullmatch(address.reference):
            raise HubError(hub=self.name, detail=f"“{address.reference}” is no file of this hub")
        return self._request(f"{await self._base()}/api/download/models/{address.reference}")

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
        return f"{await self._base()}{reference}" if reference.startswith("/") else reference

    async def _as_listed(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """A refusal without a reason, judged by what the model's page says about the file now."""
        host = error.arguments.get("host")
        page = None
        try:
            if found := _PAGE.search(resource.page):
                page = await self._model(found["model"], client)
        except PageNotFound:
            return RemoteGone(host=host, status=404)
        except StabilityError:
            page = None  # the page cannot be asked either, so nothing is known to be gone
        versions = page.versions if page else ()
        listed = next((v for v in versions if any(_key(file) == resource.key for file in v.files)), None)
        if listed and listed.refusal:
            return listed.refusal
        if isinstance(error, AccessDenied):
            return without_body(error)
        if page and page.withheld:
            return ModelArchived(hub=self.name)
        if page and not listed:
            return RemoteGone(host=host, status=404)
        return ServerFailed(host=host, status=404)

    async def _base(self) -> str:
        if isinstance(self._endpoint, str):
            return self._endpoint
        return (await self._endpoint()).rstrip("/")

    def _request(self, url: str) -> Request:
        return Request(url=url, hub=self.name, trusted=self._trusted, direct=callable(self._endpoint))

    async def _model(self, identity: str, client: HttpClient) -> ModelPage:
        answer = await self._get(f"/api/v1/models/{identity}", f"/models/{identity}", client)
        page = read_model(answer, self.name, self._clock.wall())
        if page.id != int(identity):
            raise HubAnswerUnreadable(hub=self.name, detail=f"it is about model {page.id} instead of {identity}")
        return page

    async def _model_of(self, version: str, client: HttpClient) -> str:
        answer = await self._get(f"/api/v1/model-versions/{version}", f"/model-versions/{version}", client)
        identity = answer.whole("modelId")
        if identity is None:
            raise HubAnswerUnreadable(hub=self.name, detail="it names no model")
        return str(identity)

    async def _get(self, path: str, page: str, client: HttpClient) -> Node:
        """One API answer as an object. Raises PageNotFound for a 404, else the error of the status."""
        head, body = await client.get(self._request(await self._base() + path), limit=LIMIT)
        if head.status == 404:
            raise PageNotFound(hub=self.name, page=page)
        error = error_for(head.status, head.headers, head.host, self._clock.wall())
        if error is None:
            return parse_object(body, self.name)
        said = read_refusal(body)
        if head.status == 400 and said:
            raise HubError(hub=self.name, detail=next(iter(said.values())))
        raise error

    def _stored(self, url: str, endpoint: str) -> str:
        """``url`` as it is kept: without the server's address where that is found anew each time."""
        if isinstance(self._endpoint, str) or not url.startswith(f"{endpoint}/"):
            return url
        return url[len(endpoint) :]

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
            page=self._stored(f"{endpoint}/models/{page.id}?modelVersionId={version.id}", endpoint),
            preview=self._stored(version.preview, endpoint),
            order=order,
            blocked=version.refusal.problem if version.refusal else refused,
        )


def _key(file: FileEntry) -> str:
    return f"file:{file.id}"
