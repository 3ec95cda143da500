"""A loopback hub that speaks the protocol of ModelScope, as its official client knows it.

``with ModelScopeOrigin() as hub: hub.publish(repository)``. Files come from the hub itself, parts of them with status
200 and a Content-Range; a large file is a redirect to ``hub.storage``, another origin, which refuses any foreign
Authorization or Cookie.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from .origin import Exchange, Seen, Served
from .repository import Blob, Commit, FakeRepository
from .repository_origin import RepositoryOrigin, bearer

_KINDS = {"models": "model", "datasets": "dataset"}


class Refused(Exception):
    """An answer that is no 200: status, the hub's own code, its words."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message = status, code, message


class ModelScopeOrigin(RepositoryOrigin):
    """See the module. ``cut_off`` is the number of entries after which the list of a model ends without a word;
    ``names_commit`` is how much of the snapshot's commit an answer tells: ``whole``, ``short`` or ``nothing``."""

    def __init__(self) -> None:
        super().__init__()
        self.cut_off = 3000
        self.names_commit = "whole"
        self.avatars: dict[str, str] = {}

    def publish(self, repository: FakeRepository) -> FakeRepository:
        repository.refs.setdefault("master", next(iter(repository.refs.values())))
        return super().publish(repository)

    def _route(self, exchange: Exchange) -> None:
        if exchange.request.path in self.routes:
            super()._route(exchange)
            return
        parts = [unquote(part) for part in exchange.request.path.split("/") if part]
        try:
            if parts[:3] == ["api", "v1", "organizations"]:
                self._organization(exchange, parts[3])
            elif parts[:2] == ["api", "v1"] and len(parts) >= 5 and parts[2] in _KINDS:
                self._api(exchange, _KINDS[parts[2]], "/".join(parts[3:5]), parts[5:])
            else:
                raise Refused(404, 404, "not found")
        except Refused as refused:
            _envelope(exchange, None, refused.status, refused.code, refused.message)

    def _organization(self, exchange: Exchange, name: str) -> None:
        if name not in self.avatars:
            raise Refused(404, 10010205001, "record not found")
        _envelope(exchange, {"Avatar": self.avatars[name], "Name": name, "FullName": name, "ModelNum": 69})

    def _api(self, exchange: Exchange, kind: str, name: str, rest: list[str]) -> None:
        repository = self._visible(exchange.request, kind, name)
        query = {key: values[0] for key, values in exchange.request.query.items()}
        match rest:
            case []:
                owner, _, title = name.partition("/")
                _envelope(exchange, {"Name": title, "Path": owner, "Downloads": 12, "Tags": list(repository.tags)})
            case ["revisions"]:
                branches = [{"Revision": ref, "CommitId": sha, "CreatedAt": 0} for ref, sha in repository.refs.items()]
                _envelope(exchange, {"RevisionMap": {"Branches": branches, "Tags": []}})
            case ["repo", "files"] if kind == "model":
                _envelope(exchange, self._files(repository, query, None))
            case ["repo", "tree"] if kind == "dataset":
                page = int(query.get("PageNumber", "1")), int(query.get("PageSize", "100"))
                _envelope(exchange, self._files(repository, query, page))
            case ["repo"]:
                self._file_of(exchange, repository, query)
            case _:
                raise Refused(404, 404, "not found")

    def _visible(self, request: Seen, kind: str, name: str) -> FakeRepository:
        token = bearer(request)
        if token and token not in self.tokens:
            raise Refused(401, 10990101001, "the token is not valid")
        repository = self.found(kind, name, token)
        if repository is None:
            raise Refused(404, 10010205001, "record not found")
        return repository

    def _files(self, repository: FakeRepository, query: dict[str, str], page: tuple[int, int] | None) -> dict[str, Any]:
        commit = repository.at(query.get("Revision", "master"))
        if commit is None:
            return {"Files": None, "IsVisual": 0, "LatestCommitter": None}
        entries = (
            repository.entries(commit.sha, query.get("Root", ""), recursive=query.get("Recursive") == "True") or []
        )
        shown = slice(self.cut_off) if page is None else slice((page[0] - 1) * page[1], page[0] * page[1])
        named = {"whole": commit.sha, "short": "", "nothing": ""}[self.names_commit]
        short = commit.sha[:8] if self.names_commit != "nothing" else ""
        return {
            "Files": [self._entry(repository, commit, path, blob) for path, blob in entries[shown]],
            "IsVisual": 0,
            "LatestCommitter": {"Id": named, "ShortId": short, "CommittedDate": 1700000000},
        }

    def _entry(self, repository: FakeRepository, commit: Commit, path: str, blob: Blob | None) -> dict[str, Any]:
        entry = {
            "Name": path.rpartition("/")[2],
            "Path": path,
            "Type": "tree" if blob is None else "blob",
            "Mode": "33188",
            "Revision": _changed(repository, commit, path),
            "CommitMessage": "Upload",
            "CommittedDate": 1700000000,
            "InCheck": False,
        }
        if blob is not None:
            entry |= {"Size": len(blob.data), "Sha256": blob.sha256, "IsLFS": blob.is_large}
        return entry

    def _file_of(self, exchange: Exchange, repository: FakeRepository, query: dict[str, str]) -> None:
        commit = repository.at(query.get("Revision", "master"))
        blob = commit.files.get(query.get("FilePath", "")) if commit else None
        if blob is None:
            raise Refused(404, 10990101007, "file not found")
        if blob.is_large:
            place = f"/oss/{blob.sha256}"
            served = self.storage.files.get(place) or self.storage.add(place, blob.data, refuse_authorization=True)
            exchange.answer(302, {"Location": f"{served.url}?auth_key=1-0-0-abc"})
            return
        # Parts come with 200 and a Content-Range here.
        self._file(exchange, Served("", query["FilePath"], blob.data, None, partial_status=200))


def _changed(repository: FakeRepository, commit: Commit, path: str) -> str:
    """The commit that changed ``path`` last: the first one with these contents."""
    for sha, other in repository.commits.items():
        if other.files.get(path) == commit.files.get(path):
            return sha
    return commit.sha


def _envelope(exchange: Exchange, data: object, status: int = 200, code: int = 200, message: str = "success") -> None:
    body = {"Code": code, "Success": code == 200, "Message": message, "RequestId": "8eec43d7", "Data": data}
    exchange.answer(status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(body).encode())
