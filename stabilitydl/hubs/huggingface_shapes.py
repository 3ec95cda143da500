"""What the Hugging Face Hub answers about a repository, as frozen values.

Facts come from the official client (huggingface/huggingface_hub) and recorded answers; every field may be missing,
null or new. A file in large file storage has ``lfs`` with its SHA-256, and its ``oid`` is that of the small pointer
text; any other file is the git blob ``oid`` itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..domain.checksum import Algorithm, Checksum
from ..errors import BadChecksum, HubAnswerUnreadable, Problem
from .moments import moment
from .repositories import LONGEST_PATH, RepositoryFile, is_name, plausible_size
from .wire import Node

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NEXT = re.compile(r"<([^<>]*)>([^<>]*)")
_IS_NEXT = re.compile(r';\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)', re.IGNORECASE)
_LONGEST_LINK = 8192
# What a tag or a task says about the use of a model, the most telling first.
_TYPES = {
    "lora": "LORA",
    "textual_inversion": "TextualInversion",
    "textual-inversion": "TextualInversion",
    "controlnet": "Controlnet",
    "text-generation": "LLM",
    "image-text-to-text": "LLM",
    "diffusers": "Diffusers",
}
_KIND_TYPES = {"dataset": "Dataset", "space": "Space"}


@dataclass(frozen=True, kw_only=True)
class RepositoryInfo:
    """What the hub says about a repository. ``commit`` and ``name`` are empty where it does not say."""

    name: str
    commit: str
    gated: bool
    disabled: bool
    type: str
    base_model: str
    author: str
    trigger_words: tuple[str, ...]
    preview: str
    updated: float | None


def read_info(answer: Node, kind: str) -> RepositoryInfo:
    """The answer of ``/api/{kind}s/{repo}/revision/{revision}``."""
    name = answer.text("id")
    commit = answer.text("sha").lower()
    card = answer.node("cardData")
    tags = [tag.lower() for tag in answer.texts("tags", 500)]
    labels = {*tags, answer.text("pipeline_tag").lower(), answer.text("library_name").lower()}
    bases = [*filter(None, [card.text("base_model")]), *card.texts("base_model")]
    bases += [tag.rpartition(":")[2] for tag in answer.texts("tags", 500) if tag.startswith("base_model:")]
    word = " ".join(card.text("instance_prompt", 200).split())
    return RepositoryInfo(
        name=name if is_name(name) else "",
        commit=commit if _COMMIT.fullmatch(commit) else "",
        gated=answer.flag("gated") or bool(answer.text("gated")),
        disabled=answer.flag("disabled"),
        type=_KIND_TYPES.get(kind) or next((kept for label, kept in _TYPES.items() if label in labels), ""),
        base_model=" ".join(next(iter(bases), "").split())[:100],
        author=" ".join(answer.text("author").split())[:100] or name.partition("/")[0][:100],
        trigger_words=(word,) if word else (),
        preview=_web(card.text("thumbnail", 4096)),
        updated=moment(answer.text("lastModified")),
    )


def read_entries(nodes: Iterable[Node], hub: str, first: int) -> tuple[list[RepositoryFile], list[Problem]]:
    """The files of one page of a tree, and what of it cannot be read; ``first`` is the number of its first entry."""
    files: list[RepositoryFile] = []
    problems: list[Problem] = []
    for number, node in enumerate(nodes, first):
        if node.text("type") == "directory":
            continue
        path = node.text("path", LONGEST_PATH + 1)
        if not path or len(path) > LONGEST_PATH:
            detail = f"entry {number} of the list has {'too long a' if path else 'no'} path"
            problems.append(HubAnswerUnreadable(hub=hub, detail=detail).problem)
            continue
        files.append(_file(node, path))
    return files, problems


def next_query(link: str) -> str | None:
    """The query of the address that a ``Link`` header names as the next page, None where there is none."""
    for match in _NEXT.finditer(link[:_LONGEST_LINK]):
        if _IS_NEXT.search(match[2]):
            try:
                return urlsplit(match[1]).query
            except ValueError:
                return ""
    return None


def _file(node: Node, path: str) -> RepositoryFile:
    large = node.node("lfs")
    size = large.whole("size") if large.has("size") else node.whole("size")
    if node.has("lfs"):
        digits = large.text("oid") or large.text("sha256")
        checksum = _checksum(Algorithm.SHA256, digits.rpartition(":")[2])
    else:
        checksum = _checksum(Algorithm.GIT_SHA1, node.text("oid"))
    return RepositoryFile(path, plausible_size(size), checksum)


def _checksum(algorithm: Algorithm, digits: str) -> Checksum | None:
    """A malformed digest is as good as none."""
    try:
        return Checksum.of(algorithm, digits)
    except BadChecksum:
        return None


def _web(url: str) -> str:
    return url if url.startswith(("https://", "http://")) and url.isprintable() else ""
