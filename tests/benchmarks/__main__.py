"""`make bench`: every bench_*.py in this folder, as a table and as build/bench.json.

`python -m tests.benchmarks --only NAME` runs one, and leaves the rows of the others in the file. What needs a program
that this machine has not is left out, and said; with `--only` that is exit code 2.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.missing import Missing

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "build" / "bench.json"
NAMES = [path.stem.removeprefix("bench_") for path in sorted(HERE.glob("bench_*.py"))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all that is asked for, show and keep the rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="NAME", choices=NAMES, help=f"one of {', '.join(NAMES)}")
    only = parser.parse_args(arguments).only
    console = Console()
    kept = _kept() if only else {}
    measured: dict[str, list[dict[str, Any]]] = {}
    for name in [only] if only else NAMES:
        try:
            with console.status(f"measuring {name}"):
                measured[name] = importlib.import_module(f"tests.benchmarks.bench_{name}").rows()
        except Missing as missing:
            console.print(f"{name} is not measured: {missing}", markup=False)
    if only and not measured:
        return 2
    console.print(_table([row for rows in measured.values() for row in rows]))
    everything = {**kept, **measured}
    OUT.parent.mkdir(exist_ok=True)
    rows = [{"bench": name, **row} for name in sorted(everything) for row in everything[name]]
    OUT.write_text(json.dumps(rows, indent=2) + "\n")
    console.print(f"kept in {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")
    return 0


def _kept() -> dict[str, list[dict[str, Any]]]:
    """The rows of earlier runs, by benchmark."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads(OUT.read_text()) if OUT.exists() else []:
        if "bench" in row:
            found.setdefault(row.pop("bench"), []).append(row)
    return found


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("what", "unit", title="ratio = ours / baseline, in one run", title_justify="left")
    for column in ("ours", "baseline", "ratio"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(row["name"], row["unit"], *(f"{row[column]:,.2f}" for column in ("ours", "baseline", "ratio")))
    return table


if __name__ == "__main__":
    sys.exit(main())
