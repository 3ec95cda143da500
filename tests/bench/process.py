"""Whole processes, timed from outside: wall time, processor time and peak memory as the system counts them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """What one run of a process took: seconds, seconds, MiB."""

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> Usage:
    """Run ``command`` to its end and count. Raises CalledProcessError, with its output, when it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command), output)
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median_of(runs: int, once: Callable[[], Usage]) -> Usage:
    """Medians of several runs, each figure by itself, after one run that is not counted."""
    once()
    usages = [once() for _ in range(runs)]
    return Usage(
        statistics.median(usage.wall for usage in usages),
        statistics.median(usage.cpu for usage in usages),
        statistics.median(usage.memory for usage in usages),
    )
