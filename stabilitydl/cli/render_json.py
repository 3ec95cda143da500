"""Events as JSON lines on stdout: the contract with scripts.

Each line is one object with ``event``; the fields of each kind are fixed::

    collection  id, title, hub, resources, bytes
    state       resource, name, from, to
    progress    resource, received, size, speed               at most four a second for one resource
    retry       resource, code, after                         seconds
    error       resource, code, message, remedy               final; resource is null for what concerns no file
    downloaded  resource, path, bytes, verification, sha256
    summary     downloaded, skipped, failed, bytes, seconds   the last line

Sizes are bytes, speeds bytes per second. What is unknown is null. Characters outside ASCII are escaped, so that
the output is the same under every locale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ..domain.collection import Collection
from ..domain.events import AnyEvent, Downloaded, Progress, ProgressTick, RetryScheduled, StateChanged
from ..domain.resource import Resource
from ..errors import Problem
from . import console
from .describe import describe
from .tally import Tally, came, problem_of

PROGRESS_PERIOD = 0.25
"""Seconds between two progress lines of one resource."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class JsonRenderer:
    """Writes one line for each event of the files that the command is about."""

    def __init__(self) -> None:
        self._shown: dict[str, float] = {}
        self._reported: set[str] = set()

    def note(self, text: str) -> None:
        console.say(text)

    def ask_secret(self, question: str) -> str:
        return console.ask_secret(question)

    def collection(self, collection: Collection, children: Sequence[Resource]) -> None:
        emit(
            event="collection",
            id=collection.id,
            title=collection.title,
            hub=collection.hub,
            resources=len(children),
            bytes=sum(child.size or 0 for child in children),
        )

    def problem(self, problem: Problem) -> None:
        emit(**error_line(None, problem))
        console.say(console.explain(problem))

    def begin(self, tally: Tally, now: float) -> None:
        for problem in tally.problems:
            self.problem(problem)
        self._settle(tally)

    def events(self, batch: Sequence[AnyEvent], tally: Tally, now: float) -> None:
        lines = [_line(**line) for event in batch for line in self._lines(event, tally, now)]
        if lines:
            console.data("\n".join(lines))

    def end(self, tally: Tally, seconds: float, *, interrupted: bool) -> None:
        self._settle(tally)
        emit(
            event="summary",
            downloaded=len(tally.downloaded),
            skipped=len(tally.skipped),
            failed=len(tally.failed),
            bytes=tally.bytes,
            seconds=round(seconds, 3),
        )

    def close(self) -> None:
        """Nothing is held."""

    def _lines(self, event: AnyEvent, tally: Tally, now: float) -> Iterator[dict[str, Any]]:
        match event:
            case StateChanged() if event.resource in tally.items:
                self._reported.discard(event.resource)
                yield {
                    "event": "state",
                    "resource": event.resource,
                    "name": event.name,
                    "from": str(event.old),
                    "to": str(event.new),
                }
                if event.new.is_trouble and tally.fails(event.resource):
                    self._reported.add(event.resource)
                    yield error_line(event.resource, problem_of(tally.items[event.resource]))
            case RetryScheduled() if event.resource in tally.items:
                yield {
                    "event": "retry",
                    "resource": event.resource,
                    "code": event.problem.code,
                    "after": round(event.after, 3),
                }
            case Downloaded() if event.resource in tally.items and came(event):
                yield {
                    "event": "downloaded",
                    "resource": event.resource,
                    "path": event.path,
                    "bytes": event.bytes,
                    "verification": str(event.verification),
                    "sha256": event.sha256,
                }
            case ProgressTick():
                for entry in event.entries:
                    if entry.resource in tally.items and self._is_due(entry, now):
                        yield {
                            "event": "progress",
                            "resource": entry.resource,
                            "received": entry.received,
                            "size": entry.size,
                            "speed": round(entry.speed),
                        }
            case _:
                return

    def _is_due(self, entry: Progress, now: float) -> bool:
        if now - self._shown.get(entry.resource, float("-inf")) < PROGRESS_PERIOD:
            return False
        self._shown[entry.resource] = now
        return True

    def _settle(self, tally: Tally) -> None:
        """Report each file that is settled without being here, once for each time it ends so."""
        for item in tally.failed:
            if item.resource.id not in self._reported:
                self._reported.add(item.resource.id)
                emit(**error_line(item.resource.id, problem_of(item)))


def emit(**fields: Any) -> None:
    """One JSON line on stdout."""
    console.data(_line(**fields))


def _line(**fields: Any) -> str:
    return _encode(fields)


def error_line(resource: str | None, problem: Problem) -> dict[str, Any]:
    """The fields of an ``error`` line."""
    return {"event": "error", "resource": resource, **describe(problem)}
