"""Whatever is thrown at the ERP, its books add up: recomputed by brute force from its facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from mock_systems.kit.idempotency import KEPT_US
from mock_systems.kit.physics import DAY, HOUR, MINUTE
from tests.mock_systems.erp.caller import OPENING, SHIP_TO, Caller

LEGAL = {
    "open": {"open", "shipped", "invoiced", "cancelled"},
    "on_hold": {"on_hold", "open", "rejected", "cancelled"},
    "shipped": {"shipped", "invoiced"},
    "invoiced": {"invoiced"},
    "rejected": {"rejected"},
    "cancelled": {"cancelled"},
}
OWNED = {"open", "shipped", "invoiced"}
SKUS = [item.sku for item in OPENING.items]
CUSTOMERS = ["C-ACC", "C-BAD", "C-CARD", "C-CASH"]

skus = st.sampled_from(SKUS)
quantities = st.integers(1, 60)
new_lines = st.lists(st.tuples(skus, quantities, st.integers(0, 2500)), min_size=1, max_size=3)


class Books(RuleBasedStateMachine):
    """Random orders, cancellations, postings, credits, repeats and waiting, until customers pay, too."""

    orders = Bundle("orders")
    invoices = Bundle("invoices")
    writes = Bundle("writes")

    @initialize(seed=st.integers(0, 3))
    def begin(self, seed: int) -> None:
        self.erp = Caller(seed=seed)
        self.keys = 0
        self.statuses: dict[str, str] = {}

    def write(self, path: str, body: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        """One keyed write; gives its reply, and what it takes to repeat it."""
        self.keys += 1
        key = f"key-{self.keys}"
        before = len(self.erp.facts())
        reply = self.erp.call("POST", path, body, key=key)
        assert reply.status in (200, 201, 409, 422), reply
        if reply.status >= 400:
            assert reply.body["type"].startswith("urn:problem:")
            assert len(self.erp.facts()) == before, "a refusal leaves nothing in the books"
        return reply, (path, body, key, reply, self.erp.env.now)

    @rule(target=orders, lines=new_lines, customer=st.sampled_from([*CUSTOMERS[:3], None]), ref=st.integers(1, 9))
    def create(self, lines: list[tuple[str, int, int]], customer: str | None, ref: int) -> Any:
        wired = [
            {"line": n, "sku": sku, "quantity": quantity, "price_minor": price}
            for n, (sku, quantity, price) in enumerate(lines, 1)
        ]
        body = {
            "external_ref": f"W-{ref}", "customer": customer, "currency": "GBP", "ship_to": SHIP_TO, "lines": wired
        }  # fmt: skip
        reply, write = self.write("/sales-orders", body)
        assert reply.status == 201
        assert reply.body["total_minor"] == sum(quantity * price for _, quantity, price in lines)
        self.repeat(write)
        return reply.body

    @rule(target=writes, order=orders)
    def cancel(self, order: dict[str, Any]) -> Any:
        reply, write = self.write(f"/sales-orders/{order['sales_order']}/cancellation", {"reason": "changed mind"})
        gone = self.posted("goods_issue.posted", order) or self.posted("invoice.posted", order)
        assert reply.status == (409 if gone else 200)
        return write

    @rule(target=writes, order=orders, site=st.sampled_from(["LDS", "BHM"]), share=st.sampled_from([1, 2, 3]))
    def issue(self, order: dict[str, Any], site: str, share: int) -> Any:
        lines = parts(order, share)
        body = {"sales_order": order["sales_order"], "site": site, "shipment": "OUT-1", "lines": lines}
        reply, write = self.write("/goods-issues", body)
        assert (reply.status == 201) == (self.status(order) in OWNED)
        return write

    @rule(target=invoices, order=orders, share=st.sampled_from([1, 2, 3]))
    def bill(self, order: dict[str, Any], share: int) -> Any:
        body = {"sales_order": order["sales_order"], "shipment": "OUT-1", "lines": parts(order, share)}
        reply, write = self.write("/invoices", body)
        assert (reply.status == 201) == (self.status(order) in OWNED)
        self.repeat(write)
        if reply.status != 201:
            return multiple()
        for line in reply.body["lines"]:
            assert line["amount_minor"] == line["quantity"] * line["price_minor"]
        assert reply.body["total_minor"] == sum(line["amount_minor"] for line in reply.body["lines"])
        return reply.body

    @rule(target=writes, invoice=invoices, amount=st.integers(0, 200_000), full=st.booleans())
    def pay(self, invoice: dict[str, Any], amount: int, full: bool) -> Any:
        amount_minor = invoice["total_minor"] if full else amount
        body = {"invoice": invoice["invoice"], "amount_minor": amount_minor, "reference": "CAP-1"}
        reply, write = self.write("/payments", body)
        assert reply.status == 201
        return write

    @rule(target=writes, order=orders, share=st.sampled_from([1, 2, 3]))
    def credit(self, order: dict[str, Any], share: int) -> Any:
        body = {"sales_order": order["sales_order"], "return": "RMA-1", "lines": parts(order, share)}
        reply, write = self.write("/credit-notes", body)
        assert (reply.status in (201, 409)) if self.status(order) in OWNED else reply.status == 409
        return write

    @rule(write=consumes(writes))
    def repeat(self, write: tuple[Any, ...]) -> None:
        path, body, key, first, at_us = write
        if self.erp.env.now - at_us >= KEPT_US:
            return  # the ERP has forgotten the key, as it publishes
        before = len(self.erp.facts())
        again = self.erp.call("POST", path, body, key=key)
        assert (again.status, again.body) == (first.status, first.body)
        assert len(self.erp.facts()) == before, "a repeat by key makes no second fact"

    @rule(delay_us=st.sampled_from([MINUTE, 20 * MINUTE, HOUR, 14 * HOUR]))
    def wait(self, delay_us: int) -> None:
        self.erp.wait(delay_us)

    @rule()
    def terms_pass(self) -> None:
        self.erp.wait(40 * DAY)

    def status(self, order: dict[str, Any]) -> str:
        return str(self.erp.get(f"/sales-orders/{order['sales_order']}")["status"])

    def posted(self, kind: str, order: dict[str, Any]) -> bool:
        return any(fact.data["sales_order"] == order["sales_order"] for fact in self.erp.facts(kind))

    @invariant()
    def general_ledger_balances(self) -> None:
        accounts: Counter[str] = Counter()
        for fact in self.erp.facts("gl.posted"):
            entries = fact.data["entries"]
            assert sum(e["debit_minor"] for e in entries) == sum(e["credit_minor"] for e in entries)
            for entry in entries:
                accounts[entry["account"]] += entry["debit_minor"] - entry["credit_minor"]
        trial = self.erp.get("/trial-balance")
        assert all(total["debit_minor"] == total["credit_minor"] for total in trial["totals"])
        assert {a["account"]: a["debit_minor"] - a["credit_minor"] for a in trial["accounts"]} == dict(accounts)
        invoiced = sum(fact.data["total_minor"] for fact in self.erp.facts("invoice.posted"))
        paid = sum(fact.data["amount_minor"] for fact in self.erp.facts("payment.posted"))
        credited = sum(fact.data["total_minor"] for fact in self.erp.facts("credit_note.posted"))
        assert accounts["accounts_receivable"] == invoiced - paid - credited
        assert accounts["inventory"] == sum(row["value_minor"] for row in self.erp.get("/stock", limit="500")["items"])

    @invariant()
    def exposure_is_what_the_facts_say(self) -> None:
        open_minor, unpaid_minor = self.brute_force()
        for customer in CUSTOMERS:
            assert self.erp.exposure(customer) == open_minor[customer] + unpaid_minor[customer]

    def brute_force(self) -> tuple[Counter[str], Counter[str]]:
        whose, total, status, paid = {}, {}, {}, Counter[str]()
        invoiced: Counter[str] = Counter()
        invoices: dict[str, tuple[str, int]] = {}
        for fact in self.erp.facts():
            match fact.kind:
                case "sales_order.created":
                    whose[fact.entity], total[fact.entity] = fact.data["customer"], fact.data["total_minor"]
                    status[fact.entity] = fact.data["status"]
                case "sales_order.released":
                    status[fact.entity] = "open"
                case "sales_order.rejected" | "sales_order.cancelled":
                    status[fact.entity] = "closed"
                case "invoice.posted":
                    invoiced[fact.data["sales_order"]] += fact.data["total_minor"]
                    invoices[fact.entity] = (whose[fact.data["sales_order"]], fact.data["total_minor"])
                case "payment.posted":
                    paid[fact.data["invoice"]] += fact.data["amount_minor"]
        open_minor: Counter[str] = Counter()
        for number, customer in whose.items():
            if status[number] == "open":
                open_minor[customer] += max(0, total[number] - invoiced[number])
        unpaid_minor: Counter[str] = Counter()
        for number, (customer, amount_minor) in invoices.items():
            unpaid_minor[customer] += max(0, amount_minor - paid[number])
        for fact in self.erp.facts("credit_note.posted"):
            unpaid_minor[whose[fact.data["sales_order"]]] -= fact.data["total_minor"]
        return open_minor, unpaid_minor

    @invariant()
    def financial_stock_is_opening_less_issues(self) -> None:
        expected: defaultdict[tuple[str, str], int] = defaultdict(int)
        for stock in OPENING.stock:
            expected[stock.site, stock.sku] += stock.quantity
        for fact in self.erp.facts("goods_issue.posted"):
            for line in fact.data["lines"]:
                expected[fact.data["site"], line["sku"]] -= line["quantity"]
        rows = self.erp.get("/stock", limit="500")["items"]
        assert {(row["site"], row["sku"]): row["quantity"] for row in rows} == dict(expected)

    @invariant()
    def statuses_move_legally(self) -> None:
        for fact in self.erp.facts("sales_order.created"):
            now = str(self.erp.get(f"/sales-orders/{fact.entity}")["status"])
            before = self.statuses.get(fact.entity, fact.data["status"])
            assert now in LEGAL[before], f"{fact.entity}: {before} -> {now}"
            self.statuses[fact.entity] = now


def parts(order: dict[str, Any], share: int) -> list[dict[str, Any]]:
    """A `share`-th of each line, at least one each."""
    return [
        {"line": line["line"], "sku": line["sku"], "quantity": max(1, line["quantity"] // share)}
        for line in order["lines"]
    ]


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
