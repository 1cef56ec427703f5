"""A monitor watches one invariant, fact by fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.cases import Cases
from sandbox.oracle.context import Context, Patience
from sandbox.oracle.dispatch import Watcher
from sandbox.oracle.timers import Agenda, Deadline, Late
from sandbox.oracle.verdict import FactRef, Finding, Outcome, Verdict

OPEN_EXCEPTION: Final = "an exception is open for the order"


class Monitor(Watcher):
    """Base of all invariants.

    `parts` are the roles that must have been checked before the invariant may be said to hold, each with what the
    verdict says where nothing was; `flows` those of flows that not every business has: the verdict tells which were
    not tried, and may hold without them. Without `ledgers` it can't be judged at all. Subclasses count checks
    in `checks[role]`, report with `report` and owe with `deadline`; `settle` is for what only the end shows.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    parts: ClassVar[Mapping[str, str]]
    flows: ClassVar[Mapping[str, str]] = MappingProxyType({})
    ledgers: ClassVar[tuple[str, ...]]

    def __init__(self, context: Context, cases: Cases, agenda: Agenda) -> None:
        self.context = context
        self.cases = cases
        self.checks: dict[str, int] = dict.fromkeys((*self.parts, *self.flows), 0)
        self.findings: list[Finding] = []
        self.excuses: Counter[str] = Counter()
        self._excused_before: set[tuple[str, Hashable]] = set()
        self._agenda = agenda
        self._deadlines: list[Deadline] = []
        self.prepare()

    def prepare(self) -> None:
        """Set up the monitor's own books."""

    @property
    def pending(self) -> int:
        """How much is owed and not late."""
        return sum(deadline.pending for deadline in self._deadlines)

    def settle(self, now_us: int) -> list[Finding]:
        """Findings that hold as of now, and may not hold later. Nothing of the monitor changes."""
        return []

    def measured(self) -> Mapping[str, float | None]:
        """Figures that fell off on the way."""
        return {}

    def deadline(self, limit_us: int, late: Late, *needs: str) -> Deadline:
        """A kind of obligation with `limit_us`, which stands still while a system in `needs` is away."""
        patience: Patience = self.context.patience(limit_us, *needs)
        deadline = Deadline(self._agenda, patience, late)
        self._deadlines.append(deadline)
        return deadline

    def excuse(self, reason: str, what: Hashable) -> None:
        """Count `what` as excused for that reason, once."""
        if (reason, what) not in self._excused_before:
            self._excused_before.add((reason, what))
            self.excuses[reason] += 1

    def finding(
        self, role: str, order: str | None, entity: str, at_us: int, message: str, *evidence: Fact | None
    ) -> Finding:
        """A finding of this invariant; facts that are None are left out of the evidence."""
        refs = tuple(FactRef(fact.system, fact.seq) for fact in evidence if fact is not None)
        return Finding(self.id, role, order, entity, at_us, message, refs)

    def is_surfaced(self, order: str | None, *subjects: str) -> bool:
        """Whether an exception is open for the order, or about one of the subjects."""
        case = self.cases.by_order.get(order or "") if order else None
        if case is not None and case.exceptions:
            return True
        surfaced = self.cases.surfaced
        return any(surfaced.get(subject) for subject in subjects)

    def report(self, role: str, fact: Fact, message: str, *evidence: Fact | None) -> None:
        """`fact` breaks the invariant, here and now."""
        self.findings.append(self.finding(role, fact.order, fact.entity, fact.at_us, message, *evidence, fact))

    def verdict(self, now_us: int) -> Verdict:
        """The verdict as of now."""
        deaf = [ledger for ledger in self.ledgers if ledger not in self.context.ledgers]
        if deaf:
            unknown = tuple(f"the ledger of {ledger} was not heard" for ledger in deaf)
            return Verdict(self.id, self.name, Outcome.UNKNOWN, 0, unknown=unknown)
        findings = sorted([*self.findings, *self.settle(now_us)], key=lambda found: found.at_us)
        unknown = tuple(why for role, why in self.parts.items() if not self.checks[role])
        outcome = Outcome.VIOLATED if findings else Outcome.UNKNOWN if unknown else Outcome.PASSED
        return Verdict(
            self.id,
            self.name,
            outcome,
            sum(self.checks.values()),
            tuple(findings),
            self._excused(),
            self.pending,
            unknown,
            self.measured(),
            tuple(why for role, why in self.flows.items() if not self.checks[role]),
        )

    def _excused(self) -> dict[str, int]:
        excused = Counter(self.excuses)
        for deadline in self._deadlines:
            excused.update(deadline.excused)
        return {reason: count for reason, count in sorted(excused.items()) if count > 0}
