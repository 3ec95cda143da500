"""The calls of Civitai's API: one model, the model of a version, all models of a creator, files by their digest.

``/api/v1/models?username=`` is paged by a cursor that the answer names; how many pages there are it does not say, and
it may name cursors without end. ``/api/v1/model-versions/by-hash/HASH`` takes any hash that the hub prints;
``/by-hash/ids`` takes many at once. Answers may be five minutes old (civitai/civitai, ``endpoint-helpers.ts``).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ..clock import Clock
from ..errors import HubAnswerUnreadable, HubError, ListIncomplete, PageNotFound, Problem, StabilityError
from ..http.client import HttpClient
from ..http.request import Request
from ..http.status import error_for
from .civitai_shapes import ModelPage, read_model, read_refusal
from .patience import persistently
from .wire import LIMIT, Node, parse_nodes, parse_object

PAGE_SIZE = 100
MOST_PAGES = 500
MOST_FILES = 100_000
LONGEST = 600.0
"""Seconds that the pages of one creator may take together."""
DIGESTS_AT_ONCE = 1000

Endpoint = str | Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Found:
    """Where a digest was found. ``file`` is None where the hub names only the version."""

    digest: str
    model: int
    version: int
    file: int | None = None


class CivitaiApi:
    """One server that speaks the API. ``endpoint`` is its address without a path, or a function that finds it."""

    def __init__(self, name: str, endpoint: Endpoint, clock: Clock, *, trusted: bool) -> None:
        self._name = name
        self._endpoint = endpoint
        self._clock = clock
        self._trusted = trusted

    def __repr__(self) -> str:
        return f"<CivitaiApi of {self._name}>"

    @property
    def name(self) -> str:
        """The hub in whose name it asks."""
        return self._name

    async def base(self) -> str:
        """The address of the server, without a slash at its end."""
        if isinstance(self._endpoint, str):
            return self._endpoint
        return (await self._endpoint()).rstrip("/")

    def request(self, url: str, body: bytes | None = None) -> Request:
        """A request of ``url`` in the name of this hub."""
        return Request(url=url, hub=self._name, trusted=self._trusted, direct=callable(self._endpoint), body=body)

    async def model(self, identity: str, client: HttpClient) -> ModelPage:
        """One model. Raises PageNotFound, HubAnswerUnreadable, or what the server said."""
        answer = await self._get(f"/api/v1/models/{identity}", f"/models/{identity}", client)
        page = read_model(answer, self._name, self._clock.wall())
        if page.id != int(identity):
            detail = f"it is about model {page.id} instead of {identity}"
            raise HubAnswerUnreadable(hub=self._name, detail=detail)
        return page

    async def model_of(self, version: str, client: HttpClient) -> str:
        """The model that a version belongs to."""
        answer = await self._get(f"/api/v1/model-versions/{version}", f"/model-versions/{version}", client)
        identity = answer.whole("modelId")
        if identity is None:
            raise HubAnswerUnreadable(hub=self._name, detail="it names no model")
        return str(identity)

    async def creator(self, name: str, client: HttpClient) -> tuple[list[ModelPage], list[Problem]]:
        """All models of a creator, newest first, and what is wrong with some of them.

        Raises PageNotFound for a creator without one, and what the first page raises; where a later one does not
        come, the models before it are listed and a problem says so.
        """
        pages: dict[int, ModelPage] = {}
        problems: list[Problem] = []
        cursors: set[str] = set()
        cursor, files = "", 0
        started = self._clock.monotonic()
        for number in range(MOST_PAGES):
            try:
                answer = await self._page_of(name, cursor, client)
            except StabilityError as error:
                if not number:
                    raise
                problems.append(self._incomplete(len(pages), str(error)))
                break
            fresh = [one for one in self._models(answer, problems) if one.id not in pages]
            pages.update((one.id, one) for one in fresh)
            files += sum(len(version.files) for one in fresh for version in one.versions)
            metadata = answer.node("metadata")
            cursors.add(cursor)
            cursor = metadata.text("nextCursor") or str(metadata.whole("nextCursor") or "")
            if not cursor:
                break
            reason = self._no_end(cursor in cursors or not fresh, files, started)
            if reason:
                problems.append(self._incomplete(len(pages), reason))
                break
        else:
            problems.append(self._incomplete(len(pages), f"more than {MOST_PAGES} pages"))
        if not pages:
            raise PageNotFound(hub=self._name, page=f"/user/{name}")
        return list(pages.values()), problems

    async def find(self, digest: str, client: HttpClient) -> Found:
        """The file with a digest of any kind that the hub prints. Raises PageNotFound."""
        path = f"/api/v1/model-versions/by-hash/{quote(digest, safe='')}"
        answer = await self._get(path, page_with(digest), client)
        model, version = answer.whole("modelId"), answer.whole("id")
        if model is None or version is None:
            raise HubAnswerUnreadable(hub=self._name, detail="it names no version of a model")
        matching = (
            entry.whole("id")
            for entry in answer.nodes("files")
            if any(digits.lower() == digest.lower() for _, digits in entry.pairs("hashes"))
        )
        return Found(digest, model, version, next(matching, None))

    async def find_all(self, digests: Iterable[str], client: HttpClient) -> dict[str, Found]:
        """Where each of many digests was found, by the digest in lower case; unknown ones are left out."""
        wanted = list(dict.fromkeys(digest.lower() for digest in digests))
        found: dict[str, Found] = {}
        for start in range(0, len(wanted), DIGESTS_AT_ONCE):
            found.update(await self._find_some(wanted[start : start + DIGESTS_AT_ONCE], client))
        return found

    async def _find_some(self, digests: Sequence[str], client: HttpClient) -> dict[str, Found]:
        url = f"{await self.base()}/api/v1/model-versions/by-hash/ids"
        body = json.dumps([digest.upper() for digest in digests]).encode()
        answer = await self._ask(self.request(url, body), "/by-hash", client)
        found: dict[str, Found] = {}
        for node in parse_nodes(answer, self._name):
            digest = node.text("hash").lower()
            model, version = node.whole("modelId"), node.whole("modelVersionId")
            if digest in digests and model is not None and version is not None:
                found.setdefault(digest, Found(digest, model, version))
        return found

    async def _page_of(self, name: str, cursor: str, client: HttpClient) -> Node:
        """One page of a creator's models; what passes is waited out."""
        query = {"username": name, "limit": str(PAGE_SIZE), "sort": "Newest", "nsfw": "true"}
        path = f"/api/v1/models?{urlencode({**query, 'cursor': cursor} if cursor else query)}"
        return await persistently(lambda: self._get(path, f"/user/{name}", client), self._clock)

    def _models(self, answer: Node, problems: list[Problem]) -> Iterable[ModelPage]:
        for place, node in enumerate(answer.nodes("items"), 1):
            try:
                page = read_model(node, self._name, self._clock.wall())
            except HubAnswerUnreadable:
                detail = f"model {place} of a page has no number"
                problems.append(HubAnswerUnreadable(hub=self._name, detail=detail).problem)
                continue
            problems.extend(page.problems)
            yield page

    def _no_end(self, circles: bool, files: int, started: float) -> str:
        """Why not to ask for the next page, empty where nothing speaks against it."""
        if circles:
            return "the same page again"
        if files > MOST_FILES:
            return f"more than {MOST_FILES:,} files"
        return "took too long" if self._clock.monotonic() - started > LONGEST else ""

    def _incomplete(self, count: int, detail: str) -> Problem:
        return ListIncomplete(hub=self._name, count=count, detail=detail.rstrip(".")).problem

    async def _get(self, path: str, page: str, client: HttpClient) -> Node:
        return parse_object(await self._ask(self.request(await self.base() + path), page, client), self._name)

    async def _ask(self, request: Request, page: str, client: HttpClient) -> bytes:
        """One answer. Raises PageNotFound for a 404, else the error of the status."""
        head, body = await client.get(request, limit=LIMIT)
        if head.status == 404:
            raise PageNotFound(hub=self._name, page=page)
        error = error_for(head.status, head.headers, head.host, self._clock.wall())
        if error is None:
            return body
        said = read_refusal(body)
        if head.status == 400 and said:
            raise HubError(hub=self._name, detail=next(iter(said.values())))
        raise error


def page_with(digest: str) -> str:
    """What was asked for, where the hub knows no such file."""
    return f"with a file of the digest {digest}"
