"""The judgement of what a harmed life and the next one left: what is due of each file, and what is wrong instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.domain.ranges import Ranges

from .faults import Fault
from .nursery import Life
from .pack import MIB, Yard

KINDS = ("wrong", "stuck", "orphans", "lost", "again")
"""What may be wrong: a file under its final name that is another one, a job that does not end as it should, something
that lies around, a promise that was broken (a file that was shown, a journal that lies, bytes that were to be kept),
more bytes than allowed."""

DEADLY = ("kill", "tear", "power", "flushed-power")
"""Faults that end the process."""


@dataclass(frozen=True)
class Due:
    """How one file of the pack has to end. ``data`` lies under its final name then, nothing where that is None.

    ``before`` may lie there until then; ``kept`` lies in quarantine; ``needed`` bytes have to come, None where that is
    not counted. A file ``is_given_up`` may be in any state, there or not, but of what will not come nothing is left.
    """

    data: bytes | None
    state: str = "downloaded"
    code: str = ""
    before: tuple[bytes, ...] = ()
    kept: bytes | None = None
    needed: int | None = None
    is_given_up: bool = False


@dataclass
class Verdict:
    """What is wrong after a fault and a clean run behind it. All empty and nothing above the bound: the point holds.

    ``again`` is in bytes, None where it is not counted. A point was ``struck``, or it ``is_end``: the run after the
    last one, which makes fewer calls than that.
    """

    point: str
    wrong: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    again: int | None = None
    struck: bool = False
    is_end: bool = False

    def failed(self, bound: int) -> frozenset[str]:
        """The kinds of what is wrong."""
        found = {kind for kind in KINDS[:-1] if getattr(self, kind)}
        return frozenset(found | {"again"} if (self.again or 0) > bound else found)

    def __str__(self) -> str:
        found = [f"{kind}: {', '.join(value)}" for kind in KINDS[:-1] if (value := getattr(self, kind))]
        again = f"; {self.again / MIB:.2f} MiB again" if self.again is not None else ""
        return f"{self.point}: {'; '.join(found) or 'nothing wrong'}{again}"


def see_harm(verdict: Verdict, life: Life, fault: Fault) -> None:
    """Did the fault strike, and did the process end in no other way than by it?"""
    verdict.struck = life.struck > 0
    if life.code is None:
        verdict.stuck.append("hangs")
    elif verdict.struck and fault.kind in DEADLY:
        if not life.was_killed:
            verdict.stuck.append(f"was struck and ended with {life.code}: {_last_line(life)}")
    elif life.code != 0 or life.report is None:
        verdict.stuck.append(f"ended with {life.code} by itself: {_last_line(life)}")


def see_files(verdict: Verdict, yard: Yard, dues: Sequence[Due]) -> None:
    """At any moment: nothing but what is due lies under a final name, or what lay there before."""
    for wanted, due in zip(yard.pack, dues, strict=True):
        path = yard.to / wanted.name
        if path.exists() and path.read_bytes() not in (due.data, *due.before):
            verdict.wrong.append(f"{wanted.name} in between")


def judge(
    verdict: Verdict,
    yard: Yard,
    lives: Sequence[Life],
    dues: Sequence[Due],
    held: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """What is wrong after ``lives``, of which the last was not harmed; ``held``: bytes that were there before them."""
    last = lives[-1]
    if last.code != 0 or last.report is None:
        verdict.stuck.append(f"the next start ends with {last.code}: {_last_line(last)}")
    else:
        _see_states(verdict, yard, last, dues)
        verdict.orphans += [f"open {name}" for name in last.report.open_files]
    for wanted, due in zip(yard.pack, dues, strict=True):
        path = yard.to / wanted.name
        if path.exists():
            if path.read_bytes() != due.data:
                verdict.wrong.append(wanted.name)
        elif due.data is not None and not due.is_given_up:
            verdict.stuck.append(f"{wanted.name} is not there")
    _see_rest(verdict, yard, last, dues)
    verdict.again = _again(yard, lives, dues, held)


def _see_states(verdict: Verdict, yard: Yard, last: Life, dues: Sequence[Due]) -> None:
    report = last.report
    assert report is not None
    if any(not due.is_given_up for due in dues) and len(report.states) != len(dues):
        verdict.stuck.append(f"{len(report.states)} of {len(dues)} are on the list")
        return
    for wanted, due, state, code in zip(yard.pack, dues, report.states, report.codes, strict=False):
        if not due.is_given_up and (state, code if due.code else "") != (due.state, due.code):
            verdict.stuck.append(f"{wanted.name} is {state} {code}".strip())


def _see_rest(verdict: Verdict, yard: Yard, last: Life, dues: Sequence[Due]) -> None:
    """What lies beside the models: exactly what is to be kept, and parts of what is given up but still to come."""
    names = {wanted.name for wanted in yard.pack}
    missing = [(wanted.name, due.kept) for wanted, due in zip(yard.pack, dues, strict=True) if due.kept is not None]
    tags = _unfinished(last) if any(due.is_given_up for due in dues) else ()
    for path in sorted(yard.to.rglob("*")):
        name = str(path.relative_to(yard.to))
        if path.is_dir() or name in names or any(f".{tag}.sdlpart" in name for tag in tags):
            continue
        found = None
        if path.parent.name == QUARANTINE:
            data = path.read_bytes()
            found = next((each for each in missing if each[1] == data), None)
        if found is None:
            verdict.orphans.append(name)
        else:
            missing.remove(found)
    verdict.lost += [f"the bytes of {name} are not kept" for name, _ in missing]


def _unfinished(life: Life) -> Sequence[str]:
    """The tags of what is still to come."""
    if life.report is None:
        return ()
    rows = zip(life.report.tags, life.report.states, strict=True)
    return [tag for tag, state in rows if state not in ("missing", "downloaded")]


def _again(yard: Yard, lives: Sequence[Life], dues: Sequence[Due], held: Mapping[str, int]) -> int | None:
    """The most bytes of one content that came although they were there; of twins only one is fetched."""
    again: dict[str, int] = {}
    for order, (wanted, due) in enumerate(zip(yard.pack, dues, strict=True)):
        if due.needed is None:
            return None
        came = sum(life.fetched[order] for life in lives) + held.get(wanted.name, 0) - due.needed
        again[wanted.twin] = again.get(wanted.twin, 0) + came
    return max(0, *again.values())


def asked_again(yard: Yard, since: int, claims: Mapping[str, Ranges]) -> list[str]:
    """Requests from the ``since``-th on for bytes that a journal claimed by then."""
    again = []
    for request in yard.origin.requests[since:]:
        start, last = request.range or (0, None)
        for first, stop in claims.get(request.path.lstrip("/"), Ranges()).items:
            if start < stop and (last is None or first <= last):
                again.append(f"asked for {start}-{last} of {Path(request.path).name}, which was there")
    return again


def _last_line(life: Life) -> str:
    return life.failure.strip().rpartition("\n")[2]
