"""What keeping a run costs, in microseconds a fact; against json.dumps and one INSERT for each."""

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from mock_systems.kit.ledger import Fact
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import Summary
from sandbox.worlds.virtual.collector import resting

_FACTS = 50_000
_BEGUN = Summary(title="Bench", scenario="bench", design="hybrid", seed=1, repeat="-")
_COLUMNS = "seq INTEGER PRIMARY KEY, at_us, system, system_seq, kind, entity, order_number, trace, fence, data"


def rows() -> list[dict[str, Any]]:
    """One row: `ratio` is ours / baseline."""
    with resting():
        ours, baseline = min(_ours() for _ in range(3)), min(_baseline() for _ in range(3))
    return [
        {
            "name": "a fact kept in the record, against json.dumps and one INSERT each",
            "unit": "us",
            "ours": round(ours, 2),
            "baseline": round(baseline, 2),
            "ratio": round(ours / baseline, 2),
        }
    ]


def _facts() -> Iterator[Fact]:
    """Stock moves, the most frequent of the larger facts."""
    seq = 0
    while True:
        seq += 1
        data = {"site": "LDS", "sku": "85123A", "quantity": -3, "reason": "ship", "sequence": seq, "on_hand": 100}
        data |= {"reserved": 4, "reference": "OUT-LDS-000001"}
        order = f"W-{seq // 20:06d}"
        yield Fact(seq, seq * 1000, "wms", "stock.moved", "LDS/85123A", order, data, "ab" * 16, 3)


def _ours() -> float:
    facts = list(islice(_facts(), _FACTS))
    with tempfile.TemporaryDirectory() as folder, RecordWriter(Path(folder) / "run", _BEGUN) as writer:
        start = time.perf_counter()
        for fact in facts:
            writer.fact(fact)
        writer.flush()
        return (time.perf_counter() - start) / _FACTS * 1e6


def _baseline() -> float:
    facts = list(islice(_facts(), _FACTS))
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "facts.sqlite", isolation_level=None)
        db.execute(f"CREATE TABLE facts ({_COLUMNS})")
        start = time.perf_counter()
        db.execute("BEGIN")
        for seq, f in enumerate(facts, start=1):
            values = (seq, f.at_us, f.system, f.seq, f.kind, f.entity, f.order, f.trace, f.fence, json.dumps(f.data))
            db.execute("INSERT INTO facts VALUES (?,?,?,?,?,?,?,?,?,?)", values)
        db.execute("COMMIT")
        seconds = time.perf_counter() - start
        db.close()
    return seconds / _FACTS * 1e6


if __name__ == "__main__":
    print(rows())
