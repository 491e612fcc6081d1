"""Run the benchmarks named on the command line, or all."""

from __future__ import annotations

import importlib
import platform
import sys

from benchmarks._report import show

NAMES = ("kernel", "grid", "footprint", "cashflows", "sensitivity", "simulation", "fundamental", "technical")


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()} on {platform.machine()}")
    missed = 0
    for name in names or NAMES:
        print(f"\n{name}")
        rows = importlib.import_module(f"benchmarks.{name}").rows()
        show(rows)
        missed += sum(row.missed for row in rows)
    print(f"\n{missed} goal(s) missed" if missed else "\nall goals reached")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
