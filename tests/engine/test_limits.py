"""What the system allows a process: few open files, no large ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stabilitydl.store.store import Store
from tests.engine.real import contents
from tests.fakes.origin import FileOrigin, Served

pytest.importorskip("resource", reason="limits of this kind exist on POSIX only")

_LIMITED = """
import resource, runpy, sys
limit, value = getattr(resource, sys.argv[1]), int(sys.argv[2])
del sys.argv[1:3]
resource.setrlimit(limit, (value, value))
runpy.run_module("tests.engine.child", run_name="__main__")
"""


def limited(limit: str, value: int, home: Path, to: Path, files: Sequence[Served]) -> list[str]:
    """The lines of a process that brings ``files`` under a limit."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", _LIMITED, limit, str(value)),
            *(str(home), str(to), ",".join(file.sha256 for file in files), *(file.url for file in files)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_many_files_in_the_queue_need_few_descriptors(tmp_path: Path) -> None:
    """D13: what waits holds none."""
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(2000, number)) for number in range(150)]
        files += [origin.add(f"/large-{number}.bin", contents(9 << 20, number)) for number in range(4)]
        *_, end = limited("RLIMIT_NOFILE", 72, tmp_path, tmp_path / "to", files)
    assert end.split()[1:] == ["downloaded"] * 154
    assert len(list((tmp_path / "to").iterdir())) == 154


def test_a_file_that_grows_larger_than_allowed_fails_alone(tmp_path: Path) -> None:
    """D08, in mid-file: the part is kept, the others come."""
    with FileOrigin() as origin:
        files = [origin.add("/large.bin", contents(40 << 20, 1)), origin.add("/small.bin", contents(1000, 2))]
        *_, end = limited("RLIMIT_FSIZE", 20 << 20, tmp_path, tmp_path / "to", files)
        assert files[0].sent <= 40 << 20, "it is not tried again and again"
    assert end.split()[1:] == ["failed", "downloaded"]
    store = Store.open(tmp_path / "data" / "stabilitydl.db")
    assert [row.problem and row.problem.code for row in store.resources()] == ["file-too-large", None]
    store.close()
    names = sorted(path.name for path in (tmp_path / "to").iterdir())
    assert names[0].startswith("large.bin.")
    assert names[-1] == "small.bin"
    assert "large.bin" not in names
