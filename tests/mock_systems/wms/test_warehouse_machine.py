"""The warehouse under any sequence of calls, adjustments and hours: its books are what its facts say."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from mock_systems.kit.physics import DAY, HOUR, MINUTE
from tests.mock_systems.wms.warehouse import SITES, SKUS, Warehouse, line

OPENING = 40
PATH = ["received", "picked", "packed", "labelled", "shipped"]
lines_of = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 25)), min_size=1, max_size=3)


class WarehouseMachine(RuleBasedStateMachine):
    """Any caller, on any day."""

    reservations = Bundle("reservations")
    outbound = Bundle("outbound")

    def __init__(self) -> None:
        super().__init__()
        self.house = Warehouse(quantity=OPENING)
        self.orders = 0
        self.read = 0
        self.on_hand = Counter({(site, sku): OPENING for site in SITES for sku in SKUS})
        self.reserved: Counter[tuple[str, str]] = Counter()
        self.sequences: Counter[tuple[str, str]] = Counter()
        self.kept: dict[str, list[tuple[str, str, int]]] = {}
        self.path: dict[str, list[str]] = {}
        self.waved: set[str] = set()

    @rule(target=reservations, site=st.sampled_from(SITES), wanted=lines_of)
    def reserve(self, site: str, wanted: list[tuple[str, int]]) -> object:
        self.orders += 1
        order = f"W-{self.orders:06d}"
        asked: Counter[str] = Counter()
        for sku, quantity in wanted:
            asked[sku] += quantity
        fits = all(self.on_hand[site, sku] - self.reserved[site, sku] >= q for sku, q in asked.items())
        reply = self.house.reserve(order, site, *(line(n + 1, sku, q) for n, (sku, q) in enumerate(wanted)))
        assert reply.status == (201 if fits else 409)
        return (order, reply.body["reservation"]) if fits else multiple()

    @rule(reservation=reservations)
    def release(self, reservation: tuple[str, str]) -> None:
        before = self.house.call("GET", f"/reservations/{reservation[1]}").body["state"]
        held = any(fact.data["reservation"] == reservation[1] for fact in self.house.facts("outbound.received"))
        reply = self.house.call("POST", f"/reservations/{reservation[1]}/release", {"reason": "none"})
        assert reply.status == (409 if before != "released" and held else 200)

    @rule(target=outbound, reservation=consumes(reservations), country=st.sampled_from(("GB", "FR")))
    def send_out(self, reservation: tuple[str, str], country: str) -> object:
        order, number = reservation
        is_open = self.house.call("GET", f"/reservations/{number}").body["state"] == "open"
        reply = self.house.release(order, number, country)
        assert reply.status == (201 if is_open else 409)
        return reply.body["outbound_order"] if is_open else multiple()

    @rule(number=outbound)
    def cancel(self, number: str) -> None:
        before = self.house.state(number)
        reply = self.house.call("POST", f"/outbound-orders/{number}/cancellation", {"reason": "none"})
        assert reply.status == (200 if before in ("received", "cancelled") else 409)
        assert self.house.state(number) == ("cancelled" if reply.status == 200 else before)

    @rule(number=outbound)
    def label(self, number: str) -> None:
        before = self.house.state(number)
        assert self.house.label(number).status == (200 if before in ("packed", "labelled", "shipped") else 409)

    @rule(site=st.sampled_from(SITES), sku=st.sampled_from(SKUS), quantity=st.integers(-30, 30).filter(bool))
    def adjust(self, site: str, sku: str, quantity: int) -> None:
        on_hand = self.house.stock(site, sku)[0]
        if quantity > 0 or on_hand + quantity >= 0:
            self.house.wms.adjust(site, sku, quantity)

    @rule(minutes=st.integers(1, 240))
    def wait(self, minutes: int) -> None:
        self.house.env.run(until=self.house.now_us + minutes * MINUTE)

    @invariant()
    def the_books_are_what_the_facts_say(self) -> None:
        self._read_facts()
        for row in self.house.call("GET", "/stock", limit="500").body["items"]:
            place = row["site"], row["sku"]
            assert row["on_hand"] == self.on_hand[place]
            assert (
                row["reserved"]
                == self.reserved[place]
                == sum(q for kept in self.kept.values() for site, sku, q in kept if (site, sku) == place)
            )
            assert row["sequence"] == self.sequences[place]

    def _read_facts(self) -> None:
        facts = self.house.facts()
        for fact in facts[self.read :]:
            data = fact.data
            if fact.kind == "reservation.made":
                self.kept[fact.entity] = [(data["site"], ln["sku"], ln["quantity"]) for ln in data["lines"]]
                self._keep(fact.entity, 1)
            elif fact.kind == "reservation.released":
                self._keep(fact.entity, -1)
                del self.kept[fact.entity]
            elif fact.kind == "outbound.shipped":
                self._keep(data["reservation"], -1)
                del self.kept[data["reservation"]]
                assert fact.at_us % HOUR == 0
                assert 7 <= fact.at_us % DAY // HOUR <= 21
            elif fact.kind == "stock.moved":
                place = data["site"], data["sku"]
                self.on_hand[place] += data["quantity"]
                self.sequences[place] += 1
                assert (data["sequence"], data["on_hand"]) == (self.sequences[place], self.on_hand[place])
            elif fact.kind == "wave.released":
                assert all(self.path[number] == ["received"] for number in data["outbound_orders"])
                self.waved.update(data["outbound_orders"])
            if fact.kind == "outbound.cancel_refused":
                assert self.path[fact.entity] != ["received"] or fact.entity in self.waved
            elif fact.kind.startswith("outbound."):
                self._step(fact.entity, fact.kind.removeprefix("outbound."))
        self.read = len(facts)

    def _keep(self, reservation: str, sign: int) -> None:
        for site, sku, quantity in self.kept[reservation]:
            self.reserved[site, sku] += sign * quantity

    def _step(self, number: str, state: str) -> None:
        path = self.path.setdefault(number, [])
        path.append(state)
        if state == "cancelled":
            assert path == ["received", "cancelled"]
            assert number not in self.waved
        else:
            assert path == PATH[: len(path)]
            assert len(path) == 1 or number in self.waved


TestWarehouse = WarehouseMachine.TestCase
TestWarehouse.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
