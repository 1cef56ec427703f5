"""The verdict of a run in one sentence, in the words of the business."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from sandbox.records.summary import Finding, InvariantResult, Summary
from sandbox.reporting.wording import joined, plural

Tone = Literal["pass", "violated", "unknown"]

Key = tuple[str, str]

# (invariant, role): what happened to one, and to several. "" is for any other role. An invariant's worst comes first.
_BREACHES: Mapping[Key, tuple[str, str]] = {
    ("I1", ""): ("order was lost", "orders were lost"),
    ("I2", ""): ("order was entered twice in the ERP", "orders were entered twice in the ERP"),
    ("I3", ""): ("item was sold that was not there", "items were sold that were not there"),
    ("I4", "quantity"): ("order was shipped twice", "orders were shipped twice"),
    ("I4", "unused"): ("paid label was never used", "paid labels were never used"),
    ("I4", ""): ("parcel left under a wrong label", "parcels left under a wrong label"),
    ("I5", "told"): ("shopper was not told that it is too late", "shoppers were not told that it is too late"),
    ("I5", ""): ("cancelled order was shipped", "cancelled orders were shipped"),
    ("I6", "once"): ("order was invoiced twice", "orders were invoiced twice"),
    ("I6", "ahead"): (
        "order was invoiced for more than was shipped",
        "orders were invoiced for more than was shipped",
    ),
    ("I6", "issued"): (
        "order left the ERP's stock without being shipped",
        "orders left the ERP's stock without being shipped",
    ),
    ("I6", "owed"): ("shipped order was not invoiced", "shipped orders were not invoiced"),
    ("I7", "captures"): ("order has card charges that do not add up", "orders have card charges that do not add up"),
    ("I7", "payments"): ("payment was booked wrongly", "payments were booked wrongly"),
    ("I7", "ledger"): ("ledger entry does not add up", "ledger entries do not add up"),
    ("I7", ""): ("order was invoiced at a wrong amount", "orders were invoiced at a wrong amount"),
    ("I8", ""): ("stock record does not add up", "stock records do not add up"),
    ("I9", ""): ("item was sold from a wrong stock level", "items were sold from a wrong stock level"),
    ("I10", "stuck"): ("order stood still and nobody was told", "orders stood still and nobody was told"),
    ("I10", "false_alarm"): (
        "exception stayed open although its order ended well",
        "exceptions stayed open although their orders ended well",
    ),
    ("I10", ""): ("trouble was put before people twice", "troubles were put before people twice"),
    ("I11", ""): ("message went backwards in time", "messages went backwards in time"),
    ("I12", ""): ("piece of work stood still", "pieces of work stood still"),
    ("I13", ""): ("document belongs to the wrong order", "documents belong to the wrong order"),
    ("I14", ""): ("order left something behind", "orders left something behind"),
    ("I15", ""): ("system was overrun with repeated calls", "systems were overrun with repeated calls"),
    ("I16", ""): ("kind of work did not recover", "kinds of work did not recover"),
    ("I17", "catalogue"): ("item is not shown as the ERP has it", "items are not shown as the ERP has them"),
    ("I17", ""): ("order means something else in another system", "orders mean something else in another system"),
    ("I18", ""): ("order was changed by a core that was replaced", "orders were changed by a core that was replaced"),
    ("I19", ""): ("effect cannot be traced to an order", "effects cannot be traced to an order"),
}
# What may be said of all orders when these invariants hold.
_ASSURANCES = (("lost", ("I1",)), ("doubled", ("I2", "I4")), ("wrongly invoiced", ("I6", "I7")))
_BREACHES_TOLD = 3


def headline(summary: Summary, orders: int) -> tuple[Tone, str]:
    """How it went, and the sentence; `orders` were accepted."""
    violated = [found for found in summary.invariants if found.verdict == "violated"]
    if violated:
        return "violated", f"{_breaches(violated, summary.findings)} ({plural(orders, 'order')} accepted)"
    if not summary.finished:
        return "unknown", f"Not finished: {plural(orders, 'order')} accepted until then, nothing was judged"
    if not summary.invariants:
        return "unknown", f"{_count(orders)}: nothing was judged"
    if not orders:
        return "unknown", "No orders were accepted, so there was little to judge"
    assured = _assurance(summary.invariants)
    if summary.deterministic is False:
        return "violated", f"{_count(orders)}, {assured}, but the run does not repeat exactly"
    missed = sum(not expectation.passed for expectation in summary.expectations)
    if missed:
        return "violated", f"{_count(orders)}, {assured}, but {plural(missed, 'expectation')} not met"
    return "pass", f"{_count(orders)}, {assured}"


def _count(orders: int) -> str:
    return plural(orders, "order")


def _assurance(invariants: list[InvariantResult]) -> str:
    held = {found.id for found in invariants if found.verdict == "pass"}
    told = [word for word, needed in _ASSURANCES if held.issuperset(needed)]
    return f"none {joined(told, 'or')}" if told else "no invariant violated"


def _breaches(violated: list[InvariantResult], findings: list[Finding]) -> str:
    """`3 orders were invoiced twice and 1 order was lost`: each kind of breach with those it concerns."""
    # I1 wants exactly one ERP order: an order that has two is not lost, and is told of as entered twice.
    doubled = {finding.order for finding in findings if finding.invariant == "I2"}
    lost = [finding for finding in findings if finding.invariant == "I1" and finding.order not in doubled]
    if doubled and not lost:
        violated = [found for found in violated if found.id != "I1"]
    concerned: defaultdict[Key, dict[str, None]] = defaultdict(dict)
    for finding in [*lost, *(finding for finding in findings if finding.invariant != "I1")]:
        key = (finding.invariant, finding.role)
        concerned[key if key in _BREACHES else (finding.invariant, "")][finding.order or finding.entity] = None
    told = [told for found in violated for told in _told(found, concerned)]
    more = len(told) - _BREACHES_TOLD
    if more > 0:
        told = [*told[:_BREACHES_TOLD], f"{plural(more, 'other kind')} of breach"]
    return joined(told)


def _told(found: InvariantResult, concerned: Mapping[Key, Iterable[str]]) -> Iterator[str]:
    """The kinds of breach of one invariant, worst first; what is told of an order once is not told again."""
    named: set[str] = set()
    for key in (key for key in _BREACHES if key[0] == found.id):
        new = set(concerned.get(key, ())) - named
        named |= new
        if new:
            yield f"{len(new):,} {_BREACHES[key][len(new) != 1]}"
    if not named:
        yield f"“{found.name}” was violated {plural(found.violations, 'time')}"
