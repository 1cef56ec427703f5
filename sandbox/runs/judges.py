"""Who listens to a run's facts: the oracle, the figures, counts and the comparison of books; for both worlds."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact, Listener
from sandbox.oracle.book_comparison import BookComparison, Comparison
from sandbox.oracle.context import Context
from sandbox.oracle.figures import Figures
from sandbox.oracle.figures.backlog import sampled_every_us
from sandbox.oracle.oracle import Oracle
from sandbox.oracle.verdict import Verdict
from sandbox.runs.tallies import Tallies


class Judges:
    """Made before the first fact of a run that lasts `span_us`; `listeners` hear each fact once, in the run's order.

    Figures are `figures.close(...)`, after `close`. `desk` has the facts of the operations desk.
    """

    def __init__(self, context: Context, span_us: int) -> None:
        self.oracle = Oracle(context)
        self.figures = Figures(self.oracle, sampled_every_us(span_us))
        self.tallies = Tallies()
        self.books = BookComparison()
        self.desk: list[Fact] = []
        self.listeners: list[Listener] = [self.oracle.observe, self.tallies.observe, self.books.hear, self._keep]

    def close(self, end_us: int) -> tuple[Verdict, ...]:
        """The run ends at `end_us`: the verdict on each invariant."""
        return self.oracle.close(end_us)

    def comparisons(self) -> list[Comparison]:
        """The systems' books held against each other as they are now."""
        return self.books.comparisons(self.oracle.cases.availability)

    def _keep(self, fact: Fact) -> None:
        if fact.system == "desk":
            self.desk.append(fact)
