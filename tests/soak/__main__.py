"""What takes longer than a test.

``python -m tests.soak quits --times 200`` starts the window and ends it again, and prints a table. The exit code is 0
only if every run ended with 0 and said nothing.

``python -m tests.soak churn --minutes 20 --rate 100`` lets files go through one window without end (G09), and prints
what it takes of the machine. The exit code is 0 only if that stays the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.soak import quits


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Run what takes longer than a test.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("quits", help="start the window and end it in every way, at any moment")
    one.add_argument("--times", type=int, default=200)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--display-every", type=int, default=10, help="one of so many on a real display, 0 for none")
    one.add_argument("--only", default="", help="only ways whose name contains this")
    one.add_argument("--strict", action="store_true", help="in Python's development mode, which warns of more")
    other = kinds.add_parser("churn", help="let files go through one window without end")
    other.add_argument("--minutes", type=float, default=20.0)
    other.add_argument("--rate", type=float, default=100.0, help="files a second, at most")
    options = parser.parse_args(words)
    if options.kind == "churn":
        return run_churn(options.minutes, options.rate)
    chosen = [way for way in quits.choose(options.times, options.display_every) if options.only in way.name]
    began = time.monotonic()
    outcomes: list[quits.Outcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        quits.Soak(
            Path(folder),
            seed=options.seed,
            with_display=any(way.on_display for way in chosen),
            strict=options.strict,
        ) as soak,
    ):
        for number, way in enumerate(chosen, 1):
            outcome = soak.run(way)
            outcomes.append(outcome)
            if not outcome.is_good:
                print(f"{number}: {outcome.way} after {outcome.moment:.3f} s: code {outcome.code} {outcome.left}")
                print(outcome.noise, flush=True)
        rest = soak.finish()
    print_table(outcomes)
    if rest:
        print(f"What was unfinished did not come: {rest}")
    print(f"{len(outcomes)} ends, seed {options.seed}, {time.monotonic() - began:.0f} s")
    return 0 if not rest and all(outcome.is_good for outcome in outcomes) else 1


def run_churn(minutes: float, rate: float) -> int:
    """Print a line for each sample; 0 when the last one has what the first one had."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.soak import churn

    began = time.monotonic()
    samples: list[churn.Sample] = []
    with tempfile.TemporaryDirectory(prefix="churn-") as folder, churn.Churn(Path(folder)) as soak:
        for sample in soak.run(minutes * 60, rate):
            samples.append(sample)
            counts = ", ".join(f"{value:.{'MiB' in name:d}f} {name}" for name, value in sample.counts.items())
            print(f"{(time.monotonic() - began) / 60:5.1f} min, {sample.files:7,} files: {counts}", flush=True)
    flat = churn.is_flat(samples)
    print("It stays the same." if flat else "It grows.")
    return 0 if flat else 1


def print_table(outcomes: Sequence[quits.Outcome]) -> None:
    """One line for each way: how often, how often well, and how long the end took."""
    print(f"{'way':28} {'runs':>4} {'good':>4} {'median s':>8} {'most s':>7}")
    for way in dict.fromkeys(outcome.way for outcome in outcomes):
        found = [outcome for outcome in outcomes if outcome.way == way]
        seconds = [outcome.seconds for outcome in found if outcome.seconds is not None]
        good = sum(outcome.is_good for outcome in found)
        times = f"{median(seconds):8.2f} {max(seconds):7.2f}" if seconds else ""
        print(f"{way:28} {len(found):4} {good:4} {times}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
