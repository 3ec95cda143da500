"""The programs that the byte path is measured against, and our own: what they are told to do the same work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.limited import Outcome
from tests.bench.process import Usage, run

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Rivals:
    """Runs each program into a fresh folder below ``folder``, which is gone when the run is over.

    ``certificate`` is a file with the authority that vouches for the server, or None for plain HTTP.
    """

    folder: Path
    certificate: Path | None = None

    def get(
        self,
        locator: str | Path,
        *,
        jobs: int = 4,
        connections: int = 4,
        options: tuple[str, ...] = (),
        look: Callable[[Path], object] = str,
        program: str = "stabilitydl",
    ) -> Usage:
        """Our own program, every file checked; ``jobs`` files and connections per host at once.

        ``look`` is shown the folder with the files before it is gone; ``program`` is a module that runs it.
        """
        with _Scratch(self.folder) as place:
            home = place / "home"
            (home / "config").mkdir(parents=True)
            (home / "config" / "settings.toml").write_text(
                f"jobs = {jobs}\nconnections = {connections}\n"
                f"host_connections = {max(jobs, connections)}\ntotal_connections = {max(jobs, connections)}\n"
            )
            variables = {"HOME": str(place), "STABILITYDL_HOME": str(home)}
            if self.certificate is not None:
                variables["SSL_CERT_FILE"] = str(self.certificate)
            command = [sys.executable, "-m", program, "get", str(locator), "--yes", "--json", *options]
            usage = run([*command, "--to", place / "out"], env=self._environment(variables))
            look(place / "out")
            return usage

    def limited(self, limit: int, *lists: Path) -> Outcome:
        """What our engine makes of a limit in bytes per second over the files of two lists."""
        with _Scratch(self.folder) as place:
            home = {"HOME": str(place), "STABILITYDL_HOME": str(place / "home")}
            command = [sys.executable, "-m", "tests.bench.limited", str(limit), str(place / "out"), *map(str, lists)]
            done = subprocess.run(
                command, env=self._environment(home), stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT
            )
        return Outcome(**json.loads(done.stdout))

    def aria2(self, url: str, sha256: str, connections: int) -> Usage:
        """One file over some connections, its checksum checked."""
        return self._aria2(
            f"--max-connection-per-server={connections}", f"--split={connections}", f"--checksum=sha-256={sha256}", url
        )

    def aria2_list(self, path: Path, jobs: int) -> Usage:
        """The files of an input file, each with its checksum."""
        return self._aria2(f"--max-concurrent-downloads={jobs}", f"--input-file={path}")

    def _aria2(self, *options: str) -> Usage:
        with _Scratch(self.folder) as place:
            command = ["aria2c", "--no-conf", "--quiet", "--file-allocation=none", f"--dir={place}"]
            if self.certificate is not None:
                command.append(f"--ca-certificate={self.certificate}")
            return run([*command, *options], env=self._environment({"HOME": str(place)}))

    def curl(self, url: str, sha256: str) -> Usage:
        """One stream into a file, then sha256sum."""
        with _Scratch(self.folder) as place:
            trust = f"--cacert '{self.certificate}'" if self.certificate is not None else ""
            script = f"curl -sSf {trust} -o '{place}/out' '{url}' && echo '{sha256}  {place}/out' | sha256sum --check"
            return run(["sh", "-c", script], env=self._environment({"HOME": str(place)}))

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}


class _Scratch:
    """A folder that is removed at the end."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent

    def __enter__(self) -> Path:
        self._path = Path(tempfile.mkdtemp(dir=self._parent))
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
