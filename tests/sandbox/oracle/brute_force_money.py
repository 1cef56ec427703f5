"""Slow and obvious, for money: I7."""

from __future__ import annotations

from collections import defaultdict

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.brute_force import Breaches, Facts, Judge, accepted, money, of_kind


def i7(judge: Judge) -> Breaches:
    """To the cent: authorised, captured, invoiced, paid, and the general ledger."""
    return _captures(judge) | _invoices(judge) | _payments(judge) | _ledger(judge)


def _captures(judge: Judge) -> Breaches:
    found: Breaches = set()
    for fact in of_kind(judge.facts, "commerce payment.captured"):
        so_far, order = judge.before(fact), fact.order or ""
        authorised = taken = 0
        for f in so_far:
            if f.order == order and f.kind == "payment.authorised":
                authorised += f.data["amount_minor"]
            elif f.order == order and f.kind == "payment.captured":
                taken += f.data["amount_minor"]
            elif f.order == order and f.kind == "payment.reduced":
                authorised -= f.data["amount_minor"]
            elif f.order == order and f.kind == "payment.voided":
                authorised = taken
        if taken > authorised:
            found.add(("captures", fact.entity))
        found |= _owed_money(judge, fact, "commerce payment.captured", "erp invoice.posted")
    for fact in of_kind(judge.facts, "erp invoice.posted"):
        order = accepted(judge.before(fact), fact.order or "")
        if order is not None and order.data["payment"] == "card":
            found |= _owed_money(judge, fact, "erp invoice.posted", "commerce payment.captured")
    return found


def _owed_money(judge: Judge, fact: Fact, owing: str, paying: str) -> Breaches:
    fields = {"erp invoice.posted": "total_minor", "commerce payment.captured": "amount_minor"}
    order = fact.order or ""
    owed = money(judge.before(fact), owing, order, fields[owing])
    if money(judge.before(fact), paying, order, fields[paying]) >= owed:
        return set()

    def paid(facts: Facts) -> bool:
        return money(facts, paying, order, fields[paying]) >= owed

    return {("captures", order)} if judge.owed("money", fact.at_us, paid, order, "commerce", "erp") else set()


def _invoices(judge: Judge) -> Breaches:
    found: Breaches = set()
    for fact in of_kind(judge.facts, "erp invoice.posted"):
        lines = fact.data["lines"]
        right = all(line["amount_minor"] == line["quantity"] * line["price_minor"] for line in lines)
        if not right or sum(line["amount_minor"] for line in lines) != fact.data["total_minor"]:
            found.add(("amounts", fact.entity))
        order = accepted(judge.before(fact), fact.order or "")
        agreed = {line["line"]: line["price_minor"] for line in order.data["lines"]} if order else {}
        if any(agreed.get(line["line"]) != line["price_minor"] for line in lines):
            found.add(("prices", fact.entity))
        if order is not None and order.data["currency"] != fact.data["currency"]:
            found.add(("prices", fact.entity))
    return found


def _payments(judge: Judge) -> Breaches:
    found: Breaches = set()
    for fact in of_kind(judge.facts, "erp payment.posted"):
        so_far, data = judge.before(fact), fact.data
        captures = [f for f in of_kind(so_far, "commerce payment.captured") if f.entity == data["reference"]]
        if captures:
            taken = captures[-1].data
            same = taken["amount_minor"] == data["amount_minor"] and taken["reference"] == data["invoice"]
            of_capture = [f for f in of_kind(so_far, "erp payment.posted") if f.data["reference"] == data["reference"]]
            known = [f for f in of_capture if _capture_known(judge, f)]
            if not same or len(known) > 1:
                found.add(("payments", fact.entity))
        elif "customer" not in data:
            found.add(("payments", fact.entity))
        invoices = [f for f in of_kind(so_far, "erp invoice.posted") if f.entity == data["invoice"]]
        paid = sum(
            f.data["amount_minor"]
            for f in of_kind(so_far, "erp payment.posted")
            if f.data["invoice"] == data["invoice"]
        )
        if not invoices or paid > invoices[-1].data["total_minor"]:
            found.add(("payments", fact.entity))
    for fact in of_kind(judge.facts, "commerce payment.captured"):

        def booked(facts: Facts, capture: str = fact.entity) -> bool:
            payments = [f for f in of_kind(facts, "erp payment.posted") if f.data["reference"] == capture]
            return any(_capture_known(judge, f) for f in payments)

        if judge.owed("money", fact.at_us, booked, fact.order or "", "commerce", "erp"):
            found.add(("payments", fact.entity))
    return found


def _capture_known(judge: Judge, payment: Fact) -> bool:
    captures = of_kind(judge.before(payment), "commerce payment.captured")
    return any(f.entity == payment.data["reference"] for f in captures)


def _ledger(judge: Judge) -> Breaches:
    """Each document once, with its amount; the one of the two that comes second, or too often, is to blame."""
    found: Breaches = set()
    amounts = {"goods_issue.posted": "cost_minor", "invoice.posted": "total_minor", "payment.posted": "amount_minor"}
    amounts["stock_adjustment.posted"] = "cost_minor"
    documents: dict[str, list[tuple[Fact, int | None]]] = defaultdict(list)
    for fact in judge.facts:
        if fact.kind == "gl.posted":
            debit = sum(leg["debit_minor"] for leg in fact.data["entries"])
            credit = sum(leg["credit_minor"] for leg in fact.data["entries"])
            documents[fact.data["document"]].append((fact, debit if debit == credit else None))
        elif fact.system == "erp" and fact.kind in amounts:
            documents[fact.entity].append((fact, abs(fact.data[amounts[fact.kind]])))
    for told in documents.values():
        entries = [at for at, (fact, _) in enumerate(told) if fact.kind == "gl.posted"]
        papers = [at for at, (fact, _) in enumerate(told) if fact.kind != "gl.posted"]
        found |= {("ledger", told[at][0].entity) for at in entries if told[at][1] is None or at != entries[0]}
        found |= {("ledger", told[at][0].entity) for at in papers if len(papers) > 1 and at != papers[0]}
        if papers and not entries:
            found.add(("ledger", told[papers[0]][0].entity))
        elif papers and told[papers[0]][1] != told[entries[0]][1] and told[entries[0]][1] is not None:
            found.add(("ledger", told[max(papers[0], entries[0])][0].entity))
    return found
