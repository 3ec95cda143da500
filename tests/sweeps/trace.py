"""Does every system call of the write path go through ``disk.os_posix``? The kernel's own account says so.

The process runs under strace with each function of ``os_posix`` wrapped in two calls that do nothing but show in the
account: one as it is entered, one as it is left. A call that changes something below the folder of the models outside
of such a pair went around.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

from .judge import Verdict
from .marks import ENTER, LEAVE
from .pack import KILL_BOUND, SHORT_PACK, Yard
from .table import Outcome

_CHANGING = (
    "creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat"
    ",link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,sync_file_range,chmod,fchmod,fchmodat,utimensat"
    ",copy_file_range,sendfile,splice,mknod,mknodat,setxattr,fsetxattr"
)
_OPENING = "open,openat"
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)")


def check(name: str, folder: Path, *, control: str = "") -> Outcome:
    """One verdict for each changing call below the folder of the models."""
    outcome = Outcome(name, KILL_BOUND, expects=("lost",) if control else ())
    if shutil.which("strace") is None:
        outcome.skipped = "no strace"
        return outcome
    account = folder / "account"
    trace = f"trace=stat,newfstatat,statx,{_CHANGING},{_OPENING}"
    command = ("strace", "-f", "-qq", "-y", "-s", "0", "-o", str(account), "-e", trace)
    try:
        with Yard(folder, SHORT_PACK, prefix=command) as yard:
            yard.clear()
            life = yard.live("get", control=control, is_marked=True)
            assert life.code == 0, life
            outcome.take(_judge(account.read_text("utf-8", "replace").splitlines(), str(yard.to)))
    except subprocess.SubprocessError as error:
        outcome.skipped = str(error)
    return outcome


def _judge(lines: list[str], folder: str) -> list[Verdict]:
    verdicts = []
    inside: dict[str, int] = defaultdict(int)
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        thread, call, rest = found.groups()
        if ENTER in rest:
            inside[thread] += 1
        elif LEAVE in rest:
            inside[thread] -= 1
        elif folder in rest and _changes(call, rest):
            verdict = Verdict(f"{call}({rest[:160]}")
            if not inside[thread]:
                verdict.lost.append("goes around")
            verdicts.append(verdict)
    return verdicts


def _changes(call: str, rest: str) -> bool:
    if call in ("stat", "newfstatat", "statx"):
        return False
    if call in ("open", "openat"):
        return any(flag in rest for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"))
    return True
