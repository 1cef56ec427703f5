"""The states of the warehouse system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mock_systems.blueprints import WmsBlueprint
from mock_systems.kit.consignment import ConsignedLine, Consignment
from mock_systems.kit.opening import Opening, Stock
from mock_systems.kit.return_parcel import ReturnedLine, ReturnParcel
from mock_systems.wms.count_book import Count
from mock_systems.wms.counts import record_count
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.inspection import InspectionConfig
from mock_systems.wms.system import Wms
from sandbox.verification.pacts.providers.bench import OPENING, Bench, StateFailed, States
from sandbox.verification.pacts.providers.door_states import door_states

Params = Mapping[str, Any]
Found = tuple[Bench, Mapping[str, Any]]
_WMS: Final = WmsBlueprint(inspection=InspectionConfig(scrap=0.0))
_SHORT: Final = WmsBlueprint(floor=FloorConfig(short_picks=1.0))
_COUNT: Final = "CNT-LDS-000001"


def wms_states() -> States:
    """All of them."""
    return {
        **door_states(_WMS),
        "an item is in stock": _plain,
        "an item is out of stock": _empty,
        "a shipment is reserved": _reserved,
        "a shipment is released": _released,
        "a shipment is packed": _packed,
        "a shipment has left": _shipped,
        "a shipment was picked short": _picked_short,
        "stock was adjusted by one": _adjusted,
        "a delivery is announced": _announced,
        "a delivery is received": _received,
        "an item was counted, and one is missing": _counted,
        "a count is rejected": _rejected,
        "a return is announced": _expected,
        "a return is received": _came_back,
    }


def _bench(blueprint: WmsBlueprint = _WMS, opening: Opening = OPENING) -> tuple[Bench, Wms]:
    bench = Bench(blueprint, opening)
    if not isinstance(bench.system, Wms):
        raise StateFailed(f"{bench.system.name} is no WMS")
    return bench, bench.system


def _plain(params: Params) -> Found:
    return _bench()[0], {}


def _empty(params: Params) -> Found:
    stock = (Stock(params["site"], params["sku"], 0),)
    return _bench(opening=Opening(OPENING.currency, OPENING.items, OPENING.customers, OPENING.sites, stock))[0], {}


def _reserve(bench: Bench, params: Params, quantity: int = 2) -> str:
    about = {name: params[name] for name in ("reference", "order", "site")}
    lines = [{"line": 1, "sku": "MUG", "quantity": quantity}]
    return str(bench.call("POST", "/reservations", {**about, "lines": lines})["reservation"])


def _reserved(params: Params) -> Found:
    bench, _ = _bench()
    return bench, {"reservation": _reserve(bench, params)}


def _release(bench: Bench, params: Params, quantity: int = 2) -> dict[str, Any]:
    reservation = _reserve(bench, params, quantity)
    body = {
        "reservation": reservation,
        "reference": params["reference"],
        "order": params["order"],
        "ship_to": {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"},
    }
    number = bench.call("POST", "/outbound-orders", body)["outbound_order"]
    return {"reservation": reservation, "outbound_order": number}


def _released(params: Params) -> Found:
    bench, _ = _bench()
    return bench, _release(bench, params)


def _packed(params: Params) -> Found:
    bench, given = _released(params)
    bench.wait_for("outbound.packed")
    return bench, given


def _shipped(params: Params) -> Found:
    bench, given = _packed(params)
    label = {"label": params["label"], "tracking": params["tracking"]}
    bench.call("POST", f"/outbound-orders/{given['outbound_order']}/label", label)
    bench.wait_for("outbound.shipped")
    return bench, given


def _picked_short(params: Params) -> Found:
    bench, _ = _bench(_SHORT)
    given = _release(bench, params, 40)  # of so many the picker finds some
    bench.wait_for("short_pick.reported")
    return bench, given


def _adjusted(params: Params) -> Found:
    bench, wms = _bench()
    wms.adjust(params["site"], params["sku"], -1)
    bench.wait_for("stock.moved")
    return bench, {}


def _announced(params: Params) -> Found:
    bench, _ = _bench()
    number = bench.call("POST", "/inbound-orders", dict(params))["inbound_order"]
    return bench, {"inbound_order": number}


def _received(params: Params) -> Found:
    bench, given = _announced(params)
    lines = tuple(ConsignedLine(x["line"], x["sku"], x["quantity"], 0) for x in params["lines"])
    truck = Consignment(params["asn"], params["purchase_order"], params["site"], lines)
    _wms(bench).deliver(truck, int(bench.env.now))
    bench.wait_for("inbound.received")
    return bench, given


def _counted(params: Params) -> Found:
    bench, wms = _bench()
    row = wms.books.sites[params["site"]].stock[params["sku"]]
    count = Count(_COUNT, row.site, row.sku, row.on_hand, row.sequence, f"00-{1:032x}-{1:016x}-01")
    count.counted = count.book - 1
    wms.books.counts.pending[row.site, row.sku] = None
    wms.act(lambda turn: record_count(wms.books, count, turn), int(bench.env.now))
    bench.wait_for("count.recorded")
    return bench, {"count": _COUNT}


def _rejected(params: Params) -> Found:
    bench, given = _counted(params)
    bench.call("POST", f"/counts/{_COUNT}/rejection", {"reason": "count it again"})
    return bench, given


def _expected(params: Params) -> Found:
    bench, _ = _bench()
    bench.call("POST", "/returns", dict(params))
    return bench, {}


def _came_back(params: Params) -> Found:
    shipment = f"{params['order']}-{params['site']}"
    about = {"order": params["order"], "site": params["site"], "reference": shipment}
    bench, _ = _shipped({**about, "label": "LBL-000001", "tracking": "TRK-000001"})
    bench.call("POST", "/returns", dict(params))
    lines = tuple(ReturnedLine(shipment, x["line"], x["sku"], x["quantity"]) for x in params["lines"])
    _wms(bench).take_back(ReturnParcel(params["rma"], params["order"], lines), int(bench.env.now))
    bench.wait_for("return.received")
    return bench, {}


def _wms(bench: Bench) -> Wms:
    assert isinstance(bench.system, Wms)
    return bench.system
