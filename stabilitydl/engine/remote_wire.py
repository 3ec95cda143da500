"""What the processes of one data directory say to each other, as values, and how these become bytes.

Calls name a method of `Engine`; its own annotations say how arguments and results are encoded, so there is no second
list of types to keep.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from types import GenericAlias
from typing import Any, get_type_hints

import msgspec

from ..domain.events import AnyEvent
from ..errors import CODES, InternalError, Problem, StabilityError, UsageError
from .engine import Engine

QUESTIONS = frozenset(
    {
        "expand",
        "foresee",
        "notices",
        "collections",
        "find_collections",
        "resources",
        "snapshots",
        "attempts",
        "totals",
        "pictures",
        "free_space",
        "prepare",
        "verify",
        "wait_settled",
        "has_token",
        "logins",
    }
)
"""Methods that change nothing: nobody needs the answer any more once the process that asked has gone."""

COMMANDS = frozenset(
    {
        "add",
        "refresh",
        "refresh_pictures",
        "enqueue",
        "go_on",
        "resume",
        "retry",
        "repair",
        "retry_elsewhere",
        "quarantined",
        "empty_quarantine",
        "accept_quarantined",
        "pause",
        "cancel",
        "undo_cancel",
        "remove",
        "set_priority",
        "set_resource_limit",
        "set_weight",
        "set_token",
    }
)
"""Methods that are carried out to their end, whatever becomes of the process that asked."""

ORDERS = frozenset({"set_limit", "set_settings", "decline_login"})
"""Methods that answer nothing and are done at once."""

ALLOWED = QUESTIONS | COMMANDS | ORDERS
"""All methods of an engine that another process may call."""


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Call a method of the engine. ``number`` is the caller's; orders are given with number 0 and get no answer."""

    number: int
    verb: str
    arguments: msgspec.Raw


class GiveUp(msgspec.Struct, frozen=True, tag="give-up"):
    """The answer to call ``number`` is not needed any more."""

    number: int


class ClaimWindow(msgspec.Struct, frozen=True, tag="claim-window"):
    """Let the caller be the one window of the data directory; if there is one already, show it ``locators``.

    Answered with True when the caller is the window from now on.
    """

    number: int
    locators: tuple[str, ...] = ()


class ShowWindow(msgspec.Struct, frozen=True, tag="show-window"):
    """Raise the window, with ``locators`` to add. Answered with False when there is none."""

    number: int
    locators: tuple[str, ...] = ()


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """What call ``number`` returned."""

    number: int
    value: msgspec.Raw


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """What call ``number`` raised."""

    number: int
    problem: Problem


class News(msgspec.Struct, frozen=True, tag="news"):
    """Events, in order."""

    events: tuple[AnyEvent, ...]


class Show(msgspec.Struct, frozen=True, tag="show"):
    """For the process that has the window: raise it, with ``locators`` to add."""

    locators: tuple[str, ...] = ()


FromGuest = Call | GiveUp | ClaimWindow | ShowWindow
FromHost = Returned | Failed | News | Show


class Verb:
    """How arguments and results of one method are written. Parameters travel by position, defaults filled in."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self.name = method.__name__
        self._signature = inspect.signature(method)
        hints = get_type_hints(method)
        self._parameters = [each for each in self._signature.parameters.values() if each.name != "self"]
        self._arguments = _decoder(GenericAlias(tuple, tuple(hints[each.name] for each in self._parameters)))
        self._result = _decoder(hints["return"])

    def write_arguments(self, *args: object, **kwargs: object) -> msgspec.Raw:
        """Raises UsageError when a name in them is no text."""
        bound = self._signature.bind(None, *args, **kwargs)
        bound.apply_defaults()
        try:
            return msgspec.Raw(encode([bound.arguments[each.name] for each in self._parameters]))
        except UnicodeEncodeError as error:
            raise UsageError(
                detail=f"This name cannot be used, it holds bytes that are no text: {error.object!r}."
            ) from (error)

    def call(self, engine: object, arguments: msgspec.Raw) -> Any:
        """Call the method of ``engine``. Raises msgspec.ValidationError for arguments of other types."""
        values = self._arguments.decode(arguments)
        positional = [
            value
            for value, each in zip(values, self._parameters, strict=True)
            if each.kind is not inspect.Parameter.KEYWORD_ONLY
        ]
        named = {
            each.name: value
            for value, each in zip(values, self._parameters, strict=True)
            if each.kind is inspect.Parameter.KEYWORD_ONLY
        }
        return getattr(engine, self.name)(*positional, **named)

    def read_result(self, value: msgspec.Raw) -> Any:
        return self._result.decode(value)

    def __repr__(self) -> str:
        return f"<Verb {self.name}>"


@functools.cache
def verb(name: str) -> Verb:
    """The method ``name`` of an engine. Raises KeyError for one that no other process may call."""
    if name not in ALLOWED:
        raise KeyError(name)
    return Verb(getattr(Engine, name))


def encode(value: object) -> bytes:
    """Any value of this module. Raises UnicodeEncodeError for text with lone surrogates outside of paths."""
    return _ENCODER.encode(value)


def read_from_guest(frame: bytes) -> FromGuest:
    """Raises msgspec.DecodeError."""
    message: FromGuest = _FROM_GUEST.decode(frame)
    return message


def read_from_host(frame: bytes) -> FromHost:
    """Raises msgspec.DecodeError."""
    message: FromHost = _FROM_HOST.decode(frame)
    return message


def error_of(problem: Problem) -> StabilityError:
    """The error that ``problem`` was."""
    kind = CODES.get(problem.code)
    if kind is None:
        return InternalError(detail=problem.code)
    return kind(**problem.arguments)


def _write(value: object) -> object:
    if isinstance(value, Path):
        # Paths may hold bytes that are no text.
        return os.fsencode(value)
    raise NotImplementedError(type(value))


def _read(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, bytes):
        return Path(os.fsdecode(value))
    raise NotImplementedError(kind)


def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, dec_hook=_read)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_write)
_FROM_GUEST = _decoder(FromGuest)
_FROM_HOST = _decoder(FromHost)
