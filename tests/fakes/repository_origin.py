"""What loopback hubs of git repositories share: repositories by name, tokens, and a storage on another origin."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import unquote

from .origin import FileOrigin, Seen
from .repository import FakeRepository


class RepositoryOrigin(FileOrigin):
    """``tokens`` are the valid ones. ``storage`` has the large files; it refuses whatever was meant for the hub."""

    def __init__(self) -> None:
        super().__init__()
        self.storage = FileOrigin()
        self.tokens: set[str] = set()
        self.repositories: dict[tuple[str, str], FakeRepository] = {}

    def __enter__(self) -> Self:
        self.storage.__enter__()
        return super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.storage.__exit__(kind, error, tb)
        super().__exit__(kind, error, tb)

    def publish(self, repository: FakeRepository) -> FakeRepository:
        self.repositories[repository.kind, repository.name.lower()] = repository
        return repository

    def found(self, kind: str, name: str, token: str) -> FakeRepository | None:
        """The repository as the owner of ``token`` sees it."""
        repository = self.repositories.get((kind, name.lower()))
        return None if repository and repository.private and token not in repository.members else repository

    @property
    def calls(self) -> list[str]:
        """What was asked of the hub, storage left out."""
        return [unquote(request.target) for request in self.requests]


def bearer(request: Seen) -> str:
    """The token that a request came with."""
    return request.headers.get("authorization", "").removeprefix("Bearer ")
