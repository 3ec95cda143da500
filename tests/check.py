"""The one check command: ``python -m tests.check`` runs everything that a change must pass.

Steps, in this order: ``lint``, ``format``, ``types`` (for three platforms), ``layers``, ``tests`` (the whole suite)
and ``bare`` (tests without a window, where PySide6 and pytest-qt cannot be imported). Name some to run only
those. Every step runs even where an earlier one failed; the exit code is 0 only if all passed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = ("linux", "win32", "darwin")
BARE = ROOT / "tests" / "bare"
"""On PYTHONPATH, this folder hides what the bare tests do without."""


BARE_CHOICE = (
    *("tests/unit", "tests/engine", "tests/e2e/test_demo.py", "tests/e2e/test_get.py"),
    *("-m", "not gui and not bench and not slow"),
)
"""Everything that imports the product, and the main job as a process. The sweeps, and what else drives whole programs
against whole servers, import nothing more and take minutes."""


@dataclass(frozen=True)
class Step:
    """One check: its commands are run one after the other, and all must end with 0."""

    name: str
    commands: Sequence[Sequence[str]]
    environment: dict[str, str] = field(default_factory=dict)


def steps() -> list[Step]:
    """All steps, in order."""
    python = sys.executable
    return [
        Step("lint", [[python, "-m", "ruff", "check", "."]]),
        Step("format", [[python, "-m", "ruff", "format", "--check", "."]]),
        Step("types", [[python, "-m", "mypy", f"--platform={platform}"] for platform in PLATFORMS]),
        Step("layers", [[python, "-c", "from importlinter.cli import lint_imports_command as run; run()"]]),
        Step("tests", [[python, "-m", "pytest", "-q"]]),
        Step(
            "bare",
            [
                [python, "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('PySide6') is not None)"],
                [python, "-m", "pytest", "-q", "-p", "no:pytest-qt", "-n", str(os.cpu_count()), *BARE_CHOICE],
            ],
            {"PYTHONPATH": os.pathsep.join([str(BARE), *filter(None, [os.environ.get("PYTHONPATH")])])},
        ),
    ]


def run(step: Step) -> tuple[bool, float]:
    """Run one step: did it pass, and in how many seconds?"""
    print(f"== {step.name}", flush=True)
    start = time.monotonic()
    environment = {**os.environ, **step.environment}
    passed = True
    for command in step.commands:
        passed &= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0
    return passed, time.monotonic() - start


def main(words: Sequence[str] | None = None) -> int:
    available = steps()
    parser = argparse.ArgumentParser(prog="python -m tests.check", description="Run what a change must pass.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(step.name for step in available))
    parser.add_argument("--skip", action="append", default=[], metavar="STEP", help="leave a step out")
    options = parser.parse_args(words)
    names = {step.name for step in available}
    if unknown := {*options.steps, *options.skip} - names:
        parser.error(f"unknown step: {', '.join(sorted(unknown))}")
    chosen = [
        step
        for step in available
        if step.name not in options.skip and (not options.steps or step.name in options.steps)
    ]
    results = [(step.name, *run(step)) for step in chosen]
    print("\n== summary")
    for name, passed, seconds in results:
        print(f"{'passed' if passed else 'FAILED'}  {name:8} {seconds:6.1f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
