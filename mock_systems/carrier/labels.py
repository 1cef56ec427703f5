"""Labels: each purchase is another one and costs again, whatever its reference or key; a void gives the money back."""

from __future__ import annotations

from mock_systems.carrier.books import CarrierBooks, Label
from mock_systems.carrier.rates import must_collect_at, tariff_of
from mock_systems.carrier.wire import NewLabel
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def buy_label(books: CarrierBooks, turn: Turn) -> Reply:
    """Sell a label. The same purchase again sells a second one: the carrier's bad habit."""
    body: NewLabel = turn.body
    must_collect_at(books, body.from_site)
    tariff = tariff_of(body.service, body.to_country)
    count = len(books.labels) + 1
    label = Label(
        label=f"LBL-{count:06d}",
        tracking=f"TRK{count:09d}",
        reference=body.reference,
        nth=len(books.by_reference.get(body.reference, ())) + 1,
        order=body.order,
        service=body.service,
        cost_minor=tariff.cost_minor(body.weight_g),
        weight_g=body.weight_g,
        days=books.days_promised(tariff.days),
        trace=turn.trace,
    )
    books.add(label)
    data = {
        "tracking": label.tracking,
        "reference": label.reference,
        "service": label.service,
        "cost_minor": label.cost_minor,
        "weight_g": label.weight_g,
    }
    turn.fact("label.bought", label.label, label.order, data)
    return Reply(201, label.view(), {"location": f"/labels/{label.label}"})


def find_labels(books: CarrierBooks, turn: Turn) -> Reply:
    """All labels sold under one reference, oldest first."""
    found = books.by_reference.get(turn.query.reference, ())
    return Reply(200, {"items": [label.view() for label in found], "next_cursor": None})


def get_label(books: CarrierBooks, turn: Turn) -> Reply:
    """One label."""
    return Reply(200, _label(books, turn).view())


def void_label(books: CarrierBooks, turn: Turn) -> Reply:
    """Take a label back, until its first scan; a second time changes nothing."""
    label = _label(books, turn)
    if label.state == "used":
        raise Refusal(409, "already-used", f"{label.label} is on a parcel that was scanned")
    if label.state == "bought":
        label.state = "voided"
        data = {"tracking": label.tracking, "cost_minor": label.cost_minor}
        turn.fact("label.voided", label.label, label.order, data, label.trace)
    return Reply(200, label.view())


def _label(books: CarrierBooks, turn: Turn) -> Label:
    number = turn.params["label"]
    label = books.labels.get(number)
    if label is None:
        raise Refusal(404, "unknown-label", f"there is no label {number}")
    return label
