"""Expectations: short sentences that a scenario states and that the run is held to.

no violations                       no invariant is violated
books agree                         no two books differ at the end without a reason
no exceptions                       nothing was surfaced to the operations desk
I1 I2 exercised                     these were checked at least once
I1 I2 hold                          these were checked, and never violated
I6 violated                         these were violated (for designs that lack a guard)
orders accepted >= 350              a figure against a number, with a unit where it has one:
order to ship p95 <= 26h            a time; perfect order share >= 95%   a share
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from sandbox.errors import did_you_mean
from sandbox.records.summary import ExpectationResult, InvariantResult, Summary
from sandbox.runs.figure_names import FigureName, figure_names

INVARIANT_STATES = ("exercised", "hold", "violated")
FIXED = ("no violations", "no exceptions", "books agree")
FORMS = (*FIXED, "I1 I2 exercised", "I1 I2 hold", "I6 violated", "orders accepted >= 350")
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": ge, "<=": le, "==": eq, "!=": ne, ">": gt, "<": lt, "=": eq,
}  # fmt: skip
_FIGURE = re.compile(r"(?P<name>[^<>=!]+?)\s*(?P<operator>>=|<=|==|!=|>|<|=)\s*(?P<value>.+)")


class ExpectationError(ValueError):
    """A line that says nothing which can be checked; `remedy` tells how it is written."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line of `expect:`, understood; `judge` says whether a run meets it and what was seen.

    `of_any_demand`: it can be asked of a run on other orders, too; the rest was said of the scenario's own.
    """

    text: str
    judge: Callable[[Summary], tuple[bool, str]]
    of_any_demand: bool = False

    def result(self, summary: Summary) -> ExpectationResult:
        """Hold the run against it."""
        passed, actual = self.judge(summary)
        return ExpectationResult(text=self.text, passed=passed, actual=actual)


def parse(text: str, invariants: Mapping[str, str]) -> Expectation:
    """Understand one line. `invariants` maps the known ids to their names. Raises ExpectationError."""
    line, figures = " ".join(text.split()), figure_names()
    if (found := _FIGURE.fullmatch(line)) is not None:
        return Expectation(text, _of_figure(found["name"], found["operator"], found["value"], figures))
    words = line.split()
    if words and words[-1] in INVARIANT_STATES and len(words) > 1:
        return Expectation(text, _of_invariants(tuple(words[:-1]), words[-1], invariants))
    if line == "no violations":
        return Expectation(text, _no_violations, of_any_demand=True)
    if line == "books agree":
        return Expectation(text, _books_agree, of_any_demand=True)
    if line == "no exceptions":
        return Expectation(text, _no_exceptions)
    known = (*FORMS, *figures)
    near = did_you_mean(line, known)
    raise ExpectationError(
        f"{text!r} is no expectation", near if near.startswith("did") else f"write one of: {'; '.join(FORMS)}"
    )


def _no_violations(summary: Summary) -> tuple[bool, str]:
    violated = [found for found in summary.invariants if found.verdict == "violated"]
    told = ", ".join(f"{found.id} violated {found.violations} time{'s'[: found.violations != 1]}" for found in violated)
    if not summary.invariants:
        return False, "no invariant was judged"
    return not violated, told or f"none in {sum(found.checked for found in summary.invariants):,} checks"


def _books_agree(summary: Summary) -> tuple[bool, str]:
    if not any(found.compared for found in summary.books):
        return False, "no books were compared"
    open_ = {found.name: found.unexplained for found in summary.books if found.unexplained}
    told = "; ".join(f"{name}: {count:,} differences without a reason" for name, count in open_.items())
    return not open_, told or f"{sum(found.compared for found in summary.books):,} entries compared"


def _no_exceptions(summary: Summary) -> tuple[bool, str]:
    return not summary.exceptions, f"{len(summary.exceptions)} exceptions"


def _of_invariants(
    ids: tuple[str, ...], state: str, invariants: Mapping[str, str]
) -> Callable[[Summary], tuple[bool, str]]:
    for name in ids:
        if name not in invariants:
            raise ExpectationError(f"there is no invariant {name!r}", did_you_mean(name, invariants))

    def judge(summary: Summary) -> tuple[bool, str]:
        by_id = {found.id: found for found in summary.invariants}
        found = [(name, by_id.get(name)) for name in ids]
        missed = [(name, result) for name, result in found if not _is(result, state)]
        told = ", ".join(f"{name} {_state(result)}" for name, result in missed)
        least = min((result.checked for _, result in found if result is not None), default=0)
        return not missed, told or f"{least:,} checks or more of each"

    return judge


def _is(result: InvariantResult | None, state: str) -> bool:
    if result is None:
        return False
    if state == "exercised":
        return result.checked > 0
    return result.verdict == ("violated" if state == "violated" else "pass")


def _state(result: InvariantResult | None) -> str:
    if result is None:
        return "not judged"
    return f"{result.verdict} ({result.checked:,} checks)"


def _of_figure(
    name: str, operator: str, value: str, figures: Mapping[str, FigureName]
) -> Callable[[Summary], tuple[bool, str]]:
    figure = figures.get(name)
    if figure is None:
        raise ExpectationError(f"there is no figure {name!r}", did_you_mean(name, figures))
    try:
        bound, holds = figure.bound(value), _OPERATORS[operator]
    except ValueError as error:
        raise ExpectationError(*error.args) from None

    def judge(summary: Summary) -> tuple[bool, str]:
        actual = figure.value(summary)
        if actual is None:
            return False, "not measured in this run"
        return holds(actual, bound), figure.told(actual)

    return judge
