"""A loopback hub that speaks the protocol of the Hugging Face Hub, as its official client knows it.

``with HuggingFaceOrigin() as hub: hub.publish(repository)``. Metadata and small files come from the hub itself; a
large file is a redirect to ``hub.storage``, another origin, whose addresses are signed, expire when told to, and
refuse any foreign Authorization.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from .origin import Exchange, Seen, Served
from .repository import Blob, FakeRepository
from .repository_origin import RepositoryOrigin, bearer

_KINDS = {"models": "model", "datasets": "dataset", "spaces": "space"}
_BAD_TOKEN = "Invalid credentials in Authorization header"


class Refused(Exception):
    """An answer that is no 200: status, X-Error-Code, X-Error-Message."""

    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message = status, code, message


class HuggingFaceOrigin(RepositoryOrigin):
    """See the module. ``page`` is the number of entries on a page of a tree."""

    def __init__(self) -> None:
        super().__init__()
        self.page = 1000
        self.link_origin = ""

    def _route(self, exchange: Exchange) -> None:
        if exchange.request.path in self.routes:
            super()._route(exchange)
            return
        parts = [unquote(part) for part in exchange.request.path.split("/") if part]
        try:
            if parts[:2] == ["api", "resolve-cache"]:
                self._resolve_cache(exchange, parts[2:])
            elif parts[:1] == ["api"]:
                self._api(exchange, parts[1:])
            else:
                self._resolve(exchange, parts)
        except Refused as refused:
            headers = {"Content-Type": "application/json; charset=utf-8"}
            if refused.code:
                headers["X-Error-Code"] = refused.code
            if refused.message:
                headers["X-Error-Message"] = refused.message
            body = json.dumps({"error": refused.message or "Not found"}).encode()
            exchange.answer(refused.status, headers, body if exchange.request.method == "GET" else b"")

    # The API.

    def _api(self, exchange: Exchange, parts: list[str]) -> None:
        if len(parts) < 3 or parts[0] not in _KINDS:
            raise Refused(404)
        kind, name, rest = _KINDS[parts[0]], "/".join(parts[1:3]), parts[3:]
        repository = self._visible(exchange.request, kind, name)
        if repository.renamed or repository.name != name:
            self._move(exchange, name, repository.renamed or repository.name)
            return
        query = exchange.request.query
        match rest:
            case [] | ["revision", _]:
                self._json(exchange, self._info(repository, rest[1] if rest else repository.branch, "blobs" in query))
            case ["tree", revision, *folder]:
                self._tree(exchange, repository, revision, "/".join(folder))
            case ["paths-info", revision]:
                self._paths(exchange, repository, revision)
            case ["auth-check"]:
                self._may_read(exchange.request, repository)
                self._json(exchange, {})
            case ["refs"]:
                names = [
                    {"name": name, "ref": f"refs/heads/{name}", "targetCommit": sha}
                    for name, sha in repository.refs.items()
                ]
                self._json(exchange, {"branches": names, "tags": [], "converts": []})
            case _:
                raise Refused(404)

    def _visible(self, request: Seen, kind: str, name: str) -> FakeRepository:
        token = self._token(request)
        repository = self.found(kind, name, token)
        if repository is None:
            raise Refused(404 if token else 401, "RepoNotFound", "Repository not found")
        return repository

    def _token(self, request: Seen) -> str:
        token = bearer(request)
        if token and token not in self.tokens:
            raise Refused(401, "", _BAD_TOKEN)
        return token

    def _may_read(self, request: Seen, repository: FakeRepository) -> None:
        token = self._token(request)
        if repository.disabled:
            raise Refused(403, "", "Access to this resource is disabled.")
        if repository.gated and token not in repository.members:
            words = f"Access to model {repository.name} is restricted."
            raise Refused(403 if token else 401, "GatedRepo", words)

    def _move(self, exchange: Exchange, old: str, new: str) -> None:
        exchange.answer(307, {"Location": exchange.request.target.replace(old, new, 1)})

    def _info(self, repository: FakeRepository, revision: str, blobs: bool) -> dict[str, Any]:
        commit = repository.at(revision)
        if commit is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        siblings: list[dict[str, Any]] = []
        for path, blob in commit.files.items():
            sibling: dict[str, Any] = {"rfilename": path}
            if blobs:
                sibling |= {"size": len(blob.data), "blobId": blob.oid}
                if blob.is_large:
                    sibling["lfs"] = {
                        "sha256": blob.sha256,
                        "size": len(blob.data),
                        "pointerSize": len(blob.pointer),
                    }
            siblings.append(sibling)
        return {
            "_id": "6564b36f4eb2f55240230f48",
            "id": repository.name,
            "modelId": repository.name,
            "author": repository.name.partition("/")[0],
            "sha": commit.sha,
            "lastModified": "2025-10-31T20:44:54.000Z",
            "private": repository.private,
            "gated": repository.gated,
            "disabled": repository.disabled,
            "tags": list(repository.tags),
            "downloads": 0,
            "likes": 335,
            "cardData": dict(repository.card),
            "siblings": siblings,
            "createdAt": "2023-06-22T19:14:01.000Z",
            "usedStorage": sum(len(blob.data) for blob in commit.files.values()),
        }

    def _tree(self, exchange: Exchange, repository: FakeRepository, revision: str, folder: str) -> None:
        query = exchange.request.query
        if repository.at(revision) is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        recursive = query.get("recursive", ["false"])[0].lower()
        entries = repository.entries(revision, folder, recursive=recursive == "true")
        if entries is None:
            raise Refused(404, "EntryNotFound", f"{folder} does not exist on {revision}")
        start = int(query.get("cursor", ["0"])[0])
        headers = {}
        if start + self.page < len(entries):
            following = urlencode({"recursive": recursive, "limit": self.page, "cursor": start + self.page})
            here = self.link_origin or self.url("")
            headers["Link"] = f'<{here}{exchange.request.path}?{following}>; rel="next"'
        self._json(exchange, [_entry(*entry) for entry in entries[start : start + self.page]], headers)

    def _paths(self, exchange: Exchange, repository: FakeRepository, revision: str) -> None:
        """Those of the asked paths that are there; asked for as JSON or as a form."""
        commit = repository.at(revision)
        if commit is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        body = exchange.request.body.decode()
        asked = json.loads(body)["paths"] if body.startswith("{") else parse_qs(body).get("paths", [])
        every = {**dict.fromkeys(commit.folders()), **commit.files}
        self._json(exchange, [_entry(path, every[path]) for path in asked if path in every])

    def _json(self, exchange: Exchange, value: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        exchange.answer(200, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)

    # Files.

    def _resolve(self, exchange: Exchange, parts: list[str]) -> None:
        kind = "model"
        if parts[:1] and parts[0] in _KINDS:
            kind, parts = _KINDS[parts[0]], parts[1:]
        if len(parts) < 5 or parts[2] != "resolve":
            raise Refused(404)
        name, revision, path = "/".join(parts[:2]), parts[3], "/".join(parts[4:])
        repository = self._visible(exchange.request, kind, name)
        if repository.renamed:
            self._move(exchange, name, repository.renamed)
            return
        self._may_read(exchange.request, repository)
        commit = repository.at(revision)
        if commit is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        blob = commit.files.get(path)
        headers = {"X-Repo-Commit": commit.sha}
        if blob is None:
            raise Refused(404, "EntryNotFound", "Entry not found")
        if not blob.is_large:
            place = f"/api/resolve-cache/{kind}s/{quote(name)}/{commit.sha}/{quote(path)}"
            _redirect(exchange, 307, {**headers, "Location": place})
            return
        headers |= {
            "X-Linked-Size": str(len(blob.data)),
            "X-Linked-Etag": f'"{blob.sha256}"',
            "Location": self._sign(blob),
        }
        _redirect(exchange, 302, headers)

    def _sign(self, blob: Blob) -> str:
        """A fresh signed address of a large file."""
        place = f"/signed/{blob.sha256}"
        served = self.storage.files.get(place) or self.storage.add(place, blob.data, refuse_authorization=True)
        self.storage._signatures += 1
        return f"{served.url}?X-Amz-Signature=s{self.storage._signatures}"

    def _resolve_cache(self, exchange: Exchange, parts: list[str]) -> None:
        kind, name, revision, path = _KINDS[parts[0]], "/".join(parts[1:3]), parts[3], "/".join(parts[4:])
        repository = self._visible(exchange.request, kind, name)
        self._may_read(exchange.request, repository)
        blob = repository.commits[revision].files[path]
        headers = {"X-Repo-Commit": revision}
        served = Served("", path, blob.data, f'"{blob.oid}"', content_type="text/plain", headers=headers)
        self._file(exchange, served)


def _redirect(exchange: Exchange, status: int, headers: dict[str, str]) -> None:
    body = b"Redirecting" if exchange.request.method == "GET" else b""
    exchange.answer(status, {"Content-Type": "text/plain; charset=utf-8", **headers}, body)


def _entry(path: str, blob: Blob | None) -> dict[str, Any]:
    if blob is None:
        return {"type": "directory", "oid": "5f7df982c5f51cc98e823be747fcbb505f70ad42", "size": 0, "path": path}
    entry: dict[str, Any] = {"type": "file", "oid": blob.oid, "size": len(blob.data)}
    if blob.is_large:
        entry["lfs"] = {"oid": blob.sha256, "size": len(blob.data), "pointerSize": len(blob.pointer)}
    return {**entry, "path": path}
