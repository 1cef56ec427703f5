"""The facts of a record, added up in SQL: a report of a long run loads sums, not facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import InputError
from sandbox.records.record_folder import FACTS_FILE

_UNITS = "(SELECT SUM(json_extract(value, '$.quantity')) FROM json_each(data, '$.lines'))"
# One pass over the facts; everything else is asked of these small tables.
_TABLES = f"""
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE steps AS
SELECT seq, at_us, kind, order_number AS number,
  CASE WHEN kind IN ('order.accepted', 'outbound.shipped') THEN {_UNITS} END AS units,
  CASE kind WHEN 'order.accepted' THEN data ->> '$.total_minor'
            WHEN 'payment.captured' THEN data ->> '$.amount_minor' END AS minor,
  CASE kind WHEN 'order.accepted' THEN data ->> '$.payment' END AS payment
FROM facts
WHERE (system, kind) IN (VALUES ('commerce', 'order.accepted'), ('commerce', 'order.refused'),
    ('commerce', 'order.cancelled'), ('commerce', 'payment.captured'), ('wms', 'outbound.shipped'),
    ('erp', 'invoice.posted'));

CREATE TEMP TABLE orders AS
SELECT number, MIN(at_us) AS accepted_us, units, minor, payment,
  NULL AS cancelled_us, NULL AS shipped_us, NULL AS paid_us
FROM steps WHERE kind = 'order.accepted' GROUP BY number;
CREATE UNIQUE INDEX temp.orders_by_number ON orders (number);

CREATE TEMP TABLE done AS
SELECT number, kind, at_us, SUM(units) OVER so_far AS units, SUM(minor) OVER so_far AS minor,
  ROW_NUMBER() OVER so_far AS place
FROM steps WHERE kind <> 'order.accepted' AND number IS NOT NULL
WINDOW so_far AS (PARTITION BY number, kind ORDER BY seq);
CREATE INDEX temp.done_by_number ON done (number, kind);

UPDATE orders SET
  cancelled_us = (SELECT MIN(at_us) FROM done d WHERE d.number = orders.number AND d.kind = 'order.cancelled'),
  shipped_us = (SELECT MIN(at_us) FROM done d
    WHERE d.number = orders.number AND d.kind = 'outbound.shipped' AND d.units >= orders.units),
  paid_us = (SELECT MIN(at_us) FROM done d
    WHERE d.number = orders.number AND d.kind = 'payment.captured' AND d.minor >= orders.minor);

CREATE TEMP TABLE shipments AS
SELECT number, place, MAX(CASE kind WHEN 'outbound.shipped' THEN at_us END) AS shipped_us,
  MAX(CASE kind WHEN 'invoice.posted' THEN at_us END) AS invoiced_us
FROM done WHERE kind IN ('outbound.shipped', 'invoice.posted') GROUP BY number, place;
"""
# An order's shipments are invoiced in the order in which they left.
_BACKLOGS = {
    "accepted, not yet shipped": (
        "SELECT accepted_us AS at_us, 1 AS change FROM orders UNION ALL "
        "SELECT MIN(COALESCE(cancelled_us, shipped_us), COALESCE(shipped_us, cancelled_us)), -1 FROM orders "
        "WHERE COALESCE(cancelled_us, shipped_us) IS NOT NULL"
    ),
    "shipped, not yet invoiced": (
        "SELECT shipped_us AS at_us, 1 AS change FROM shipments WHERE shipped_us IS NOT NULL UNION ALL "
        "SELECT MAX(invoiced_us, shipped_us), -1 FROM shipments WHERE invoiced_us >= 0 AND shipped_us >= 0"
    ),
}
_STANDING = "WHERE COALESCE(cancelled_us, 9e18) >="
_LATENCIES = {
    "order to ship": f"SELECT shipped_us - accepted_us AS us FROM orders {_STANDING} shipped_us",
    "order to cash": f"SELECT paid_us - accepted_us AS us FROM orders {_STANDING} paid_us AND payment = 'card'",
    "invoice delay": "SELECT invoiced_us - shipped_us AS us FROM shipments",
}
Point = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Books:
    """A run's facts, open for reading."""

    db: sqlite3.Connection

    def orders(self, kind: str, every_us: int) -> list[tuple[int, int]]:
        """How many facts `order.<kind>` there were in each stretch of `every_us`, by its beginning."""
        return self.rows(
            "SELECT at_us / ?1 * ?1, COUNT(*) FROM steps WHERE kind = ?2 GROUP BY 1 ORDER BY 1",
            every_us,
            f"order.{kind}",
        )

    def count(self, kind: str) -> int:
        """How many orders were `accepted`, `refused` or `cancelled`."""
        return int(self.rows("SELECT COUNT(*) FROM steps WHERE kind = ?", f"order.{kind}")[0][0])

    def backlogs(self, every_us: int) -> dict[str, list[Point]]:
        """What is under way, just before the end of each stretch in which it changed.

        Trucks leave on the hour, and are invoiced a second later: a look right then would see a backlog in each hour.
        """
        return {
            name: self.rows(
                "SELECT at_us / ?1 * ?1 + ?1 AS ends_us, SUM(SUM(change)) OVER (ORDER BY at_us / ?1) "
                f"FROM ({changes}) GROUP BY 1 ORDER BY 1",
                every_us,
            )
            for name, changes in _BACKLOGS.items()
        }

    def latencies(self) -> dict[str, list[int]]:
        """Every duration that was observed, in microseconds, ascending."""
        return {
            name: [us for (us,) in self.rows(f"SELECT us FROM ({asked}) WHERE us >= 0 ORDER BY us")]
            for name, asked in _LATENCIES.items()
        }

    def span(self) -> tuple[int, int] | None:
        """When the first and the last fact happened; None without facts."""
        first, last = self.rows("SELECT MIN(at_us), MAX(at_us) FROM facts")[0]
        return None if first is None else (first, last)

    def last_step_us(self) -> int | None:
        """When an order last moved, or stock came or was adjusted; None where nothing did."""
        moved = "kind = 'stock.moved' AND json_extract(data, '$.reason') <> 'ship'"
        asked = f"SELECT at_us FROM steps UNION ALL SELECT at_us FROM facts WHERE {moved}"
        return self.rows(f"SELECT MAX(at_us) FROM ({asked})")[0][0]  # type: ignore[no-any-return]

    def facts(self) -> int:
        """How many facts there are."""
        return int(self.rows("SELECT COUNT(*) FROM facts")[0][0])

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """The rows that a query finds."""
        return self.db.execute(sql, values).fetchall()


@contextmanager
def opened(folder: Path) -> Iterator[Books]:
    """The books of a record, read-only. Raises InputError where they cannot be read."""
    path = folder / FACTS_FILE
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            db.executescript(_TABLES)
            yield Books(db)
        finally:
            db.close()
    except sqlite3.Error as error:
        remedy = "it was damaged, or written by another version: repeat the run"
        raise InputError(f"cannot be read ({error})", file=str(path), remedy=remedy) from None
