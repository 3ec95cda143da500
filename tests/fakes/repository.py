"""A git repository as repository hubs have it: files at commits, small ones as blobs, large ones in LFS."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

LFS_SUFFIXES = (".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".mp3")


@dataclass(frozen=True)
class Blob:
    """The contents of one file. ``is_large``: git holds a pointer text, the contents lie in LFS."""

    data: bytes
    is_large: bool

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def pointer(self) -> bytes:
        text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(self.data)}\n"
        return text.encode()

    @cached_property
    def oid(self) -> str:
        """The name of the git blob: of the pointer for a large file."""
        stored = self.pointer if self.is_large else self.data
        return hashlib.sha1(b"blob %d\0" % len(stored) + stored).hexdigest()


@dataclass(frozen=True)
class Commit:
    sha: str
    files: Mapping[str, Blob]

    def folders(self) -> set[str]:
        """Every folder that a file lies in."""
        return {"/".join(path.split("/")[:depth]) for path in self.files for depth in range(1, path.count("/") + 1)}


@dataclass
class FakeRepository:
    """``name`` is ``owner/name``. ``members`` are the tokens that may see a private one and the files of a gated one.

    ``renamed`` is the name it has now; under ``name`` it is only redirected.
    """

    name: str
    kind: str = "model"
    private: bool = False
    gated: str | bool = False
    disabled: bool = False
    members: set[str] = field(default_factory=set)
    renamed: str = ""
    tags: tuple[str, ...] = ()
    card: Mapping[str, object] = field(default_factory=dict)
    branch: str = "main"
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    _listed: dict[tuple[str, str, bool], list[tuple[str, Blob | None]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def commit(self, files: Mapping[str, bytes], *, branch: str = "") -> str:
        """A commit on top of the branch with ``files`` in the place of those of the same path; its sha."""
        head = branch or self.branch
        before = dict(self.commits[self.refs[head]].files) if head in self.refs else {}
        before |= {path: Blob(data, path.endswith(LFS_SUFFIXES)) for path, data in files.items()}
        ordered = dict(sorted(before.items()))
        listing = "\n".join(f"{blob.oid} {path}" for path, blob in ordered.items())
        sha = hashlib.sha1(f"{self.refs.get(head, '')}\n{listing}".encode("utf-8", "surrogatepass")).hexdigest()
        self.commits[sha] = Commit(sha, ordered)
        self.refs[head] = sha
        return sha

    def at(self, revision: str) -> Commit | None:
        """The commit that a branch, tag or sha names."""
        return self.commits.get(self.refs.get(revision, revision))

    def entries(self, revision: str, folder: str, *, recursive: bool) -> list[tuple[str, Blob | None]] | None:
        """Paths below ``folder`` in order, with None for folders; None where revision or folder is not there."""
        commit = self.at(revision)
        if commit is None:
            return None
        if (commit.sha, folder, recursive) not in self._listed:
            found = self._list(commit, folder, recursive)
            if found is None:
                return None
            self._listed[commit.sha, folder, recursive] = found
        return self._listed[commit.sha, folder, recursive]

    def _list(self, commit: Commit, folder: str, recursive: bool) -> list[tuple[str, Blob | None]] | None:
        if folder and folder not in commit.folders():
            return None
        every: dict[str, Blob | None] = {**dict.fromkeys(commit.folders()), **commit.files}
        return sorted(self._below(every, f"{folder}/" if folder else "", recursive))

    def _below(
        self, every: Mapping[str, Blob | None], prefix: str, recursive: bool
    ) -> Iterator[tuple[str, Blob | None]]:
        for path, blob in every.items():
            if path.startswith(prefix) and (recursive or "/" not in path[len(prefix) :]):
                yield path, blob
