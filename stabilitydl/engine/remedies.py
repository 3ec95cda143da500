"""What becomes of a resource whose job met an error: one table, and for how long to wait.

Each error ends the job in a state, or makes it wait for a reason. The nearest parent in the table counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .. import errors
from ..domain.resource import Wait
from ..domain.states import State, WaitReason
from ..errors import StabilityError

Verdict = State | WaitReason

VERDICTS: Mapping[type[StabilityError], Verdict] = MappingProxyType(
    {
        StabilityError: State.FAILED,
        errors.HostUnreachable: WaitReason.NETWORK,
        errors.NameNotResolved: WaitReason.NETWORK,
        errors.ConnectionLost: WaitReason.NETWORK,
        errors.NetworkTimeout: WaitReason.NETWORK,
        errors.StalledConnection: WaitReason.NETWORK,
        errors.ServerBusy: WaitReason.HOST,
        errors.LoginNeeded: WaitReason.LOGIN,
        errors.RemoteGone: State.GONE,
        errors.Blocked: State.BLOCKED,
        errors.NoSpace: WaitReason.SPACE,
        errors.VolumeMissing: WaitReason.VOLUME,
        errors.VolumeReadOnly: WaitReason.VOLUME,
        errors.DriveStuck: WaitReason.DRIVE,
        errors.PartInUse: WaitReason.PROCESS,
        errors.TwinComes: WaitReason.TWIN,
        errors.ChecksumMismatch: State.QUARANTINED,
    }
)

LONGEST_HOST_WAIT = 600.0
BUSY_TRIES = 5
"""Waits in a row for a host that does not say for how long."""
PATIENT_TRIES = 20
"""Waits in a row for a host that says for how long."""
PROCESS_POLL = 0.5
"""Seconds between two looks at what another process, or the job of a twin, does."""
LOCAL_POLL = 5.0
"""Seconds between two looks at a volume that is full, gone or stuck."""


def verdict_of(error: StabilityError) -> Verdict:
    """What the table says about ``error``."""
    for kind in type(error).__mro__:
        if kind in VERDICTS:
            return VERDICTS[kind]
    raise AssertionError("the table names the parent of all errors")


def judge(error: StabilityError, *, came: bool, offline: bool, may_log_in: bool, tries: int) -> Verdict:
    """What becomes of the resource, in the light of what the job knows.

    ``came``: bytes of this resource came in this job, so there was room and a server. ``offline``: nothing on the
    network answers. ``may_log_in``: somebody can log in while it waits. ``tries``: how often in a row the job
    met an error without getting one byte.
    """
    verdict = verdict_of(error)
    if verdict is WaitReason.NETWORK and not offline:
        return State.FAILED
    if verdict is WaitReason.HOST and tries > (BUSY_TRIES if _asked_seconds(error) is None else PATIENT_TRIES):
        return State.FAILED
    if verdict is WaitReason.SPACE and not came and not is_too_large_for_now(error):
        # There is room, and yet none: names or a quota have come to their end, which nobody can watch.
        return State.FAILED
    if isinstance(error, errors.VolumeReadOnly) and not came:
        return State.FAILED
    if verdict is WaitReason.LOGIN and not may_log_in:
        return State.BLOCKED
    return verdict


def is_too_large_for_now(error: StabilityError) -> bool:
    """Did a file not fit into what was counted as free before it was begun? Others may."""
    needed, free = error.arguments.get("needed_bytes"), error.arguments.get("free_bytes")
    return isinstance(needed, int) and isinstance(free, int) and needed > free


def pause_before_retry(reason: WaitReason, error: StabilityError, tries: int) -> float | None:
    """Seconds until the next try, or until the next look; None where only a command ends the wait.

    ``tries`` counts the waits in a row, from 1. A server's own wish counts up to ten minutes.
    """
    match reason:
        case WaitReason.HOST:
            asked = _asked_seconds(error)
            wanted = 2.0 ** min(tries, 10) if asked is None else asked
            return min(max(wanted, 1.0), LONGEST_HOST_WAIT)
        case WaitReason.NETWORK:
            return min(5.0 * 2.0 ** min(tries - 1, 10), 60.0)
        case WaitReason.SPACE | WaitReason.VOLUME | WaitReason.DRIVE:
            return LOCAL_POLL
        case WaitReason.PROCESS | WaitReason.TWIN:
            return PROCESS_POLL
        case _:
            return None


def wait_of(reason: WaitReason, error: StabilityError, until: float | None) -> Wait:
    """The wait as subscribers see it. ``until`` is seconds since 1970; a poll is no end that is worth showing."""
    named = ("hub", "host") if reason is WaitReason.LOGIN else ("host", "path")
    detail = next((error.arguments[name] for name in named if name in error.arguments), "")
    shown = until if reason in (WaitReason.HOST, WaitReason.NETWORK) else None
    status = error.arguments.get("status") if reason is WaitReason.HOST else 0
    return Wait(reason, shown, str(detail or ""), status if isinstance(status, int) else 0)


def _asked_seconds(error: StabilityError) -> float | None:
    asked = error.arguments.get("after_seconds")
    return float(asked) if isinstance(asked, int | float) else None
