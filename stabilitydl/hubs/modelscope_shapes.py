"""What ModelScope answers about a repository, as frozen values.

Facts come from the official client (modelscope/modelscope_hub) and test servers that model its behaviour; every
field may be missing, null or new. Answers come in an envelope with a ``Code`` of its own, which counts as much as
the HTTP status. A list of files that is ``null`` means a revision that does not exist. Sizes of 0 may be unknown
sizes. ``Revision`` of a file is the commit that changed it last; ``LatestCommitter`` is that of the whole list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..domain.checksum import Algorithm, Checksum
from ..errors import BadChecksum, HubAnswerUnreadable, Problem
from .repositories import LONGEST_PATH, RepositoryFile, plausible_size
from .wire import Node, parse_object

GOOD = 200
NO_RECORD = 10010205001
NO_FILE = 10990101007

_COMMIT = re.compile(r"[0-9a-f]{40}")
_EMPTY = Checksum(Algorithm.SHA256, hashlib.sha256().hexdigest())
_TYPES = {
    "lora": "LORA",
    "controlnet": "Controlnet",
    "text-generation": "LLM",
    "image-text-to-text": "LLM",
    "diffusers": "Diffusers",
}


@dataclass(frozen=True)
class Envelope:
    """An answer. ``code`` is the hub's own status, ``message`` its words; what was asked for is in ``Data``."""

    code: int
    message: str
    answer: Node

    @property
    def data(self) -> Node:
        return self.answer.node("Data")


@dataclass(frozen=True, kw_only=True)
class Page:
    """Entries of one answer about files. ``exists`` is false where the revision does not."""

    files: list[RepositoryFile]
    folders: list[str]
    problems: list[Problem]
    commit: str
    short_commit: str
    exists: bool

    @property
    def entries(self) -> int:
        return len(self.files) + len(self.folders) + len(self.problems)


@dataclass(frozen=True, kw_only=True)
class RepositoryInfo:
    """What the hub says about a repository; every field may be empty."""

    type: str = ""
    base_model: str = ""
    creator: str = ""
    avatar: str = ""
    trigger_words: tuple[str, ...] = ()
    preview: str = ""
    updated: float | None = None


def read_envelope(body: bytes, hub: str) -> Envelope:
    """An answer of the API. Raises HubAnswerUnreadable."""
    answer = parse_object(body, hub)
    code = answer.whole("Code")
    if code is None:
        code = GOOD if answer.flag("Success") or not answer.has("Code") else 0
    return Envelope(code, answer.text("Message", 300), answer)


def read_page(envelope: Envelope, hub: str, first: int) -> Page:
    """One answer about files; ``first`` is the number of its first entry. Raises HubAnswerUnreadable."""
    data = envelope.data
    exists = not data.is_null("Files")
    listed = data.nodes("Files")
    if envelope.answer.is_list("Data"):
        listed = envelope.answer.nodes("Data")
    elif exists and not data.is_list("Files"):
        raise HubAnswerUnreadable(hub=hub, detail="it lists no files")
    files: list[RepositoryFile] = []
    folders: list[str] = []
    problems: list[Problem] = []
    for number, node in enumerate(listed, first):
        path = node.text("Path", LONGEST_PATH + 1) or node.text("Name", LONGEST_PATH + 1)
        if not path or len(path) > LONGEST_PATH:
            detail = f"entry {number} of the list has {'too long a' if path else 'no'} path"
            problems.append(HubAnswerUnreadable(hub=hub, detail=detail).problem)
        elif node.text("Type") == "tree":
            folders.append(path)
        else:
            files.append(_file(node, path))
    latest = data.node("LatestCommitter")
    return Page(
        files=files,
        folders=folders,
        problems=problems,
        commit=_commit(latest.text("Id")),
        short_commit=latest.text("ShortId").lower(),
        exists=exists,
    )


def read_info(data: Node) -> RepositoryInfo:
    """The data of ``/api/v1/{kind}s/{id}``."""
    organization = data.node("Organization")
    labels = {text.lower() for field in ("Tags", "Libraries", "Frameworks") for text in data.texts(field, 500)}
    labels |= {task.text("Name").lower() for task in data.nodes("Tasks")}
    bases = [*filter(None, [data.text("BaseModel")]), *data.texts("BaseModel")]
    words = (" ".join(word.split()) for word in data.texts("TriggerWords"))
    return RepositoryInfo(
        type=next((kept for label, kept in _TYPES.items() if label in labels), ""),
        base_model=" ".join(next(iter(bases), "").split())[:100],
        creator=_label(organization.text("FullName") or organization.text("Name")),
        avatar=web(organization.text("Avatar", 4096)),
        trigger_words=tuple(dict.fromkeys(word for word in words if word)),
        preview=next((url for url in map(web, data.texts("CoverImages", limit=4096)) if url), ""),
        updated=data.whole("LastUpdatedTime") or None,
    )


def read_organization(data: Node) -> tuple[str, str]:
    """Name and avatar of ``/api/v1/organizations/{name}/brief``, each empty where there is none."""
    return _label(data.text("FullName") or data.text("Name")), web(data.text("Avatar", 4096))


def snapshot_of(commit: str, short_commit: str, files: Iterable[RepositoryFile]) -> str:
    """What tells one state of a repository from another: its commit.

    Where the hub gives only the beginning of it, it is looked for among the commits of the files; where that finds
    none, a digest of all paths and contents stands for it.
    """
    if commit:
        return commit
    known = list(files)
    if len(short_commit) >= 7:
        for file in known:
            if file.revision.startswith(short_commit):
                return file.revision
    text = "\n".join(sorted(f"{file.path}\0{file.checksum or ''}" for file in known))
    return f"content-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def is_commit(text: str) -> bool:
    """Can ``text`` be asked for as a revision that never moves?"""
    return _COMMIT.fullmatch(text) is not None


def web(url: str) -> str:
    """An address of a picture, empty unless it is http or https."""
    return url if url.startswith(("https://", "http://")) and url.isprintable() else ""


def _file(node: Node, path: str) -> RepositoryFile:
    try:
        checksum: Checksum | None = Checksum.of(Algorithm.SHA256, node.text("Sha256"))
    except BadChecksum:
        checksum = None
    size = plausible_size(node.whole("Size"))
    if size == 0 and checksum != _EMPTY:
        size = None
    return RepositoryFile(path, size, checksum, _commit(node.text("Revision")))


def _commit(text: str) -> str:
    return text.lower() if is_commit(text.lower()) else ""


def _label(text: str) -> str:
    return " ".join(text.split())[:100]
