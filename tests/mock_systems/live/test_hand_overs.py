"""Goods between processes: each load arrives once, whoever was down when the truck left."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from mock_systems import hand_overs
from mock_systems.blueprints import (
    Blueprint,
    CarrierBlueprint,
    CommerceBlueprint,
    DeskBlueprint,
    ErpBlueprint,
    WmsBlueprint,
    build,
)
from mock_systems.kit.consignment import ConsignedLine, Consignment
from mock_systems.kit.physics import DAY, HOUR, MINUTE
from mock_systems.kit.return_parcel import ReturnedLine, ReturnParcel
from mock_systems.kit.streams import Streams
from tests.mock_systems.live.served import Served, eventually
from tests.mock_systems.wms.warehouse import MONDAY_US, SHIP_TO, line, opening

TRACE = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"


def clock_at(at_us: int) -> dict[str, int]:
    """A clock that stands there now."""
    return {"wall_us": time.time_ns() // 1000, "now_us": at_us}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """A warehouse whose trucks bring parcels to a carrier; none of them is started."""
    clock = clock_at(MONDAY_US + 8 * HOUR)
    carrier = Served(tmp_path, CarrierBlueprint(), opening(), clock=clock)
    wms = Served(tmp_path, WmsBlueprint(), opening(), clock=clock, receivers={"parcels": carrier.admin_url})
    try:
        yield wms, carrier
    finally:
        wms.close()
        carrier.close()


def packed_parcel(wms: Served, carrier: Served) -> str:
    """An order goes through the floor and gets a label; its tracking number."""
    asked = {"reference": "W-1", "order": "W-1", "site": "LDS", "lines": [line(1, "CUP", 2)]}
    reservation = wms.call("POST", "/reservations", asked).json()["reservation"]
    released = {"reservation": reservation, "reference": "W-1", "order": "W-1", "ship_to": SHIP_TO}
    number = wms.call("POST", "/outbound-orders", {**released, "traceparent": TRACE}).json()["outbound_order"]
    wms.admin("PUT", "/clock", clock_at(MONDAY_US + 8 * HOUR + 50 * MINUTE))
    bought = {"reference": "W-1", "order": "W-1", "service": "economy", "from_site": "LDS", "to_country": "GB"}
    label = carrier.call("POST", "/labels", {**bought, "weight_g": 900}).json()
    stuck = wms.call(
        "POST", f"/outbound-orders/{number}/label", {"label": label["label"], "tracking": label["tracking"]}
    )
    assert stuck.status_code == 200, stuck.text
    tracking: str = label["tracking"]
    return tracking


def test_a_parcel_reaches_the_carrier_once_though_both_were_down(pair: tuple[Served, Served]) -> None:
    wms, carrier = pair
    wms.start()
    carrier.start()
    tracking = packed_parcel(wms, carrier)
    assert carrier.stop() == 0
    wms.admin("PUT", "/clock", clock_at(MONDAY_US + 9 * HOUR + MINUTE))
    assert wms.admin("GET", "/status")["loads_under_way"] == 1
    wms.kill()
    carrier.start()
    wms.start()
    eventually(lambda: wms.admin("GET", "/status")["loads_under_way"] == 0)
    inputs = (carrier.file.parent / "carrier" / "inputs.jsonl").read_text().splitlines()
    arrived = [entry for entry in map(json.loads, inputs[1:]) if entry[1] == "arrived"]
    ((_, _, load, kind, data),) = arrived
    assert (kind, data) == ("parcels", [tracking])
    carrier.admin("POST", "/hand-overs", {"id": load, "kind": kind, "data": data})
    wms.kill()
    wms.start()
    eventually(lambda: wms.admin("GET", "/status")["loads_under_way"] == 0)
    assert (wms.file.parent / "wms" / "inputs.jsonl").read_text().count('"handed"') == 1
    carrier.admin("PUT", "/clock", clock_at(MONDAY_US + 9 * DAY))
    told = [(fact["kind"], fact["data"].get("status")) for fact in carrier.facts()]
    scans = [("parcel.scanned", status) for status in ("in_transit", "out_for_delivery", "delivered")]
    assert told == [("label.bought", None), *scans]


def test_goods_for_somebody_else_are_refused(pair: tuple[Served, Served]) -> None:
    _, carrier = pair
    carrier.start()
    for load in ({"id": "x", "kind": "consignment", "data": {}}, {"id": "y", "kind": "parcels", "data": {"no": 1}}):
        given = {"authorization": "Bearer admin-for-tests"}
        reply = carrier.http.post(f"{carrier.admin_url}/hand-overs", json=load, headers=given)
        assert (reply.status_code, reply.json()["type"]) == (422, "urn:problem:invalid-request")


EVERY = (CommerceBlueprint(), ErpBlueprint(), WmsBlueprint(), CarrierBlueprint(), DeskBlueprint())


@pytest.mark.parametrize("blueprint", EVERY, ids=lambda blueprint: blueprint.system)
def test_each_kind_is_taken_by_its_receiver_alone(blueprint: Blueprint) -> None:
    taken = hand_overs.takes(build(blueprint, opening(), Streams(1)))
    assert sorted(taken) == sorted(kind for kind, who in hand_overs.RECEIVERS.items() if who == blueprint.system)


def test_loads_are_the_same_after_their_way_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, erp, wms = (build(blueprint, opening(), Streams(1)) for blueprint in EVERY[:3])
    given: list[tuple[str, str]] = []
    for system in (erp, shop):
        hand_overs.gives(system, lambda kind, data: given.append((kind, json.dumps(data))))
    consignment = Consignment("ASN-1", "PO-1", "LDS", (ConsignedLine(1, "CUP", 10, 1),))
    parcel = ReturnParcel("RMA-1", "W-1", (ReturnedLine("OUT-1", 1, "CUP", 2),))
    erp.on_delivery[0](consignment, 5)  # type: ignore[attr-defined]
    shop.senders.hands[0](parcel, 6)  # type: ignore[attr-defined]
    came: list[object] = []
    monkeypatch.setattr(type(wms), "deliver", lambda _, load, now_us: came.append((load, now_us)))
    monkeypatch.setattr(type(wms), "take_back", lambda _, load, now_us: came.append((load, now_us)))
    for (kind, text), now_us in zip(given, (7, 8), strict=True):
        hand_overs.takes(wms)[kind](json.loads(text), now_us)
    assert came == [(consignment, 7), (parcel, 8)]
    with pytest.raises(ValidationError):
        hand_overs.takes(wms)["consignment"]({"asn": "A"}, 9)
