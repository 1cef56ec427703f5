"""`make bench`: every bench_*.py in this folder, as a table and as build/bench.json."""

import importlib
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "build" / "bench.json"


def main() -> None:
    """Run all, show and keep the rows."""
    console = Console()
    rows: list[dict[str, Any]] = []
    for path in sorted(HERE.glob("bench_*.py")):
        with console.status(f"measuring {path.stem.removeprefix('bench_')}"):
            rows += importlib.import_module(f"tests.benchmarks.{path.stem}").rows()
    console.print(_table(rows))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=2) + "\n")
    console.print(f"kept in {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("what", "unit", title="ratio = ours / baseline, in one run", title_justify="left")
    for column in ("ours", "baseline", "ratio"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(row["name"], row["unit"], *(f"{row[column]:,.2f}" for column in ("ours", "baseline", "ratio")))
    return table


if __name__ == "__main__":
    main()
