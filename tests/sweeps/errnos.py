"""Every call of the write path fails once with every error it may give: a defined outcome, and no harm done."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping

from stabilitydl.domain.states import State

from .faults import Fault
from .judge import Verdict, judge, see_files, see_harm
from .pack import Yard
from .stories import downloaded

_FULL = frozenset({"no-space"})
_REFUSED = frozenset({"not-writable"})
_VANISHED = frozenset({"volume-missing"})
_FAULT = frozenset({"disk-fault"})
_MANY = frozenset({"too-many-open-files"})
_OTHER = frozenset({"disk"})
_GONE = (errno.ENODEV, errno.ESTALE, errno.ENOTCONN)

CODES: Mapping[int, frozenset[str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EIO: _FAULT,
    errno.EROFS: frozenset({"volume-read-only"}),
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EMFILE: _MANY,
    errno.ENFILE: _MANY,
    errno.EFBIG: frozenset({"file-too-large"}),
    errno.ENODEV: _VANISHED,
    errno.ESTALE: _VANISHED,
    errno.ENOTCONN: _VANISHED,
    errno.ENOMEM: _OTHER,
    errno.EBUSY: frozenset({"file-held"}),
    errno.ETIMEDOUT: _OTHER,
    errno.ENAMETOOLONG: frozenset({"name-too-long"}),
    errno.ENOTDIR: _REFUSED,
    errno.ELOOP: _REFUSED,
    errno.EEXIST: frozenset({"target-taken"}),
}
"""Errors, and the code under which each is shown where it ends a download."""

CALLS: Mapping[str, tuple[int, ...]] = {
    "create": tuple(code for code in CODES if code != errno.EEXIST),
    "open_existing": (
        errno.EIO,
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        *_GONE,
    ),
    "lock": (errno.EIO, errno.ENOMEM, *_GONE),
    "write_at": (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS, errno.EPERM, errno.ENOMEM, *_GONE),
    "read_at": (errno.EIO, errno.ENOMEM, errno.ETIMEDOUT, errno.EACCES, *_GONE),
    "truncate": (errno.EIO, errno.EROFS, errno.EPERM, errno.EFBIG, errno.EBUSY, errno.ENOSPC, errno.EDQUOT, *_GONE),
    "reserve": (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EPERM, errno.ENOMEM, *_GONE),
    "sync_data": (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOMEM, errno.ETIMEDOUT, *_GONE),
    "sync_folder": (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EACCES, *_GONE),
    "rename_exclusive": tuple(code for code in CODES if code not in (errno.EMFILE, errno.ENFILE, errno.EFBIG)),
    "remove": (errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOMEM, *_GONE),
    "make_folders": tuple(code for code in CODES if code not in (errno.EEXIST, errno.EFBIG, errno.ETIMEDOUT)),
    "status": (errno.EIO, errno.ENOMEM, *_GONE),
    "look": (errno.EIO, errno.EACCES, errno.ENOMEM, *_GONE),
    "look_behind": (errno.EIO, errno.EACCES, errno.ENOMEM, *_GONE),
    "exists": (errno.EIO, errno.ESTALE),
    "free_space": (errno.EIO, errno.EACCES, errno.ENOMEM, *_GONE),
    "close": (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE),
}
"""What each call may give, by its manual page or on network and removable volumes."""

PAIRS = tuple((call, code) for call, codes in CALLS.items() for code in codes)


def sweep(yard: Yard, *, every: int = 1, number: int = 0) -> Iterator[Verdict]:
    """One verdict for each pair, or each ``every``-th; the ``number``-th call fails, or one somewhere in the run."""
    counts: dict[str, int] = {}
    for place, (call, code) in enumerate(PAIRS):
        if place % every:
            continue
        if not number and call not in counts:
            yard.clear()
            counts[call] = yard.live("get", Fault(calls=(call,), about=str(yard.to))).calls
        verdict = _strike(yard, call, code, number or 1 + place * 7 % max(counts[call], 1))
        # Runs differ by a few calls: the last one may not come this time.
        yield verdict if verdict.struck else _strike(yard, call, code, 1)


def _strike(yard: Yard, call: str, code: int, number: int) -> Verdict:
    yard.clear()
    fault = Fault(kind="error", number=number, calls=(call,), about=str(yard.to), code=code)
    harmed = yard.live("get", fault)
    dues = downloaded(yard)
    verdict = Verdict(f"{call} {errno.errorcode[code]} at {number}")
    see_harm(verdict, harmed, fault)
    if not verdict.struck:
        verdict.stuck.append("no such call was made")
    see_files(verdict, yard, dues)
    verdict.lost += yard.lies() + yard.unkept_promises(harmed)
    mended = yard.live("recover")
    if mended.report is not None and any(state != State.DOWNLOADED for state in mended.report.states):
        # What ended in trouble waits for the user.
        mended = yard.live("retry")
    judge(verdict, yard, [harmed, mended], dues)
    # What an error costs depends on the error: of a failed sync nothing counts since the one before.
    verdict.again = None
    report = harmed.report
    if report is None:
        return verdict
    verdict.orphans += [f"open {path}" for path in report.open_files]
    allowed = CODES.get(code, frozenset())
    for wanted, state, shown in zip(yard.pack, report.states, report.codes, strict=True):
        if state == State.DOWNLOADED:
            continue
        if state != State.FAILED or shown not in allowed:
            verdict.stuck.append(f"{wanted.name} ended {state} {shown}")
    return verdict


def short_writes(yard: Yard, *, every: int = 1) -> Iterator[Verdict]:
    """The system takes 1,000 bytes of all writes, and then of every ``every``-th alone, until a run makes fewer."""
    verdict = _shorten(yard, 1, 300)
    yield verdict
    number = 1
    while not verdict.is_end:
        verdict = _shorten(yard, number, 1)
        verdict.is_end = not verdict.struck
        yield verdict
        number += every


def _shorten(yard: Yard, number: int, times: int) -> Verdict:
    yard.clear()
    fault = Fault(kind="short", number=number, calls=("pwritev",), about=str(yard.to), times=times)
    life = yard.live("get", fault)
    verdict = Verdict(f"{times} short writes from {number} on")
    see_harm(verdict, life, fault)
    judge(verdict, yard, [life], downloaded(yard))
    return verdict
