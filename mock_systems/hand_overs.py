"""What people and trucks carry from one system to another: who gives what, and who takes it.

Between processes a load goes as JSON to the receiver's admin API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from mock_systems.carrier.system import Carrier
from mock_systems.commerce.system import Commerce
from mock_systems.erp.system import Erp
from mock_systems.kit.consignment import Consignment
from mock_systems.kit.live.hand_overs import Give, Take
from mock_systems.kit.return_parcel import ReturnParcel
from mock_systems.kit.system import MockSystem
from mock_systems.wms.system import Wms

PARCELS: Final = "parcels"  # tracking numbers that a truck has aboard
CONSIGNMENT: Final = "consignment"  # a supplier's delivery
RETURN_PARCEL: Final = "return-parcel"  # what a customer sends back
# Which system takes what.
RECEIVERS: Final[Mapping[str, str]] = {PARCELS: "carrier", CONSIGNMENT: "wms", RETURN_PARCEL: "wms"}

_TRACKINGS: Final = TypeAdapter(list[str])
_CONSIGNMENT: Final = TypeAdapter(Consignment)
_RETURN_PARCEL: Final = TypeAdapter(ReturnParcel)


def gives(system: MockSystem, give: Give) -> None:
    """Have what leaves this system go to `give`."""
    if isinstance(system, Wms):
        system.on_departure.append(lambda trackings, _: give(PARCELS, trackings))
    elif isinstance(system, Erp):
        system.on_delivery.append(lambda consignment, _: give(CONSIGNMENT, _consignment(consignment)))
    elif isinstance(system, Commerce):
        system.senders.hands.append(lambda parcel, _: give(RETURN_PARCEL, _return_parcel(parcel)))


def takes(system: MockSystem) -> Mapping[str, Take]:
    """What this system takes, by kind. Each raises ValueError for a load that can't be read."""
    if isinstance(system, Carrier):
        carrier = system
        return {PARCELS: lambda data, now_us: carrier.collect(_TRACKINGS.validate_python(data), now_us)}
    if isinstance(system, Wms):
        wms = system
        return {
            CONSIGNMENT: lambda data, now_us: wms.deliver(_CONSIGNMENT.validate_python(data), now_us),
            RETURN_PARCEL: lambda data, now_us: wms.take_back(_RETURN_PARCEL.validate_python(data), now_us),
        }
    return {}


def _consignment(given: Consignment) -> dict[str, Any]:
    return {**given._asdict(), "lines": [line._asdict() for line in given.lines]}


def _return_parcel(given: ReturnParcel) -> dict[str, Any]:
    return {**given._asdict(), "lines": [line._asdict() for line in given.lines]}
