"""The life of a resource: its states, the legal moves between them, and the tab each belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Lifecycle of one resource. ``PAUSED`` is entered only by the user, ``WAITING`` only by the system."""

    MISSING = "missing"
    QUEUED = "queued"
    RESOLVING = "resolving"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    DOWNLOADED = "downloaded"
    PAUSED = "paused"
    WAITING = "waiting"
    FAILED = "failed"
    BLOCKED = "blocked"
    GONE = "gone"
    QUARANTINED = "quarantined"

    @property
    def is_running(self) -> bool:
        """A job is at work on it right now."""
        return self in _RUNNING

    @property
    def is_unfinished(self) -> bool:
        """It goes on by itself after a restart: queued, at work, or waiting for something."""
        return self in _RUNNING or self in (State.QUEUED, State.WAITING)

    @property
    def is_settled(self) -> bool:
        """Nothing more happens without a command."""
        return not self.is_unfinished

    @property
    def is_trouble(self) -> bool:
        """It ended without a file, for a reason worth showing."""
        return self in (State.FAILED, State.GONE, State.QUARANTINED, State.BLOCKED)

    def may_become(self, other: State) -> bool:
        """Is ``self`` to ``other`` a legal move?"""
        return other in MOVES[self]


class WaitReason(StrEnum):
    """What a ``WAITING`` resource waits for. A ``VOLUME`` is not there, a ``DRIVE`` is and does not answer."""

    HOST = "host"
    NETWORK = "network"
    SPACE = "space"
    VOLUME = "volume"
    DRIVE = "drive"
    LOGIN = "login"
    TWIN = "twin"
    PROCESS = "process"


class Tab(StrEnum):
    """The tabs of a collection. Every state is in exactly one of the first four; ``ALL`` holds them all."""

    MISSING = "missing"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    FAILED = "failed"
    ALL = "all"


_RUNNING = frozenset({State.RESOLVING, State.DOWNLOADING, State.VERIFYING})
_ENDINGS = frozenset({State.FAILED, State.BLOCKED, State.GONE, State.QUARANTINED})
# A command may stop a job at any moment, a job may have to wait at any moment, and each may end in trouble.
_INTERRUPTED = frozenset({State.MISSING, State.QUEUED, State.PAUSED, State.WAITING}) | _ENDINGS

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.MISSING: frozenset({State.QUEUED, State.DOWNLOADED, State.BLOCKED, State.GONE}),
        State.QUEUED: frozenset({State.RESOLVING, State.MISSING, State.PAUSED, State.WAITING, State.DOWNLOADED})
        | _ENDINGS,
        State.RESOLVING: _INTERRUPTED | {State.DOWNLOADING, State.VERIFYING, State.DOWNLOADED},
        State.DOWNLOADING: _INTERRUPTED | {State.RESOLVING, State.VERIFYING},
        State.VERIFYING: _INTERRUPTED | {State.RESOLVING, State.DOWNLOADING, State.DOWNLOADED},
        State.DOWNLOADED: frozenset({State.MISSING, State.QUEUED, State.QUARANTINED}),
        State.PAUSED: frozenset({State.QUEUED, State.MISSING, State.DOWNLOADED}),
        State.WAITING: _INTERRUPTED | {State.RESOLVING, State.DOWNLOADING, State.VERIFYING, State.DOWNLOADED},
        State.FAILED: frozenset({State.QUEUED, State.MISSING, State.DOWNLOADED}),
        State.BLOCKED: frozenset({State.QUEUED, State.MISSING, State.GONE, State.DOWNLOADED}),
        State.GONE: frozenset({State.QUEUED, State.MISSING, State.DOWNLOADED}),
        State.QUARANTINED: frozenset({State.QUEUED, State.MISSING, State.DOWNLOADED}),
    }
)

_TABS: Mapping[State, Tab] = MappingProxyType(
    {
        State.MISSING: Tab.MISSING,
        State.BLOCKED: Tab.MISSING,
        State.QUEUED: Tab.DOWNLOADING,
        State.RESOLVING: Tab.DOWNLOADING,
        State.DOWNLOADING: Tab.DOWNLOADING,
        State.VERIFYING: Tab.DOWNLOADING,
        State.PAUSED: Tab.DOWNLOADING,
        State.WAITING: Tab.DOWNLOADING,
        State.DOWNLOADED: Tab.DOWNLOADED,
        State.FAILED: Tab.FAILED,
        State.GONE: Tab.FAILED,
        State.QUARANTINED: Tab.FAILED,
    }
)


def tab_of(state: State) -> Tab:
    """The tab under which a resource in ``state`` is shown, besides ``ALL``."""
    return _TABS[state]
