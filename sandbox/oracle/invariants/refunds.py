"""Money that goes back: credited for what came back, refunded as credited, booked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Case

Wrong = list[tuple[str, tuple[Fact, ...]]]
"""Sentences, each with the facts that show it."""


class Refund(NamedTuple):
    """A refund at the channel, and the ERP's bookings of it."""

    refunded: Fact
    booked: list[Fact]


class Refunds:
    """Credit notes, refunds and their bookings. What is wrong with one is told when its fact is heard."""

    def __init__(self) -> None:
        self.credits: dict[str, Fact] = {}
        self.refunds: dict[str, Refund] = {}
        self._back: dict[tuple[str, int], int] = {}
        self._credited: dict[tuple[str, int], int] = {}
        self._refunded_minor: dict[str, int] = {}

    def came_back(self, fact: Fact) -> None:
        """A return was received: so many eaches of each line, to be sold again or not."""
        for line in fact.data["lines"]:
            key = (fact.order or "", line["line"])
            self._back[key] = self._back.get(key, 0) + line["quantity"]

    def credit(self, fact: Fact, case: Case) -> Wrong:
        """A credit note: for no more than came back, and for no more than was invoiced."""
        wrong: Wrong = []
        if (earlier := self.credits.get(fact.entity)) is not None:
            wrong.append((f"{fact.entity} was written twice", (earlier,)))
        self.credits[fact.entity] = fact
        total_minor = 0
        for line in fact.data["lines"]:
            total_minor += line["amount_minor"] + line.get("tax_minor", 0)
            key = (fact.order or "", line["line"])
            credited = self._credited[key] = self._credited.get(key, 0) + line["quantity"]
            if credited > self._back.get(key, 0):
                back = self._back.get(key, 0)
                wrong.append((f"{fact.order} line {line['line']}: {credited} credited, {back} came back", ()))
        if total_minor != fact.data["total_minor"]:
            told = fact.data["total_minor"]
            wrong.append((f"{fact.entity} totals {told}, its lines add up to {total_minor}", ()))
        if case.credited_minor > case.invoiced_minor:
            told = f"{case.credited_minor} credited, {case.invoiced_minor} invoiced"
            wrong.append((f"{fact.order}: {told}", ()))
        return wrong

    def refund(self, fact: Fact, case: Case) -> Wrong:
        """A refund: of a credit note, for no more than it says, and of no more than was captured."""
        wrong: Wrong = []
        amount_minor, note = fact.data["amount_minor"], fact.data["reference"]
        if fact.entity in self.refunds:
            wrong.append((f"{fact.entity} was paid out twice", (self.refunds[fact.entity].refunded,)))
        self.refunds.setdefault(fact.entity, Refund(fact, []))
        refunded = self._refunded_minor[note] = self._refunded_minor.get(note, 0) + amount_minor
        credit = self.credits.get(note)
        if credit is None or credit.order != fact.order:
            wrong.append((f"{fact.entity} refunds {note}, which {fact.order} was not credited with", ()))
        elif refunded > credit.data["total_minor"]:
            wrong.append((f"{note}: {refunded} refunded, {credit.data['total_minor']} credited", (credit,)))
        if case.refunded_minor > case.captured_minor:
            wrong.append((f"{fact.order}: {case.refunded_minor} refunded, {case.captured_minor} captured", ()))
        return wrong

    def book(self, fact: Fact, paid: Callable[[str], None]) -> Wrong:
        """The ERP books a refund: one that was paid, once, as it was paid. `paid` hears of each that is booked."""
        told = fact.data
        refund = self.refunds.get(told["reference"])
        if refund is None:
            return [(f"{fact.entity} books refund {told['reference']}, which never was", ())]
        wrong: Wrong = []
        if refund.booked:
            evidence = (refund.refunded, refund.booked[0])
            wrong.append((f"refund {told['reference']} is booked twice", evidence))
        refund.booked.append(fact)
        paid(refund.refunded.entity)
        taken = refund.refunded.data
        if (told["amount_minor"], told["credit_note"]) != (taken["amount_minor"], taken["reference"]):
            said = f"{told['amount_minor']} on {told['credit_note']}"
            paid_out = f"{taken['amount_minor']} for {taken['reference']}"
            wrong.append((f"{fact.entity} books {said}, but {told['reference']} paid {paid_out}", (refund.refunded,)))
        return wrong
