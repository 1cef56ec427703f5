"""Credit notes: what customers get back of their invoices, to the cent and never more than was billed."""

from __future__ import annotations

from typing import Any

from mock_systems.erp import replies, wire
from mock_systems.erp.books import Books, CreditNote, SalesOrder
from mock_systems.erp.credit_wire import NewCreditNote
from mock_systems.erp.general_ledger import ACCOUNTS_RECEIVABLE, REVENUE, TAX_PAYABLE, credit, debit
from mock_systems.erp.sales_orders import check_lines, order_for_posting
from mock_systems.kit.money import part_of
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_credit_note(books: Books, turn: Turn) -> Reply:
    """Operation postCreditNote. It asks for no goods return, and credits as often as it is told: bad habits.

    More than was invoiced is refused.
    """
    body: NewCreditNote = turn.body
    order = order_for_posting(books, body.sales_order)
    check_lines(order, body.lines)
    lines = [_priced(order, line) for line in body.lines]
    net_minor = sum(line["amount_minor"] for line in lines)
    tax_minor = sum(line.get("tax_minor", 0) for line in lines)
    total_minor = net_minor + tax_minor
    number = books.credit_notes.next_number()
    data: dict[str, Any] = {
        "sales_order": order.sales_order,
        "return": body.return_,
        "currency": order.currency,
        "lines": lines,
        "net_minor": net_minor,
        "tax_minor": tax_minor,
        "total_minor": total_minor,
    }
    shown = {"credit_note": number, **data}
    books.credit_notes.add(number, body.return_, CreditNote(order, total_minor, shown))
    for line in lines:
        order.credit(line["line"], line["quantity"], line["amount_minor"], line.get("tax_minor", 0))
    order.account.unpaid_minor -= order.in_base(total_minor)
    order.unapplied_minor += total_minor
    turn.fact("credit_note.posted", number, order.external_ref, data)
    legs = [debit(REVENUE, net_minor), credit(ACCOUNTS_RECEIVABLE, total_minor)]
    if tax_minor:
        legs.append(debit(TAX_PAYABLE, tax_minor))
    books.gl.post_legs(turn, number, order.external_ref, legs, order.currency)
    return Reply(201, shown, {"location": "/credit-notes/" + number})


def _priced(order: SalesOrder, line: wire.Line) -> replies.InvoiceLine:
    """What a part of a line was billed at: its cumulative share, and the rest with the last piece invoiced."""
    number, quantity = line["line"], line["quantity"]
    ordered = order.by_line[number]
    before, net_before, tax_before = order.credited.get(number, (0, 0, 0))
    done, invoiced = before + quantity, order.invoiced.get(number, 0)
    if done > invoiced:
        detail = f"line {number}: {done} would be credited, {invoiced} were invoiced"
        raise Refusal(409, "over-credited", detail, line=number, invoiced=invoiced, credited=before)
    billed_net, billed_tax = order.billed[number]
    net_minor, tax_minor = part_of(ordered, 0, done) if done < invoiced else (billed_net, billed_tax)
    priced: replies.InvoiceLine = {
        "line": number,
        "sku": line["sku"],
        "quantity": quantity,
        "price_minor": ordered["price_minor"],
        "amount_minor": max(0, min(net_minor, billed_net) - net_before),
    }
    if "pack" in ordered:
        priced["uom"], priced["pack"] = "CS", ordered["pack"]
    if (tax := min(tax_minor, billed_tax) - tax_before) > 0:
        priced["tax_minor"] = tax
    return priced


def get_credit_note(books: Books, turn: Turn) -> Reply:
    """Operation getCreditNote."""
    number = turn.params["credit_note"]
    note = books.credit_notes.get(number)
    if note is None:
        raise Refusal(404, "unknown-credit-note", f"no credit note {number}", credit_note=number)
    return Reply(200, note.shown)


def find_credit_notes(books: Books, turn: Turn) -> Reply:
    """Operation findCreditNotes."""
    return Reply(200, {"items": [x.shown for x in books.credit_notes.find(turn.query.return_)], "next_cursor": None})
