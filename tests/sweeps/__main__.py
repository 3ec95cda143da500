"""Run the sweeps, two at a time, and print the table; the exit code is 0 when everything held, every control failed as
it must, and enough was struck."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from .plan import COUNTED, PLAN, run_alone
from .table import Outcome, lines, totals

AT_ONCE = 2
"""Sweeps that run beside each other: one for each processor of a small machine."""


def main() -> int:
    parts = tuple(dict.fromkeys(planned.part for planned in PLAN.values()))
    parser = argparse.ArgumentParser(prog="python -m tests.sweeps", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="part", help=f"only these: {', '.join(parts)}, or names of sweeps")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help="sweeps beside each other")
    options = parser.parse_args()
    if unknown := set(options.names) - {*parts, *PLAN}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    wanted = set(options.names or parts)
    chosen = [name for name, planned in PLAN.items() if wanted & {name, planned.part}]
    found: dict[str, Outcome] = {}
    with ProcessPoolExecutor(options.at_once, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(run_alone, name) for name in chosen]):
            outcome, seconds = done.result()
            found[outcome.name] = outcome
            print(f"{outcome.name}: {len(outcome.verdicts)} points, {seconds:.0f} s", flush=True)
            if not outcome.is_good:
                print(*(f"  {verdict}" for verdict in outcome.failures), sep="\n", flush=True)
    outcomes = [found[name] for name in chosen]
    said, is_enough = totals(outcomes, [kind for part, kind in COUNTED.items() if part in wanted])
    print("", *lines(outcomes), "", *said, sep="\n")
    return 0 if is_enough and all(outcome.is_good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
