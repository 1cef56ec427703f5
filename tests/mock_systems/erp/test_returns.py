"""Returns at the ERP: stock and cost back, credit for what was billed and no more, refunds out of the bank."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.wire import Reply
from tests.mock_systems.erp.caller import Caller, line
from tests.mock_systems.erp.test_order_to_cash import balances


def billed(*lines: dict[str, Any], customer: str | None = None) -> Caller:
    """An ERP with one order, shipped and invoiced."""
    erp = Caller()
    order = erp.order(*lines, customer=customer)
    shipped = [line(x["line"], x["sku"], x["quantity"]) for x in order["lines"]]
    erp.post("/goods-issues", {"sales_order": "SO-000001", "site": "LDS", "shipment": "S-1", "lines": shipped})
    erp.post("/invoices", {"sales_order": "SO-000001", "shipment": "S-1", "lines": shipped})
    return erp


def credit(erp: Caller, *lines: dict[str, Any], key: str | None = None) -> Reply:
    body = {"sales_order": "SO-000001", "return": "RMA-1", "lines": list(lines)}
    return erp.call("POST", "/credit-notes", body, key=key)


def take_back(erp: Caller, *lines: tuple[int, str, int, str]) -> Reply:
    told = [{**line(number, sku, quantity), "disposition": what} for number, sku, quantity, what in lines]
    body = {"sales_order": "SO-000001", "return": "RMA-1", "site": "BHM", "lines": told}
    return erp.call("POST", "/goods-returns", body)


def code(reply: Reply) -> str:
    return str(reply.body["type"]).rpartition(":")[2]


def test_goods_come_back_at_cost_and_scrap_is_written_off() -> None:
    erp = billed(line(1, "MUG", 10, 500))
    before = balances(erp)
    posted = take_back(erp, (1, "MUG", 3, "restock"), (1, "MUG", 1, "scrap")).body
    assert (posted["cost_minor"], posted["scrapped_minor"]) == (1000, 250)
    after = balances(erp)
    assert after["inventory"] - before["inventory"] == 750
    assert after["cost_of_goods_sold"] - before["cost_of_goods_sold"] == -1000
    assert after["write_off"] == 250
    rows = {(x["site"], x["sku"]): x["quantity"] for x in erp.get("/stock", limit="100")["items"]}
    assert rows["BHM", "MUG"] == 10
    assert erp.get("/goods-returns", **{"return": "RMA-1"})["items"] == [posted]
    assert code(take_back(erp, (1, "MUG", 7, "restock"))) == "over-returned"
    assert code(take_back(erp, (1, "JAR", 1, "restock"))) == "unknown-line"


def test_a_credit_note_takes_revenue_back_and_lowers_what_the_customer_owes() -> None:
    erp = billed(line(1, "MUG", 10, 500), line(2, "JAR", 1, 1999), customer="C-ACC")
    assert erp.exposure("C-ACC") == 6999
    note = credit(erp, line(1, "MUG", 4), line(2, "JAR", 1), key="k").body
    assert credit(erp, line(1, "MUG", 4), line(2, "JAR", 1), key="k").body == note
    assert (note["credit_note"], note["total_minor"], note["currency"]) == ("CN-000001", 3999, "GBP")
    assert [x["amount_minor"] for x in note["lines"]] == [2000, 1999]
    assert erp.exposure("C-ACC") == 3000
    assert balances(erp)["revenue"] == -3000
    (fact,) = erp.facts("credit_note.posted")
    assert (fact.entity, fact.order, fact.data["return"]) == ("CN-000001", "W-000001", "RMA-1")
    assert erp.get("/credit-notes", **{"return": "RMA-1"})["items"] == [note]


def test_more_than_was_invoiced_is_never_credited() -> None:
    erp = billed(line(1, "MUG", 10, 500))
    assert credit(erp, line(1, "MUG", 7)).status == 201
    refused = credit(erp, line(1, "MUG", 4))
    assert (refused.status, code(refused), refused.body["credited"]) == (409, "over-credited", 7)
    assert credit(erp, line(1, "MUG", 3)).status == 201
    assert balances(erp)["revenue"] == 0


def test_a_refund_goes_out_of_the_bank_under_its_credit_note() -> None:
    erp = billed(line(1, "MUG", 10, 500))
    erp.post("/payments", {"invoice": "INV-000001", "amount_minor": 5000, "reference": "CAP-1"})
    credit(erp, line(1, "MUG", 2))
    body = {"credit_note": "CN-000001", "amount_minor": 1000, "reference": "REF-1"}
    posted = erp.post("/refund-postings", body, key="k")
    assert erp.post("/refund-postings", body, key="k") == posted
    assert balances(erp)["bank"] == 4000
    assert balances(erp)["accounts_receivable"] == 0
    assert erp.get("/refund-postings", reference="REF-1")["items"] == [posted]
    assert erp.call("POST", "/refund-postings", {**body, "credit_note": "CN-9"}).status == 422


@given(
    cases=st.integers(1, 12),
    pack=st.integers(2, 24),
    price=st.integers(0, 9_999),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=8),
)
def test_credits_of_parts_of_a_case_sum_exactly_to_the_invoice(
    cases: int, pack: int, price: int, cuts: list[int]
) -> None:
    erp = Caller()
    ordered = {"line": 1, "sku": "MUG", "quantity": cases, "price_minor": price, "unit": "CA", "pack": pack}
    erp.order(ordered)
    pieces = cases * pack
    shipped = [line(1, "MUG", pieces)]
    erp.post("/goods-issues", {"sales_order": "SO-000001", "site": "LDS", "shipment": "S-1", "lines": shipped})
    invoice = erp.post("/invoices", {"sales_order": "SO-000001", "shipment": "S-1", "lines": shipped})
    credited = 0
    for part in (*cuts, pieces):
        part = min(part, pieces)
        if part:
            note = credit(erp, line(1, "MUG", part)).body
            assert note["lines"][0]["amount_minor"] >= 0
            credited += note["total_minor"]
            pieces -= part
    assert credited == invoice["total_minor"]
    assert balances(erp).get("revenue", 0) == 0
