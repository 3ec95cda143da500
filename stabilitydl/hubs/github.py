"""GitHub: the files of all releases of a repository, with their digests where GitHub publishes one.

The repository is the collection, a release is a version in it. The list comes from the REST API
(``/repos/OWNER/NAME/releases``, a ``Link`` header names the next page), which gives anonymous callers sixty answers an
hour; the files come from the site itself, which redirects to a signed address and does not count. Archives of the
source code are not listed: they have neither size nor digest and may change. (GitHub's REST API documentation,
"Releases"; files have a digest since the middle of 2025.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

from ..clock import Clock, SystemClock
from ..domain.checksum import Checksum
from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import (
    BadChecksum,
    HubAnswerUnreadable,
    HubError,
    ListIncomplete,
    NothingMatched,
    PageNotFound,
    Problem,
    ServerBusy,
    StabilityError,
)
from ..http.client import HttpClient
from ..http.request import Request
from ..http.status import LONGEST_WAIT, error_for
from .children import key_for, name_of, place
from .moments import last_moment, moment
from .news import ListsAgain
from .protocol import Destination, Expansion, Locator, missing_is_gone
from .repositories import plausible_size
from .urls import on_site
from .wire import LIMIT, Node, parse_nodes, parse_object

SITE = "https://github.com"
API = "https://api.github.com"
PER_PAGE = 100
MOST_PAGES = 20

_NAME = r"[A-Za-z0-9_.-]{1,100}"
_REPOSITORY = rf"(?P<owner>{_NAME})/(?P<name>{_NAME}?)(?:\.git)?"
_SHORT = re.compile(rf"github:{_REPOSITORY}(?:@(?P<tag>[^\s@]{{1,300}}))?", re.ASCII | re.IGNORECASE)
_PAGE = re.compile(
    rf"/{_REPOSITORY}(?:/releases(?:/(?P<latest>latest)(?:/download/(?P<newest>[^/]+))?|/tag/(?P<tag>.+?)"
    rf"|/download/(?P<release>.+)/(?P<file>[^/]+))?)?/?",
    re.ASCII,
)
_REFERENCE = re.compile(rf"{_NAME}/{_NAME}/releases/download/[^\s?#]+", re.ASCII)
_NEXT = re.compile(r'<[^>]*>;\s*rel="next"')
_HEADERS = (("Accept", "application/vnd.github+json"),)


@dataclass(frozen=True)
class _Asset:
    """One file of a release, which was published some seconds after 1970.

    ``number`` is what GitHub calls it, None when unknown: a file that takes the place of another has its own.
    """

    tag: str
    release: str
    name: str
    size: int | None
    checksums: tuple[Checksum, ...]
    published: float | None = None
    number: int | None = None

    @property
    def content(self) -> str:
        """What its bytes are known by: its digest, else its number; empty where it has neither."""
        return str(self.checksums[0] if self.checksums else self.number or "")


class GitHub(ListsAgain):
    """The hub of github.com. ``site`` and ``api`` are addresses without a path."""

    name = "github"
    forms = (f"{SITE}/OWNER/NAME/releases", "github:OWNER/NAME@TAG")

    def __init__(self, *, site: str = SITE, api: str = API, clock: Clock | None = None) -> None:
        self._site = site
        self._api = api
        self._trusted = api != API
        self._clock = clock or SystemClock()

    def __repr__(self) -> str:
        return f"<GitHub {self._site}>"

    def recognise(self, text: str) -> Locator | None:
        typed = text.strip()
        match = _SHORT.fullmatch(typed)
        if match is None:
            parts = on_site(typed, ("github.com", urlsplit(self._site).netloc))
            match = _PAGE.fullmatch(parts.path) if parts else None
        if match is None or {match["owner"], match["name"]} & {"", ".", ".."}:
            return None
        text = typed.partition("#")[0].partition("?")[0]
        identity = f"{match['owner']}/{match['name']}".lower()
        return Locator(hub=self.name, text=text, kind="releases", identity=identity, selection=_selection(match))

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """All files of all releases. Raises PageNotFound, ServerBusy when the hour's answers are used up.

        A single file that was asked for is listed also then, but without its digest.
        """
        kind, _, wanted = locator.selection.partition(":")
        problems: list[Problem] = []
        try:
            if kind == "latest":
                latest = await self._get(f"/repos/{locator.identity}/releases/latest", client)
                tag = parse_object(latest, self.name).text("tag_name")
                kind, wanted = ("file", f"{tag}/{wanted}") if wanted else ("version", tag)
            assets = await self._assets(locator.identity, client, problems)
            if kind and not any(_is_meant(asset, kind, wanted) for asset in assets):
                tag = wanted.rpartition("/")[0] if kind == "file" else wanted
                assets += await self._of_tag(locator.identity, tag, client)
        except ServerBusy:
            if kind != "file" or not wanted.rpartition("/")[0]:
                raise
            tag, _, file = wanted.rpartition("/")
            only = self._listed(locator, destination, [_Asset(tag, tag, file, None, ())], problems, kind, wanted)
            return replace(only, is_whole=False)
        return self._listed(locator, destination, assets, problems, kind, wanted)

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The download route of the site."""
        if not _REFERENCE.fullmatch(address.reference) or ".." in unquote(address.reference).split("/"):
            raise HubError(hub=self.name, detail=f"“{address.reference}” is no file of this hub")
        return Request(url=f"{self._site}/{address.reference}", hub=self.name, trusted=self._trusted)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """The site says 404 for a file that was taken away or replaced, and for nothing else."""
        return missing_is_gone(error)

    async def absolute(self, reference: str) -> str:
        return reference

    async def _assets(self, repository: str, client: HttpClient, problems: list[Problem]) -> list[_Asset]:
        assets: list[_Asset] = []
        for page in range(1, MOST_PAGES + 1):
            path = f"/repos/{repository}/releases?per_page={PER_PAGE}&page={page}"
            head, body = await self._ask(path, client)
            for release in parse_nodes(body, self.name):
                assets += _read_release(release, self.name, problems)
            if not _NEXT.search(head.get("link") or ""):
                return assets
        detail = f"more than {MOST_PAGES} pages"
        problems.append(ListIncomplete(hub=self.name, count=len(assets), detail=detail).problem)
        return assets

    async def _of_tag(self, repository: str, tag: str, client: HttpClient) -> list[_Asset]:
        """A release that is not on the pages, as a draft that was published in between or a very old one."""
        try:
            body = await self._get(f"/repos/{repository}/releases/tags/{quote(tag, safe='')}", client)
        except PageNotFound:
            return []
        return _read_release(parse_object(body, self.name), self.name, [])

    async def _get(self, path: str, client: HttpClient) -> bytes:
        return (await self._ask(path, client))[1]

    async def _ask(self, path: str, client: HttpClient) -> tuple[Mapping[str, str], bytes]:
        request = Request(url=f"{self._api}{path}", headers=_HEADERS, hub=self.name, trusted=self._trusted)
        answer, body = await client.get(request, limit=LIMIT)
        now = self._clock.wall()
        if answer.status in (403, 429) and (seconds := _used_up(answer.headers, now)) is not None:
            raise ServerBusy(host=answer.host, status=answer.status, after_seconds=seconds)
        if answer.status == 404:
            raise PageNotFound(hub=self.name, page=path.removeprefix("/repos").partition("?")[0])
        error = error_for(answer.status, answer.headers, answer.host, now)
        if error is not None:
            raise error
        return answer.headers, body

    def _listed(
        self,
        locator: Locator,
        destination: Destination,
        assets: list[_Asset],
        problems: list[Problem],
        kind: str,
        wanted: str,
    ) -> Expansion:
        key = key_for(self.name, self._site, "releases", locator.identity, destination)
        owner, _, name = locator.identity.partition("/")
        collection = Collection(
            id=key.id,
            key=key,
            title=name,
            locator=locator.text,
            page=f"{self._site}/{locator.identity}/releases",
            layout=destination.layout,
            target=key.target,
            creator=owner,
            avatar=f"{self._site}/{owner}.png",
            updated=last_moment(asset.published for asset in assets),
        )
        children: dict[str, Resource] = {}
        is_whole = not problems
        selected = set()
        for asset in assets:
            child = self._child(collection, locator.identity, asset, len(children))
            children.setdefault(child.id, child)
            if _is_meant(asset, kind, wanted):
                selected.add(child.id)
        if kind and not selected:
            problems.append(NothingMatched(count=len(children)).problem)
        return Expansion(
            collection=collection,
            resources=tuple(children.values()),
            selected=frozenset(selected) if kind else None,
            problems=tuple(problems),
            is_whole=is_whole,
        )

    def _child(self, collection: Collection, repository: str, asset: _Asset, order: int) -> Resource:
        path, blocked = place(f"{asset.tag}/{asset.name}")
        key = f"{asset.tag}/{asset.name}\n{asset.content}"
        tag, name = quote(asset.tag, safe="/"), quote(asset.name, safe="")
        return Resource(
            id=resource_id(collection.id, key),
            collection=collection.id,
            key=key,
            name=name_of(path),
            path=path,
            size=asset.size,
            checksums=asset.checksums,
            addresses=(Address(self.name, f"{repository}/releases/download/{tag}/{name}"),),
            creator=collection.creator,
            version=asset.release,
            version_id=asset.tag,
            page=f"{self._site}/{repository}/releases/tag/{tag}",
            order=order,
            blocked=blocked,
        )


def _selection(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found.get("latest"):
        return f"latest:{unquote(found.get('newest') or '')}"
    if found.get("file"):
        return f"file:{unquote(found['release'])}/{unquote(found['file'])}"
    return f"version:{unquote(found['tag'])}" if found.get("tag") else ""


def _is_meant(asset: _Asset, kind: str, wanted: str) -> bool:
    return (kind == "version" and asset.tag == wanted) or (kind == "file" and f"{asset.tag}/{asset.name}" == wanted)


def _read_release(release: Node, hub: str, problems: list[Problem]) -> list[_Asset]:
    """The files of a release that is public. One that cannot be read is a problem."""
    tag = release.text("tag_name", 300)
    if release.flag("draft"):
        return []
    if not tag:
        problems.append(HubAnswerUnreadable(hub=hub, detail="a release has no tag").problem)
        return []
    if not release.is_list("assets"):
        problems.append(HubAnswerUnreadable(hub=hub, detail=f"the files of {tag} are no list").problem)
    assets = []
    for node in release.nodes("assets"):
        name = node.text("name", 1000)
        if node.text("state") not in ("uploaded", ""):
            continue
        if not name:
            problems.append(HubAnswerUnreadable(hub=hub, detail=f"a file of {tag} has no name").problem)
            continue
        checksums = tuple(_digest(node.text("digest")))
        title, size = release.text("name", 200) or tag, plausible_size(node.whole("size"))
        published = moment(release.text("published_at"))
        assets.append(_Asset(tag, title, name, size, checksums, published, node.whole("id")))
    return assets


def _digest(text: str) -> list[Checksum]:
    try:
        return [Checksum.parse(text)] if text else []
    except BadChecksum:
        return []


def _used_up(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until GitHub answers again, None where it does not refuse for the number of questions."""
    asked = headers.get("retry-after") or ""
    if asked.isascii() and asked.isdigit() and len(asked) < 7:
        return min(float(asked), LONGEST_WAIT)
    if (headers.get("x-ratelimit-remaining") or "").strip() != "0":
        return None
    reset = (headers.get("x-ratelimit-reset") or "").strip()
    seconds = int(reset) - now if reset.isascii() and reset.isdigit() and len(reset) < 13 else LONGEST_WAIT
    return min(max(seconds, 1.0), LONGEST_WAIT)
