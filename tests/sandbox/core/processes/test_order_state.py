"""What is kept of an order is what comes back; news that is late or repeated changes nothing."""

from __future__ import annotations

import json
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.journal.sagas import SagaRow
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import PICKING_STATES, Outbound, Shipment
from sandbox.core.processes.news import outbound_news, take_in, tracking_news
from sandbox.core.processes.order_state import OrderState

LINES = (OrderLine(1, "A", 3, 250), OrderLine(2, "B", 1, 999))
ORDER = Order(
    "W-000001", 1, "C-1", "card", "GBP", {"country": "GB"}, LINES, 1749, "00-" + "ab" * 16 + "-" + "1" * 16 + "-01"
)
shipments = st.builds(
    Shipment,
    reference=st.just("W-000001-1"),
    site=st.sampled_from(["LDS", "BHM"]),
    lines=st.just(((1, "A", 3), (2, "B", 1))),
    reservation=st.none() | st.just("RES-1"),
    state=st.sampled_from(["planned", *PICKING_STATES]),
    label_asked=st.booleans(),
    label=st.none() | st.just("LBL-1"),
    invoice_minor=st.integers(0, 10_000),
)


def state_of(*shipments: Shipment) -> OrderState:
    return OrderState("W-000001", ORDER, 5, shipments=list(shipments))


@given(st.lists(shipments, max_size=3), st.booleans(), st.integers(0, 5))
def test_a_state_comes_back_as_it_was_kept(made: list[Shipment], validated: bool, milestones: int) -> None:
    state = state_of(*made)
    state.validated, state.milestones, state.to_release = validated, milestones, ["RES-0"]
    kept = json.loads(json.dumps({"order": ORDER.to_row(), "progress": state.progress()}))
    again = OrderState.from_row(SagaRow("W-000001", 1, kept["order"], kept["progress"], done=False))
    assert again.progress() == state.progress()
    assert (again.order, again.shipments) == (ORDER, made)


def news(state: str) -> Outbound:
    return Outbound("OUT-1", "W-000001-1", "W-000001", state, 500, None, None)


def test_whatever_order_the_warehouses_news_come_in_the_last_state_stands_and_dispatch_is_told_once() -> None:
    for arrival in permutations(("packed", "labelled", "shipped")):
        state = state_of(Shipment("W-000001-1", "LDS", ((1, "A", 3),)))
        for name in (*arrival, *arrival):
            take_in(state, outbound_news(news(name))[1], heed_versions=True)
        assert state.shipments[0].state == "shipped"
        assert [topic for topic, _ in state.events] == ["shipment.dispatched", "order.milestone"]


def test_a_scan_that_comes_late_does_not_take_the_delivery_back() -> None:
    state = state_of(Shipment("W-000001-1", "LDS", ((1, "A", 3),)))
    for status, sequence in (("delivered", 3), ("in_transit", 1)):
        take_in(state, tracking_news("W-000001-1", status, sequence)[1], heed_versions=True)
    assert state.shipments[0].tracking_status == "delivered"
