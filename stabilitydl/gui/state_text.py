"""What the state cell says: one line of words, what is at its right end, and which ranges its track shows.

The left line is written so that it never has to be cut; the whole sentence about a failure is in the tool tip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from ..domain.checksum import Algorithm, Verification
from ..domain.events import Progress
from ..domain.resource import ResourceSnapshot, Wait
from ..domain.states import State, WaitReason
from ..errors import Problem, Remedy
from ..text import format_bytes, format_speed, plain
from .amounts import duration_text
from .failure_text import short_text
from .hub_names import hub_title
from .row_action import RowAction, action_for, label_of
from .rows import size_of
from .tr import fill, problem_text, remedy_text, translate


class Tone(StrEnum):
    """In which colour a line is written. The words say the same without it."""

    PLAIN = "secondary"
    GOOD = "good_text"
    ATTENTION = "attention_text"
    TROUBLE = "trouble_text"


class Mark(StrEnum):
    """The sign before a line."""

    NONE = ""
    WARNING = "warning"
    CLOCK = "clock"
    DONE = "done"
    LOCK = "lock"


class Fill(StrEnum):
    """What a piece of the track means."""

    RECEIVED = "accent"
    CHECKED = "good"
    RESTING = "dimmed"


_LONGEST_HOST = 20
"""Characters of a host that fit beside the rest of the line."""

Segment = tuple[float, float, Fill]
"""From and to, as parts of the file between 0 and 1."""


@dataclass(frozen=True)
class StateText:
    """What a state cell shows. ``right`` is a command where ``action`` is set. None is no track, not an empty one."""

    left: str
    right: str = ""
    tone: Tone = Tone.PLAIN
    mark: Mark = Mark.NONE
    action: RowAction | None = None
    track: tuple[Segment, ...] | None = None

    @property
    def spoken(self) -> str:
        """For a screen reader."""
        return ", ".join(part for part in (self.left, self.right) if part)


_ALGORITHMS = {
    Algorithm.SHA256: "SHA-256",
    Algorithm.BLAKE3: "BLAKE3",
    Algorithm.SHA512: "SHA-512",
    Algorithm.GIT_SHA1: "git SHA-1",
    Algorithm.SHA1: "SHA-1",
    Algorithm.MD5: "MD5",
    Algorithm.AUTOV2: "AutoV2",
    Algorithm.CRC32: "CRC32",
}


def describe(
    snapshot: ResourceSnapshot,
    progress: Progress | None = None,
    *,
    now: float = 0.0,
    ahead: int | None = None,
    retrying: Problem | None = None,
) -> StateText:
    """What the state cell of a child shows.

    ``now`` is seconds since 1970; ``ahead`` how many others start before it; ``retrying`` the failure after which a
    connection tries again.
    """
    match snapshot.state:
        case State.MISSING:
            return StateText(translate("StateCell", "Missing"))
        case State.QUEUED:
            return StateText(_queued(ahead), track=_resting(snapshot))
        case State.RESOLVING:
            return StateText(
                fill(translate("StateCell", "Asking {hub} for the file"), hub=_hub(snapshot)), track=_resting(snapshot)
            )
        case State.DOWNLOADING:
            return _downloading(snapshot, progress, retrying)
        case State.VERIFYING:
            return _verifying(snapshot, progress)
        case State.DOWNLOADED:
            return _downloaded(snapshot)
        case State.PAUSED:
            return _offer(_paused(snapshot), RowAction.RESUME, track=_resting(snapshot))
        case State.WAITING:
            return _waiting(snapshot, snapshot.wait or Wait(WaitReason.NETWORK), now)
        case _:
            return _ended(snapshot)


def explain(snapshot: ResourceSnapshot) -> str:
    """The whole sentence about what went wrong and what helps, for a tool tip; empty where nothing did."""
    problem = snapshot.problem or snapshot.resource.blocked
    if problem is None or not (snapshot.state.is_trouble or snapshot.state is State.WAITING):
        return ""
    return " ".join(part for part in (problem_text(problem), remedy_text(problem.remedy)) if part)


def percent_of(received: int, size: int | None) -> int | None:
    """Whole percent, rounded down so that 100 means all of it; None where the size is unknown."""
    return None if not size else min(100, received * 100 // size)


def _offer(
    left: str,
    action: RowAction | None,
    *,
    tone: Tone = Tone.PLAIN,
    mark: Mark = Mark.NONE,
    track: tuple[Segment, ...] | None = None,
) -> StateText:
    right = label_of(action) if action is not None else ""
    return StateText(left, right, tone=tone, mark=mark, action=action, track=track)


def _queued(ahead: int | None) -> str:
    if ahead is None:
        return translate("StateCell", "Queued")
    if ahead == 0:
        return translate("StateCell", "Queued · starts next")
    if ahead == 1:
        return translate("StateCell", "Queued · starts after 1 other")
    return fill(translate("StateCell", "Queued · starts after {count} others"), count=f"{ahead:,}")


def _downloading(snapshot: ResourceSnapshot, progress: Progress | None, retrying: Problem | None) -> StateText:
    size = progress.size if progress is not None and progress.size is not None else size_of(snapshot)
    received = progress.received if progress is not None else snapshot.received
    left = amount_text(received, size)
    track = _received(received, size, progress)
    if progress is None:
        return StateText(left, track=track)
    if progress.speed < 1 and retrying is not None:
        return StateText(left, translate("StateCell", "trying again"), track=track)
    return StateText(left, pace_text(progress), track=track)


def amount_text(received: int, size: int | None) -> str:
    """``57 % · 83 of 144 MB``: where both have the same unit, the first takes unit and decimals from the second."""
    percent = percent_of(received, size)
    if percent is None:
        return fill(translate("StateCell", "{received} so far"), received=format_bytes(received))
    part, whole = format_bytes(received), format_bytes(size)
    number, _, unit = part.partition(" ")
    if received == 0:
        part = "0"
    elif whole.endswith(f" {unit}"):
        part = number if "." in whole else number.partition(".")[0]
    return fill(
        translate("StateCell", "{percent} % · {received} of {size}"), percent=percent, received=part, size=whole
    )


def pace_text(progress: Progress) -> str:
    """Speed and time left, as far as they are known."""
    if progress.speed < 1:
        return ""
    if progress.eta is None or not math.isfinite(progress.eta):
        return format_speed(progress.speed)
    return f"{format_speed(progress.speed)} · {duration_text(progress.eta)}"


def _verifying(snapshot: ResourceSnapshot, progress: Progress | None) -> StateText:
    checksum = snapshot.resource.checksum
    left = translate("StateCell", "Checking")
    if checksum is not None:
        left = fill(translate("StateCell", "Checking · {algorithm}"), algorithm=_ALGORITHMS[checksum.algorithm])
    size = progress.size if progress is not None and progress.size is not None else size_of(snapshot)
    checked = min(1.0, progress.checked / size) if progress is not None and size else 0.0
    right = duration_text(progress.eta) if progress is not None and progress.eta is not None else ""
    track = ((0.0, checked, Fill.CHECKED), (checked, 1.0, Fill.RECEIVED))
    return StateText(left, right, tone=Tone.GOOD, track=tuple(piece for piece in track if piece[0] < piece[1]))


def _downloaded(snapshot: ResourceSnapshot) -> StateText:
    match snapshot.verification:
        case Verification.VERIFIED:
            return StateText(translate("StateCell", "Downloaded · verified"), tone=Tone.GOOD, mark=Mark.DONE)
        case Verification.WEAK:
            return StateText(translate("StateCell", "Downloaded · weak check"), mark=Mark.DONE)
        case Verification.UNVERIFIABLE:
            return StateText(translate("StateCell", "Downloaded · not verifiable"), tone=Tone.ATTENTION, mark=Mark.DONE)
        case None:
            return StateText(translate("StateCell", "Downloaded"), mark=Mark.DONE)


def _paused(snapshot: ResourceSnapshot) -> str:
    percent = percent_of(snapshot.received, size_of(snapshot))
    if snapshot.received == 0:
        return translate("StateCell", "Paused")
    if percent is None:
        return fill(translate("StateCell", "Paused at {received}"), received=format_bytes(snapshot.received))
    return fill(translate("StateCell", "Paused at {percent} %"), percent=percent)


def _waiting(snapshot: ResourceSnapshot, wait: Wait, now: float) -> StateText:
    left_seconds = None if wait.until is None else max(0.0, wait.until - now)
    time = duration_text(left_seconds) if left_seconds else ""
    track = _resting(snapshot)
    match wait.reason:
        case WaitReason.HOST:
            asked = _asked(wait, time)
            return _offer(asked, RowAction.SKIP, tone=Tone.ATTENTION, mark=Mark.CLOCK, track=track)
        case WaitReason.NETWORK:
            text = translate("StateCell", "No network")
            if time:
                text = translate("StateCell", "No network · next try in {time}")
            action: RowAction | None = RowAction.RETRY
        case WaitReason.SPACE:
            text = translate("StateCell", "No space left on the drive")
            action = RowAction.FREE_SPACE
        case WaitReason.VOLUME:
            text = translate("StateCell", "Drive is not connected")
            action = RowAction.RETRY
        case WaitReason.DRIVE:
            text = translate("StateCell", "Drive does not answer")
            action = RowAction.RETRY
        case WaitReason.LOGIN:
            text = fill(translate("StateCell", "Needs a {hub} login"), hub=_hub(snapshot))
            return _offer(text, RowAction.LOG_IN, tone=Tone.TROUBLE, mark=Mark.WARNING, track=track)
        case WaitReason.TWIN:
            text = translate("StateCell", "Waits for the same file of another collection")
            action = None
        case WaitReason.PROCESS:
            text = translate("StateCell", "Another program is downloading it")
            action = None
    return _offer(fill(text, time=time), action, tone=Tone.ATTENTION, mark=Mark.CLOCK, track=track)


def _asked(wait: Wait, time: str) -> str:
    """Who asks to wait, for how long, and with which status, as far as that is known and fits."""
    host = plain(wait.detail)
    if host and len(host) <= _LONGEST_HOST:
        forms = translate("StateCell", "{host} asks to wait"), translate("StateCell", "{host} asks to wait: {time}")
    else:
        forms = translate("StateCell", "Server asks to wait"), translate("StateCell", "Server asks to wait {time}")
    said = fill(forms[bool(time)], host=host, time=time)
    return f"{said} ({wait.status})" if wait.status else said


def _ended(snapshot: ResourceSnapshot) -> StateText:
    problem = snapshot.problem or snapshot.resource.blocked
    remedy = problem.remedy if problem is not None else Remedy.RETRY
    text = short_text(problem, _hub(snapshot)) if problem is not None else ""
    match snapshot.state:
        case State.BLOCKED if remedy is Remedy.LOG_IN:
            return _offer(text, RowAction.LOG_IN, tone=Tone.TROUBLE, mark=Mark.WARNING)
        case State.BLOCKED:
            blocked = text or translate("StateCell", "The hub does not give this file")
            return _offer(blocked, action_for(remedy), tone=Tone.ATTENTION, mark=Mark.LOCK)
        case State.GONE:
            gone = translate("StateCell", "No longer on the hub")
            return _offer(gone, RowAction.OPEN_PAGE, tone=Tone.TROUBLE, mark=Mark.WARNING)
        case State.QUARANTINED:
            kept = fill(translate("StateCell", "{reason} · kept aside"), reason=text or translate("StateCell", "Wrong"))
            return _offer(kept, RowAction.DECIDE, tone=Tone.TROUBLE, mark=Mark.WARNING)
        case _:
            failed = text or translate("StateCell", "Failed")
            return _offer(failed, action_for(remedy), tone=Tone.TROUBLE, mark=Mark.WARNING)


def _hub(snapshot: ResourceSnapshot) -> str:
    addresses = snapshot.resource.addresses
    return hub_title(addresses[0].hub) if addresses else translate("StateCell", "hub")


def _received(received: int, size: int | None, progress: Progress | None) -> tuple[Segment, ...]:
    if not size:
        return ()
    ranges = progress.ranges if progress is not None and progress.ranges else ((0, received),)
    return tuple((start / size, min(1.0, stop / size), Fill.RECEIVED) for start, stop in ranges if start < stop)


def _resting(snapshot: ResourceSnapshot) -> tuple[Segment, ...] | None:
    size = size_of(snapshot)
    if not size or snapshot.received <= 0:
        return None
    return ((0.0, min(1.0, snapshot.received / size), Fill.RESTING),)
