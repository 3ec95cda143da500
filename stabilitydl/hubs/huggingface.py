"""Hugging Face: a model, dataset or space as one collection with all files of one commit.

The revision that was asked for is resolved to its commit first; the list of files and every download are of that
commit. The list comes in pages, each naming the next one in a ``Link`` header; of that address only the query is
used, so no page can lead to another server. A file comes from ``/{repo}/resolve/{commit}/{path}``, which redirects
large files to a signed address on other hosts; these see no token.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from ..clock import Clock, SystemClock
from ..domain.collection import Collection
from ..domain.resource import Address, Resource
from ..errors import (
    AccessDenied,
    BadAnswer,
    GatedFile,
    LoginNeeded,
    NotFound,
    Problem,
    RemoteGone,
    RepositoryDisabled,
    RepositoryRenamed,
    StabilityError,
)
from ..http.answer import Answer
from ..http.client import HttpClient
from ..http.request import Request
from . import huggingface_locator
from .children import key_for
from .huggingface_refusals import of_listed_file, refusal
from .huggingface_shapes import RepositoryInfo, next_query, read_entries, read_info
from .news import ListsAgain, locator_of
from .patience import persistently
from .protocol import Destination, Expansion, Locator, News, without_body
from .repositories import (
    MOST_FILES,
    MOST_WITH_PATH,
    Pin,
    Repository,
    RepositoryFile,
    children,
    collection_of,
    expansion_of,
    is_below,
)
from .wire import LIMIT, Node, parse_nodes, parse_object

DEFAULT_ENDPOINT = "https://huggingface.co"
ENDPOINT_VARIABLE = "HF_ENDPOINT"
MOST_PAGES = 1000
LONGEST_LISTING = 300.0
"""Seconds for all pages of one list."""

_SITE_FOLDERS = {"model": "", "dataset": "datasets/", "space": "spaces/"}
# What every kind of repository can be asked for one by one (huggingface_hub, ``hf_api.py``).
_WITHOUT_FILES = "expand=sha&expand=author&expand=disabled&expand=private&expand=tags"


@dataclass
class _Listing:
    """What came of the pages of a tree so far. ``cut`` is why it ended early, empty at its true end."""

    files: list[RepositoryFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cut: str = ""


class HuggingFace(ListsAgain):
    """The hub of huggingface.co, and of any server or mirror that speaks its API.

    ``endpoint`` is the address of the server; the default is what ``HF_ENDPOINT`` says.
    """

    name = "huggingface"
    forms: tuple[str, ...] = ("https://huggingface.co/OWNER/NAME", "OWNER/NAME[@REVISION]", "hf://OWNER/NAME")

    def __init__(self, *, endpoint: str | None = None, clock: Clock | None = None) -> None:
        given = endpoint or os.environ.get(ENDPOINT_VARIABLE, "").strip() or DEFAULT_ENDPOINT
        self._endpoint = given.rstrip("/")
        self._trusted = self._endpoint != DEFAULT_ENDPOINT
        self._hosts = huggingface_locator.HOSTS | {urlsplit(self._endpoint).netloc.lower()}
        self._clock = clock or SystemClock()

    def __repr__(self) -> str:
        return f"<HuggingFace {self._endpoint}>"

    def recognise(self, text: str) -> Locator | None:
        return huggingface_locator.recognise(text, self.name, self._hosts)

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """List all files of the commit that the revision names.

        Raises RepositoryHidden, RevisionNotFound, RepositoryDisabled, TokenRefused, HubAnswerUnreadable, or what
        the connection or the server said. Gated repositories are listed, their files blocked.
        """
        info = await self._info(locator, client)
        name = _current_name(locator.identity, info.name)
        repository = Repository(
            kind=locator.kind,
            name=info.name or locator.identity,
            commit=info.commit or locator.revision,
            type=info.type,
            base_model=info.base_model,
            creator=info.author,
            avatar=f"{self._endpoint}/api/avatars/{quote(info.author)}" if info.author else "",
            preview=info.preview,
            trigger_words=info.trigger_words,
            updated=info.updated,
            blocked=await self._blocked(locator.kind, info, client),
        )
        selected = locator.selection.removeprefix("path:")
        listing = await self._files(repository, selected, client)
        key = key_for(self.name, self._endpoint, locator.kind, name, destination, revision=locator.revision)
        collection = collection_of(key, repository, locator, destination.layout, self._page(repository, "tree", ""))
        listed = children(
            collection,
            repository,
            listing.files,
            selected,
            lambda file: self._page(repository, "blob", file.path),
            lambda file: self._address(repository, file.path),
        )
        renamed = RepositoryRenamed(hub=self.name, page=locator.identity, name=repository.name).problem
        warnings = (renamed,) if name != repository.name else ()
        return expansion_of(collection, listed, listing.problems, listing.cut, warnings)

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        """The file at its commit."""
        return self._request(self._resolve(address))

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        """What a refusal of a file means, by the headers with which it is refused again."""
        if not isinstance(error, LoginNeeded | AccessDenied | NotFound | RemoteGone) or not resource.addresses:
            return without_body(error)
        address = resource.addresses[0]
        pin = Pin.parse(address.reference, self.name)
        answer = await client.open(self._request(self._resolve(address)), extra=(("Range", "bytes=0-0"),))
        try:
            meaning = self._refusal(answer, pin.name, pin.commit)
        finally:
            await answer.aclose()
        return without_body(error if meaning is None else of_listed_file(meaning, answer.status, answer.host))

    async def newer(self, collection: Collection, resources: Sequence[Resource], client: HttpClient) -> News:
        """What a commit changed. The files are listed only where the revision names another commit by now."""
        info = await self._info(locator_of(collection), client)
        if info.commit and info.commit == collection.commit:
            return News()
        return await super().newer(collection, resources, client)

    async def absolute(self, reference: str) -> str:
        return f"{self._endpoint}{reference}" if reference.startswith("/") else reference

    # What is asked of the API.

    async def _info(self, locator: Locator, client: HttpClient) -> RepositoryInfo:
        path = f"/api/{locator.kind}s/{locator.identity}/revision/{quote(locator.revision, safe='')}"
        try:
            _, body = await self._get(path, locator.identity, locator.revision, client)
        except BadAnswer:
            # Its list of files is not needed here, and may be larger than any answer that is read.
            path += f"?{_WITHOUT_FILES}{'' if locator.kind == 'space' else '&expand=gated'}"
            _, body = await self._get(path, locator.identity, locator.revision, client)
        return read_info(parse_object(body, self.name), locator.kind)

    async def _blocked(self, kind: str, info: RepositoryInfo, client: HttpClient) -> Problem | None:
        """Why no file of the repository is given out, as far as that is known before one is asked for."""
        if info.disabled:
            return RepositoryDisabled(hub=self.name, page=info.name).problem
        if not info.gated:
            return None
        if not client.credentials.has(self.name) or not info.name:
            return GatedFile(hub=self.name).problem
        answer, _ = await client.get(self._request(f"{self._endpoint}/api/{kind}s/{info.name}/auth-check"))
        return GatedFile(hub=self.name).problem if answer.status in (401, 403) else None

    async def _files(self, repository: Repository, selected: str, client: HttpClient) -> _Listing:
        """All files; of a very large repository the first ones and those that are ``selected``."""
        listing = await self._tree(repository, "", MOST_WITH_PATH if selected else MOST_FILES, client)
        if not selected or not listing.cut or any(is_below(file.path, selected) for file in listing.files):
            return listing
        parent = selected.rpartition("/")[0]
        for folder, recursive in ((selected, True), (parent, False)):
            try:
                part = await self._tree(repository, folder, MOST_FILES, client, recursive=recursive)
            except NotFound:
                continue
            listing.files += part.files
            listing.problems += part.problems
            break
        return listing

    async def _tree(
        self, repository: Repository, folder: str, most: int, client: HttpClient, *, recursive: bool = True
    ) -> _Listing:
        """The files below ``folder``, page by page. What stops a later page leaves the earlier ones listed."""
        path = f"/api/{repository.kind}s/{repository.name}/tree/{quote(repository.commit, safe='')}"
        path += f"/{quote(folder)}" if folder else ""
        listing = _Listing()
        query: str | None = "recursive=true" if recursive else "recursive=false"
        seen: set[str] = set()
        end = self._clock.monotonic() + LONGEST_LISTING
        entries = 0
        while query is not None:
            if not query or query in seen:
                listing.cut = "a page that had come before"
            elif len(seen) >= MOST_PAGES or self._clock.monotonic() >= end:
                listing.cut = "its list did not end"
            elif len(listing.files) >= most:
                listing.cut = f"more than the {most:,} that are kept"
            if listing.cut:
                break
            seen.add(query)
            try:
                answer, nodes = await self._page_of_tree(f"{path}?{query}", repository, client, is_first=len(seen) == 1)
            except StabilityError as error:
                if len(seen) == 1:
                    raise
                listing.cut = str(error).rstrip(".")
                break
            files, problems = read_entries(nodes, self.name, entries + 1)
            entries += len(nodes)
            listing.files += files
            listing.problems += problems
            query = next_query(answer.headers.get("link", ""))
        return listing

    async def _page_of_tree(
        self, path: str, repository: Repository, client: HttpClient, *, is_first: bool
    ) -> tuple[Answer, list[Node]]:
        async def ask() -> tuple[Answer, list[Node]]:
            answer, body = await self._get(path, repository.name, repository.commit, client)
            return answer, parse_nodes(body, self.name)

        return await ask() if is_first else await persistently(ask, self._clock)

    async def _get(self, path: str, name: str, revision: str, client: HttpClient) -> tuple[Answer, bytes]:
        """One good answer of the API. Raises what a refusal means."""
        answer, body = await client.get(self._request(self._endpoint + path), limit=LIMIT)
        error = self._refusal(answer, name, revision)
        if error is not None:
            raise error
        return answer, body

    def _refusal(self, answer: Answer, name: str, revision: str) -> StabilityError | None:
        return refusal(answer, self._clock.wall(), hub=self.name, page=name, revision=revision)

    # What is made of it.

    def _page(self, repository: Repository, view: str, path: str) -> str:
        """The web page of a file or of the whole repository."""
        root = f"{self._endpoint}/{_SITE_FOLDERS[repository.kind]}{repository.name}"
        return f"{root}/{view}/{quote(repository.commit, safe='')}" + (f"/{quote(path)}" if path else "")

    def _address(self, repository: Repository, path: str) -> Address:
        return Address(self.name, str(Pin(repository.kind, repository.name, repository.commit, path)))

    def _resolve(self, address: Address) -> str:
        pin = Pin.parse(address.reference, self.name)
        root = f"{self._endpoint}/{_SITE_FOLDERS[pin.kind]}{pin.name}"
        return f"{root}/resolve/{quote(pin.commit, safe='')}/{quote(pin.path)}"

    def _request(self, url: str) -> Request:
        return Request(url=url, hub=self.name, trusted=self._trusted)


def _current_name(asked: str, answered: str) -> str:
    """The name that identifies the collection: as the hub writes it, unless the repository has another one by now.

    Who has the files of a repository under its old name keeps them.
    """
    return answered if answered.lower() == asked.lower() else asked
