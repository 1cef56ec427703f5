"""What customers give back: a history's cancellations that find their purchases, and returns that are drawn."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.demand import Demand, SyntheticDemand, history_demand, synthetic_demand, with_returns
from sandbox.demand.cancellations import Cancellations, GivenBack
from sandbox.demand.orders import DemandLine, DemandOrder, ShipTo
from sandbox.demand.returns import ReturnsBlock
from sandbox.faults.moments import DAY_US

START_US = 15_292 * DAY_US
MAPPING = """\
title: own
currency: GBP
columns: {order: Order, time: Day, customer: Account, sku: Item, quantity: Qty, price: Price}
countries: {default: GB}
cancellation: {order_prefix: C}
dirty: {cancellation: return}
"""
RULES = {"share": "20%", "after": "4d", "reasons": ["too big"]}
HEADER = "Order,Day,Account,Item,Qty,Price\n"


def imported(folder: Path, *rows: str) -> Demand:
    (folder / "own.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "own.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return history_demand(folder / "own.csv", folder / "own.yaml", Streams(1))


def returned(demand: Demand) -> dict[str, list[tuple[tuple[int, int], ...]]]:
    return {order.reference: [wanted.lines for wanted in order.returns] for order in demand.orders if order.returns}


def test_a_cancellation_gives_back_the_latest_earlier_purchase(tmp_path: Path) -> None:
    demand = imported(
        tmp_path,
        "1,2011-11-01,K1,A,5,1.00",
        "2,2011-11-02,K1,B,1,2.00",
        "2,2011-11-02,K1,A,5,1.00",
        "C3,2011-11-03,K1,A,-4,1.00",
        "4,2011-11-04,K1,A,9,1.00",
    )
    assert returned(demand) == {"2": [((1, 4),)]}
    (wanted,) = demand.orders[1].returns
    assert wanted.reference == "C3/2"
    assert demand.account.lines("returned") == 1
    assert demand.account.is_balanced


def test_one_cancellation_may_give_back_several_orders_and_several_lines(tmp_path: Path) -> None:
    demand = imported(
        tmp_path,
        "1,2011-11-01,K1,A,5,1.00",
        "2,2011-11-02,K1,A,5,1.00",
        "2,2011-11-02,K1,B,3,1.00",
        "C3,2011-11-03,K1,A,-7,1.00",
        "C3,2011-11-03,K1,B,-3,1.00",
    )
    assert returned(demand) == {"1": [((0, 2),)], "2": [((0, 5), (1, 3))]}
    assert demand.account.lines("returned") == 2


def test_what_was_not_bought_before_is_told_as_unmatched(tmp_path: Path) -> None:
    demand = imported(
        tmp_path,
        "C0,2011-11-01,K1,A,-1,1.00",  # before the purchase
        "1,2011-11-02,K1,A,5,1.00",
        "C2,2011-11-03,K1,A,-6,1.00",  # more than was bought
        "C3,2011-11-03,K2,A,-1,1.00",  # by somebody else
        "C4,2011-11-03,,A,-1,1.00",  # by nobody
        "C5,2011-11-04,K1,A,-5,1.00",
        "C6,2011-11-05,K1,A,-1,1.00",  # nothing is left
        "C7,2011-11-05,K1,A,-1,0.00",  # dirty otherwise
    )
    account = demand.account
    assert returned(demand) == {"1": [((0, 5),)]}
    assert (account.lines("returned"), account.is_balanced, account.rows) == (1, True, 8)
    assert {tally.name: tally.lines for tally in account.set_aside} == {"cancellation_unmatched": 5, "cancellation": 1}
    assert any("waits until it has" in told for told in account.derived)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(1, 9)), max_size=30))
def test_never_more_is_given_back_than_was_bought(events: list[tuple[int, bool, int]]) -> None:
    orders = [
        DemandOrder(at, f"O{at}", f"K{who}", "account", "GBP", ShipTo("x", "GB", ""), (DemandLine("A", quantity, 1),))
        for at, (who, buys, quantity) in enumerate(events)
        if buys
    ]
    lines = [
        GivenBack(f"C{at}", at, f"K{who}", "A", quantity) for at, (who, buys, quantity) in enumerate(events) if not buys
    ]
    matching = Cancellations(orders)  # type: ignore[arg-type]
    matched = matching.match(lines)
    back = matching.returns(lambda reference: 0)
    bought = {order.reference: order for order in orders}
    total = 0
    for reference, returns in back.items():
        given_back = sum(quantity for wanted in returns for _, quantity in wanted.lines)
        assert given_back <= bought[reference].lines[0].quantity
        assert all(wanted.at_us >= bought[reference].at_us for wanted in returns)
        total += given_back
    assert total == sum(line.quantity for line, hit in zip(lines, matched, strict=True) if hit)


def test_drawn_returns_are_of_what_was_bought_and_shift_no_orders() -> None:
    config = SyntheticDemand(orders_per_day=200)
    plain = synthetic_demand(config, START_US, 2, Streams(1))
    demand = with_returns(plain, ReturnsBlock.model_validate(RULES), Streams(1))
    returns = [(order, wanted) for order in demand.orders for wanted in order.returns]
    assert 0.1 < len(returns) / len(demand.orders) < 0.3
    assert [order.reference for order in demand.orders] == [order.reference for order in plain.orders]
    for order, wanted in returns:
        assert 2 * DAY_US <= wanted.at_us - order.at_us <= 6 * DAY_US
        assert all(1 <= quantity <= order.lines[at].quantity for at, quantity in wanted.lines)
        assert wanted.reason == "too big"
    assert len({wanted.reference for _, wanted in returns}) == len(returns)
    assert any("give something back" in told for told in demand.account.derived)
