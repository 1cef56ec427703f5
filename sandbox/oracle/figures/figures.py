"""All figures of a run."""

from __future__ import annotations

from sandbox.oracle.figures.backlog import EVERY_US, Backlog, Floor
from sandbox.oracle.figures.changes import ChangeFigures
from sandbox.oracle.figures.exceptions import ExceptionFigures
from sandbox.oracle.figures.figure import MINUTE_US, SECOND_US, Figure, Outside, Series, spread
from sandbox.oracle.figures.money import MoneyFigures
from sandbox.oracle.figures.orders import OrderFigures
from sandbox.oracle.figures.returns import ReturnFigures
from sandbox.oracle.invariants.load_bounded import LoadBounded
from sandbox.oracle.invariants.recovery import Recovery
from sandbox.oracle.invariants.stock_convergence import StockConvergence
from sandbox.oracle.oracle import Oracle


class Figures:
    """Hears each fact with `oracle`, right after its monitors; to be made before the first fact.

    Backlogs are looked at every `every_us`.
    """

    def __init__(self, oracle: Oracle, every_us: int = EVERY_US) -> None:
        self._orders = OrderFigures(oracle.cases)
        self._money = MoneyFigures(oracle.cases)
        self._exceptions = ExceptionFigures()
        self._returns = ReturnFigures()
        self._changes = ChangeFigures(oracle.cases)
        self._load = next((m for m in oracle.monitors if isinstance(m, LoadBounded)), None)
        self._recovery = next((m for m in oracle.monitors if isinstance(m, Recovery)), None)
        floor = Floor()
        self._stock = next((m for m in oracle.monitors if isinstance(m, StockConvergence)), None)
        self._backlog = Backlog(self._orders, self._money, self._exceptions, floor, self._stock, every_us)
        oracle.admit((self._orders, self._money, self._exceptions, self._changes, self._returns, floor), self._backlog)

    def close(self, now_us: int, outside: Outside | None = None) -> tuple[Figure, ...]:
        """All figures as of `now_us`, with what was counted outside."""
        self._backlog.fire(now_us + 1)
        lags_us = self._stock.lags_us if self._stock is not None else ()
        about = "a change of what can be promised until the channel shows it"
        return (
            *self._orders.figures(),
            *spread("inventory sync lag", lags_us, "s", SECOND_US, about, (50, 95, 100)),
            *self._money.figures(),
            *self._changes.figures(),
            *self._exceptions.figures(now_us),
            *self._returns.figures(),
            *self._of_trouble(),
            *self._from_outside(outside or Outside()),
        )

    def series(self) -> tuple[Series, ...]:
        """What waited where over time, up to the last fact heard or the close."""
        return tuple(self._backlog.series())

    def _of_trouble(self) -> list[Figure]:
        repeats = None if self._load is None else self._load.repeats
        recovery_us = None if self._recovery is None else self._recovery.recovered_us()
        recovery_min = None if recovery_us is None else round(recovery_us / MINUTE_US, 1)
        about = "from the end of the faults until 95 in a hundred of what waited then were done"
        return [
            Figure("repeated calls", repeats, "calls", "made again after a system had not answered"),
            Figure("recovery time", recovery_min, "min", about),
        ]

    def _from_outside(self, outside: Outside) -> list[Figure]:
        absorbed = outside.duplicates_absorbed
        told = [Figure("duplicates absorbed", absorbed, "messages", "repeated messages that caused no second effect")]
        accepted = self._orders.accepted
        if outside.traffic:
            calls = sum(traffic.calls for traffic in outside.traffic.values())
            about = "to all systems, by everybody, over the whole run: polls while it settled are in it"
            told.append(Figure("calls per order", _rate(calls, accepted), "calls", about, accepted))
        for system, traffic in sorted(outside.traffic.items()):
            each = _rate(traffic.calls, accepted)
            told.append(
                Figure(f"calls per order to {system}", each, "calls", f"calls to {system} over the whole run", accepted)
            )
            peak = f"most calls to {system} in one minute"
            told.append(Figure(f"peak load on {system}", traffic.peak_per_minute, "calls/min", peak))
            if traffic.peak_in_flight is not None:
                most = f"most calls to {system} under way at one moment, served or turned away"
                told.append(Figure(f"peak in flight at {system}", traffic.peak_in_flight, "calls", most))
        return told


def _rate(calls: int, orders: int) -> float | None:
    return round(calls / orders, 2) if orders else None
