"""The shop under any sequence of calls: its sums are right, and its change list misses nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.mock_systems.shop import SKUS, Shop

few = st.integers(0, 12)


class ShopMachine(RuleBasedStateMachine):
    """A model that keeps every order and publication, and counts afresh each time."""

    @initialize()
    def open(self) -> None:
        self.shop = Shop()
        self.orders: list[dict[str, Any]] = []
        self.cancelled: set[int] = set()
        self.captured: dict[int, int] = {}
        self.published = {sku: (quantity, 0, 0) for sku, quantity in (("CUP", 10), ("LAMP", 5), ("TIN", 0))}
        self.cursor = ""
        self.seen: dict[str, int] = {}

    def available(self, sku: str) -> int:
        quantity, _, watermark = self.published[sku]
        sold = 0
        for order in self.orders:
            if order["seq"] > watermark and order["seq"] not in self.cancelled:
                sold += sum(line["quantity"] for line in order["lines"] if line["sku"] == sku)
        return quantity - sold

    @rule(
        lines=st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 4)), min_size=1, max_size=3), card=st.booleans()
    )
    def place(self, lines: list[tuple[str, int]], card: bool) -> None:
        wanted = {sku: sum(q for s, q in lines if s == sku) for sku, _ in lines}
        fits = all(quantity <= self.available(sku) for sku, quantity in wanted.items())
        reference = f"r{len(self.shop.system.ledger.facts)}"
        body = {
            "reference": reference,
            "customer": None,
            "payment": "card" if card else "account",
            "currency": "GBP",
            "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1"},
            "lines": [{"sku": s, "quantity": q, "price_minor": 100} for s, q in lines],
        }
        reply = self.shop.call("POST", "/orders", body, token="shopper-commerce")
        assert reply.status == (201 if fits else 409)
        if fits:
            assert reply.body["seq"] == len(self.orders) + 1
            self.orders.append(reply.body)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.orders))
        assert self.shop.call("POST", f"/orders/{order['order']}/cancellation", {"reason": "x"}).status == 200
        self.cancelled.add(order["seq"])

    @rule(sku=st.sampled_from((*SKUS, "NONE")), quantity=few, version=st.integers(0, 30), watermark=few)
    def publish(self, sku: str, quantity: int, version: int, watermark: int) -> None:
        item = {"sku": sku, "quantity": quantity, "version": version}
        reply = self.shop.call("POST", "/stock", {"watermark": watermark, "items": [item]})
        status = reply.body["items"][0]["status"]
        if sku not in self.published:
            assert status == "unknown"
        elif version <= self.published[sku][1]:
            assert status == "stale"
        else:
            assert status == "ok"
            self.published[sku] = (quantity, version, watermark)
            assert self.shop.system.ledger.facts[-1].data["available"] == self.available(sku)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), amount_minor=st.integers(1, 900))
    def capture(self, data: st.DataObject, amount_minor: int) -> None:
        order = data.draw(st.sampled_from(self.orders))
        seq = order["seq"]
        body = {"amount_minor": amount_minor, "reference": "INV"}
        reply = self.shop.call("POST", f"/orders/{order['order']}/captures", body)
        captured = self.captured.get(seq, 0) + amount_minor
        may = order["payment"] == "card" and seq not in self.cancelled and captured <= order["total_minor"]
        assert reply.status == (201 if may else 409)
        if may:
            self.captured[seq] = captured

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), status=st.sampled_from(("accepted", "allocated", "shipped")))
    def tell(self, data: st.DataObject, status: str) -> None:
        order = data.draw(st.sampled_from(self.orders))
        self.shop.call("POST", f"/orders/{order['order']}/status", {"status": status, "version": 1})

    @rule(limit=st.integers(1, 3))
    def poll_one_page(self, limit: int) -> None:
        cursor = f"&cursor={self.cursor}" if self.cursor else ""
        page = self.shop.call("GET", f"/orders?limit={limit}{cursor}").body
        assert len(page["items"]) <= limit
        for order in page["items"]:
            assert order["updated_seq"] > self.seen.get(order["order"], 0), "a change came twice"
            self.seen[order["order"]] = order["updated_seq"]
        self.cursor = page["next_cursor"]
        if not page["has_more"]:
            latest = {o["order"]: self.shop.call("GET", f"/orders/{o['order']}").body for o in self.orders}
            assert self.seen == {order: shown["updated_seq"] for order, shown in latest.items()}

    @invariant()
    def stock_is_exact(self) -> None:
        if not hasattr(self, "shop"):
            return
        listed = {row["sku"]: row for row in self.shop.call("GET", "/stock").body["items"]}
        for sku in SKUS:
            quantity, version, watermark = self.published[sku]
            assert listed[sku] == {
                "sku": sku,
                "quantity": quantity,
                "available": self.available(sku),
                "version": version,
                "watermark": watermark,
            }

    @invariant()
    def captures_and_voids_never_exceed_the_authorisation(self) -> None:
        if not hasattr(self, "shop"):
            return
        left: dict[str | None, int] = {}
        for fact in self.shop.system.ledger.facts:
            if fact.kind == "payment.authorised":
                left[fact.order] = fact.data["amount_minor"]
            elif fact.kind in ("payment.captured", "payment.voided"):
                left[fact.order] -= fact.data["amount_minor"]
        assert all(amount >= 0 for amount in left.values())
        assert all(left.get(o["order"], 0) == 0 for o in self.orders if o["seq"] in self.cancelled)


TestShopMachine = ShopMachine.TestCase
TestShopMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
