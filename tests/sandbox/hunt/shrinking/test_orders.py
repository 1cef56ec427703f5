"""Fewer orders are numbered anew, and faults follow those that they name."""

from __future__ import annotations

from sandbox.faults.atoms import CallAtom, Window
from sandbox.faults.moments import DAY_US
from sandbox.hunt.shrinking.orders import order_of, with_fewer_orders, with_more_orders
from sandbox.hunt.trial import Trial

NUMBERS = {"R-1": "W-000001", "R-2": "W-000002", "R-3": "W-000003"}


def lost(name: str, order: str | None) -> CallAtom:
    """A lost reply about an order."""
    return CallAtom(id=name, kind="lost_reply", system="erp", window=Window(0, DAY_US), order=order)


def test_faults_follow_their_orders_and_go_with_them() -> None:
    trial = Trial(atoms=(lost("F1", "W-000003"), lost("F2", "W-000001"), lost("F3", None), lost("F4", "W-000002")))
    fewer = with_fewer_orders(trial, ("R-2", "R-3"), NUMBERS)
    assert fewer.orders == ("R-2", "R-3")
    assert [(atom.id, order_of(atom)) for atom in fewer.atoms] == [
        ("F1", "W-000002"),
        ("F3", None),
        ("F4", "W-000001"),
    ]
    assert with_fewer_orders(trial, ("R-1", "R-2", "R-3"), NUMBERS).atoms == trial.atoms


def test_faults_follow_their_orders_back_among_more() -> None:
    few = Trial(atoms=(lost("F1", "W-000001"), lost("F2", None)), orders=("R-3",))
    more = with_more_orders(few, None, {"R-3": "W-000001"}, NUMBERS)
    assert more.orders is None
    assert [order_of(atom) for atom in more.atoms] == ["W-000003", None]
