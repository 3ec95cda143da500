"""ModelScope: a model or dataset as one collection with all files of one commit.

The list of files names the commit, and every file with its SHA-256. A file comes from
``/api/v1/{kind}s/{repo}/repo?Revision=&FilePath=``, which redirects large files to other hosts; these see neither
token nor cookie. Parts of a file come with status 200 and a ``Content-Range``.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from urllib.parse import quote, urlencode, urlsplit

from ..clock import Clock, SystemClock
from ..domain.resource import Address, Resource
from ..errors import (
    AccessDenied,
    HubError,
    LoginNeeded,
    NotFound,
    RepositoryHidden,
    RevisionNotFound,
    StabilityError,
    TokenRefused,
)
from ..http.client import HttpClient
from ..http.request import Request
from ..http.status import error_for
from . import modelscope_locator
from .children import key_for
from .modelscope_shapes import (
    GOOD,
    NO_FILE,
    NO_RECORD,
    Envelope,
    Page,
    RepositoryInfo,
    is_commit,
    read_envelope,
    read_info,
    read_organization,
    read_page,
)
from .modelscope_tree import Tree, Walk
from .news import ListsAgain
from .protocol import Destination, Expansion, Locator, missing_is_gone
from .repositories import Pin, Repository, RepositoryFile, children, collection_of, expansion_of
from .wire import LIMIT

DEFAULT_ENDPOINT = "https://modelscope.cn"
INTERNATIONAL_ENDPOINT = "https://www.modelscope.ai"
ENDPOINT_VARIABLE = "MODELSCOPE_ENDPOINT"
DOMAIN_VARIABLE = "MODELSCOPE_DOMAIN"


class ModelScope(ListsAgain):
    """The hub of modelscope.cn, and of any server that speaks its API.

    ``endpoint`` is the address of the server; the default is what ``MODELSCOPE_ENDPOINT`` says, or
    ``MODELSCOPE_DOMAIN``, which is only a host. ``hosts`` are those whose pages are taken as locators.
    """

    def __init__(
        self,
        *,
        name: str = "modelscope",
        endpoint: str | None = None,
        hosts: frozenset[str] = modelscope_locator.HOSTS,
        clock: Clock | None = None,
    ) -> None:
        self._endpoint = (endpoint or _configured() or DEFAULT_ENDPOINT).rstrip("/")
        self._trusted = self._endpoint not in (DEFAULT_ENDPOINT, INTERNATIONAL_ENDPOINT)
        self._hosts = hosts | {urlsplit(self._endpoint).netloc.lower()}
        self._clock = clock or SystemClock()
        self.name = name
        self.forms: tuple[str, ...] = (f"https://{min(hosts)}/models/OWNER/NAME", f"{name}:OWNER/NAME")

    @classmethod
    def international(cls, *, clock: Clock | None = None) -> ModelScope:
        """The site for the rest of the world: other repositories, other accounts."""
        return cls(
            name="modelscope-ai",
            endpoint=INTERNATIONAL_ENDPOINT,
            hosts=modelscope_locator.INTERNATIONAL_HOSTS,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"<ModelScope {self.name} {self._endpoint}>"

    def recognise(self, text: str) -> Locator | None:
        return modelscope_locator.recognise(text, self.name, self._hosts)

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """List all files of the revision.

        Raises RepositoryHidden, RevisionNotFound, HubAnswerUnreadable, or what the connection or the server said.
        """
        tree = await self._tree(locator, client)
        info = await self._info(locator, client)
        repository = Repository(
            kind=locator.kind,
            name=locator.identity,
            commit=tree.snapshot,
            type=info.type or ("Dataset" if locator.kind == "dataset" else ""),
            base_model=info.base_model,
            creator=info.creator or locator.identity.partition("/")[0],
            avatar=info.avatar,
            preview=info.preview,
            trigger_words=info.trigger_words,
            updated=info.updated,
        )
        key = key_for(self.name, self._endpoint, locator.kind, locator.identity, destination, revision=locator.revision)
        page = f"{self._endpoint}/{locator.kind}s/{locator.identity}/files"
        collection = collection_of(key, repository, locator, destination.layout, page)

        def pin(file: RepositoryFile) -> Pin:
            commit = repository.commit if is_commit(repository.commit) else file.revision or locator.revision
            return Pin(locator.kind, locator.identity, commit, file.path)

        listed = children(
            collection,
            repository,
            tree.files.values(),
            locator.selection.removeprefix("path:"),
            lambda file: self._page(pin(file)),
            lambda file: Address(self.name, str(pin(file))),
        )
        return expansion_of(collection, listed, tree.problems, tree.cut)

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The file at its commit."""
        pin = Pin.parse(address.reference, self.name)
        query = urlencode({"Revision": pin.commit, "FilePath": pin.path}, quote_via=quote)
        return self._request(f"/api/v1/{pin.kind}s/{pin.name}/repo?{query}")

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """What a refusal of a file means. What is private to others is missing here."""
        if isinstance(error, AccessDenied) and not client.credentials.has(self.name):
            return LoginNeeded(host=error.arguments.get("host"), status=error.arguments.get("status"))
        return missing_is_gone(error)

    async def absolute(self, reference: str) -> str:
        return f"{self._endpoint}{reference}" if reference.startswith("/") else reference

    # What is asked of the API.

    async def _tree(self, locator: Locator, client: HttpClient) -> Tree:
        view = "repo/tree" if locator.kind == "dataset" else "repo/files"

        async def ask(query: str, first: int) -> Page:
            envelope = await self._get(f"/{locator.kind}s/{locator.identity}/{view}?{query}", locator, client)
            return read_page(envelope, self.name, first)

        walk = Walk(ask, locator.revision, self._clock)
        tree = await (walk.pages() if locator.kind == "dataset" else walk.folders())
        if not tree.exists:
            raise RevisionNotFound(hub=self.name, page=locator.identity, revision=locator.revision)
        return tree

    async def _info(self, locator: Locator, client: HttpClient) -> RepositoryInfo:
        """What the pages of the repository and its owner say; the files are listed whether these answer or not."""
        info = RepositoryInfo()
        with contextlib.suppress(StabilityError):
            info = read_info((await self._get(f"/{locator.kind}s/{locator.identity}", locator, client)).data)
        if info.avatar:
            return info
        with contextlib.suppress(StabilityError):
            owner = locator.identity.partition("/")[0]
            brief = await self._get(f"/organizations/{owner}/brief", locator, client)
            name, avatar = read_organization(brief.data)
            return replace(info, creator=info.creator or name, avatar=avatar)
        return info

    async def _get(self, path: str, locator: Locator, client: HttpClient) -> Envelope:
        """One good answer of the API. Raises what a refusal means, be it in the status or in the envelope."""
        answer, body = await client.get(self._request(f"/api/v1{path}"), limit=LIMIT)
        error = error_for(answer.status, answer.headers, answer.host, self._clock.wall())
        if isinstance(error, LoginNeeded) and client.credentials.has(self.name):
            raise TokenRefused(hub=self.name)
        if isinstance(error, NotFound):
            raise RepositoryHidden(hub=self.name, page=locator.identity)
        if error is not None:
            raise error
        envelope = read_envelope(body, self.name)
        if envelope.code in (404, NO_RECORD, NO_FILE):
            raise RepositoryHidden(hub=self.name, page=locator.identity)
        if envelope.code != GOOD:
            raise HubError(hub=self.name, detail=envelope.message or f"code {envelope.code}")
        return envelope

    # What is made of it.

    def _page(self, pin: Pin) -> str:
        root = f"{self._endpoint}/{pin.kind}s/{pin.name}/file/view"
        return f"{root}/{quote(pin.commit, safe='')}/{quote(pin.path)}"

    def _request(self, path: str) -> Request:
        return Request(url=f"{self._endpoint}{path}", hub=self.name, trusted=self._trusted)


def _configured() -> str:
    """The server that the environment names, empty when it names none."""
    endpoint = os.environ.get(ENDPOINT_VARIABLE, "").strip()
    domain = os.environ.get(DOMAIN_VARIABLE, "").strip()
    return endpoint or (domain if "://" in domain or not domain else f"https://{domain}")
