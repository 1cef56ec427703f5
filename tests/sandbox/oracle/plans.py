"""Correct histories of all sorts, for Hypothesis: orders of several fates, their steps mixed with one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.history import HOUR_US, SITES, History
from tests.sandbox.oracle.order_steps import Order

Step = Callable[[], object]
FATES = ("cash", "account", "split", "released", "rejected", "surfaced", "replanned", "two labels", "given up")

ENOUGH = 18
"""Eaches of one item that the orders of a run can ask of a site at most."""


@dataclass(frozen=True)
class Run:
    """A history and the moment at which it is judged."""

    facts: tuple[Fact, ...]
    end_us: int


def steps(history: History, fate: str, site: str, basket: list[str | int]) -> Iterator[Step]:
    """What a good core does for an order of this fate, step by step."""
    on_account = fate in ("account", "released", "rejected")
    payment = {"payment": "account", "customer": "C-1"} if on_account else {}
    order = history.order(*basket, **payment)
    yield lambda: order.tell("received")
    if fate == "surfaced":
        yield lambda: order.surface()
    if fate == "given up":
        yield lambda: order.surface("unknown-item")
        return
    if fate in ("released", "rejected"):
        yield lambda: order.erp("on_hold").tell("on_hold")
        yield lambda: order.credit(fate)
    else:
        yield lambda: order.erp().tell("accepted")
    if fate == "rejected":
        yield lambda: order.cancel().tell("rejected")
        return
    if fate == "surfaced":
        yield order.close
    yield from _ways_to_ship(order, fate, SITES if fate == "split" else (site,))


def _ways_to_ship(order: Order, fate: str, sites: tuple[str, ...]) -> Iterator[Step]:
    if fate == "replanned":
        yield lambda: order.reserve(*SITES)
        yield order.unreserve
    yield lambda: order.reserve(*sites).tell("allocated")
    yield lambda: order.release().tell("released")
    yield order.pack
    yield order.label
    if fate == "two labels":
        yield lambda: order.void_label(order.buy_label(order.shipments[0]))
    for at in range(len(order.shipments)):
        last = at == len(order.shipments) - 1
        yield lambda at=at, last=last: order.ship(at).tell("shipped" if last else "partially_shipped")
        yield lambda at=at: order.fulfil(at)
        yield lambda at=at: order.issue(at)
        yield lambda at=at: order.invoice(at)
        yield lambda at=at: order.capture(at)
        yield lambda at=at: order.pay(at)
    yield lambda: order.tell("invoiced")
    yield lambda: order.scan("in_transit", "delivered").tell("delivered")
    yield order.remit


@st.composite
def runs(draw: st.DrawFn, orders: int = 3) -> Run:
    """A run in which a good core did everything right, perhaps with orders still on their way at its end."""
    history = History(stock=draw(st.integers(ENOUGH, ENOUGH + 4)))
    started: list[Iterator[Step]] = []
    for _ in range(draw(st.integers(1, orders))):
        skus = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=2))
        basket: list[str | int] = [part for sku in skus for part in (sku, draw(st.integers(1, 3)))]
        started.append(steps(history, draw(st.sampled_from(FATES)), draw(st.sampled_from(SITES)), basket))
    cut_short = draw(st.booleans())
    left = draw(st.integers(1, 40)) if cut_short else -1
    while started and left:
        left -= 1
        _go_on(draw, history, started)
    history.publish()
    return Run(tuple(history.facts), history.now_us + (HOUR_US if cut_short else 30 * HOUR_US))


def _go_on(draw: st.DrawFn, history: History, started: list[Iterator[Step]]) -> None:
    """One more step of one of the orders; the channel hears of its stock often enough."""
    at = draw(st.integers(0, len(started) - 1))
    step = next(started[at], None)
    if step is None:
        del started[at]
    else:
        step()
    if draw(st.integers(0, 9)) == 0:
        site, sku = draw(st.sampled_from(SITES)), draw(st.sampled_from("ABC"))
        if history.on_hand[site, sku] > ENOUGH:
            history.adjust(site, sku, draw(st.sampled_from((-1, 1, 2))))
    if draw(st.integers(0, 14)) == 0:
        history.take_over()
    if draw(st.booleans()):
        history.wait(draw(st.integers(0, 12))).publish()
