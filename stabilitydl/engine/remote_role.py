"""What a member does its work with: the engine of its own process, or the link to the owner's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from .engine import Engine
from .remote_desk import Desk, Raise

P = ParamSpec("P")
T = TypeVar("T")


class Role(Protocol):
    """Calls of a role that is a link raise PeerGone when the owner ends before it has answered."""

    async def ask(self, method: Callable[Concatenate[Engine, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``method`` of the engine."""
        ...

    def tell(self, method: Callable[Concatenate[Engine, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call ``method`` of the engine, which answers nothing."""
        ...

    async def claim_window(self, show: Raise, locators: Sequence[str]) -> bool:
        """See `Desk.claim`."""
        ...

    async def show_window(self, locators: Sequence[str]) -> bool:
        """See `Desk.show`."""
        ...


class Owning:
    """The engine runs in this process."""

    def __init__(self, engine: Engine, desk: Desk) -> None:
        self._engine = engine
        self._desk = desk

    async def ask(self, method: Callable[Concatenate[Engine, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        call: Callable[P, Awaitable[T]] = getattr(self._engine, method.__name__)
        return await call(*args, **kwargs)

    def tell(self, method: Callable[Concatenate[Engine, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        getattr(self._engine, method.__name__)(*args, **kwargs)

    async def claim_window(self, show: Raise, locators: Sequence[str]) -> bool:
        return self._desk.claim(self, show, locators)

    async def show_window(self, locators: Sequence[str]) -> bool:
        return self._desk.show(locators)

    def __repr__(self) -> str:
        return f"owns {self._engine!r}"
