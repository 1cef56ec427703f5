"""Orders created on the live commerce mock (validation, Idempotency-Key, stock, ledger), against mocks from npm."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from mock_systems.kit.opening import Opening
from tests.benchmarks.npm_mocks import PACKAGES, commands, needs_npm
from tests.benchmarks.server_process import free_port, running
from tests.benchmarks.wrk_client import a_core, needs_wrk
from tests.mock_systems.shop import opening

SECONDS = 8
_STOCK = {"CUP": 10_000_000, "LAMP": 10_000_000, "TIN": 0}
_NAMES = dict(zip(("prism-cli", "mockoon-cli", "mountebank"), PACKAGES, strict=True))


def rows() -> list[dict[str, Any]]:
    """One row for each of them; `ratio` is ours / baseline. Raises Missing."""
    needs_wrk()
    needs_npm()
    with tempfile.TemporaryDirectory() as place:
        ours = _ours(Path(place))
        theirs = {name: _theirs(Path(place), name) for name in commands()}
    return [
        {
            "name": f"orders created on the live commerce mock, against {_NAMES[name]} with the same operation",
            "unit": "1/s a core",
            "ours": round(ours),
            "baseline": round(baseline),
            "ratio": round(ours / baseline, 2),
        }
        for name, baseline in theirs.items()
    ]


def _ours(place: Path) -> float:
    port, admin_port = free_port(), free_port()
    file = place / "commerce.json"
    wanted = {
        "blueprint": {"system": "commerce", "door": {"service_ms": 0, "service_sigma": 0}},
        "folder": str(place / "commerce"),
        "port": port,
        "admin_port": admin_port,
        "opening": TypeAdapter(Opening).dump_python(opening(_STOCK), mode="json"),
        "tokens": {"BENCH_SHOPPER": ["shopper"]},
        "admin_token": "BENCH_ADMIN",
        "ends_with_stdin": True,
        "log_calls": False,
    }
    file.write_text(json.dumps(wanted))
    secrets = {"BENCH_SHOPPER": "shopper", "BENCH_ADMIN": "admin"}
    command = [sys.executable, "-m", "mock_systems", "serve", str(file)]
    with running(command, port, place / "commerce.log", secrets) as server:
        return a_core(server, f"http://127.0.0.1:{port}", SECONDS)


def _theirs(place: Path, name: str) -> float:
    port, folder = free_port(), place / name
    folder.mkdir()
    with running(commands()[name](folder, port), port, folder / "log", cwd=folder) as server:
        return a_core(server, f"http://127.0.0.1:{port}", SECONDS)


if __name__ == "__main__":
    for row in rows():
        print(f"{row['name']}: {row['ours']} {row['unit']}, baseline {row['baseline']}, ratio {row['ratio']}")
