"""The states of work that ask for a step of the core's, and how long they may do so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from sandbox.oracle.context import BUS


class Stage(NamedTuple):
    """A state. `limit` names its deadline, `needs` the systems that the step takes, the bus where it goes by event.

    `late` is what a finding says, of `order`, `entity` and `key`; `untried` what the verdict says where none was seen.
    `always`: every business has it. `ends_with_order`: nothing is owed for an order that was cancelled.
    """

    late: str
    untried: str
    needs: tuple[str, ...]
    limit: str = "progress_us"
    always: bool = False
    ends_with_order: bool = True


STAGES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "entered": Stage(
            "{order} was accepted and never reached the ERP",
            "no order was accepted",
            ("commerce", "erp", "wms", "desk"),
            "order_us",
            always=True,
        ),
        "released": Stage(
            "{entity} keeps stock for {order}, and no warehouse was told to ship it",
            "nothing was reserved",
            ("wms", "erp", "commerce"),
            always=True,
        ),
        "labelled": Stage(
            "{entity} of {order} is packed and got no label",
            "nothing was packed",
            ("wms", "carrier"),
            always=True,
        ),
        "told": Stage(
            "{entity} of {order} has left, and the channel was not told what is on its way",
            "nothing was shipped",
            ("commerce", "wms", BUS),
            always=True,
            ends_with_order=False,
        ),
        "answered": Stage(
            "{entity} of {order} was never answered",
            "no shopper asked for a change",
            ("commerce", "erp", "wms", "carrier", BUS),
            "request_us",
        ),
        "backordered": Stage(
            "{order} waits for stock that has been there all along",
            "no order waited for stock that came",
            ("commerce", "erp", "wms"),
            "backorder_us",
        ),
        "credited": Stage(
            "{key} of {order} came back and was not credited",
            "nothing came back",
            ("commerce", "erp", "wms"),
            "return_us",
            ends_with_order=False,
        ),
        "taken_back": Stage(
            "{key} of {order} came back and is not in the ERP's stock",
            "nothing came back",
            ("erp", "wms"),
            "return_us",
            ends_with_order=False,
        ),
        "refunded": Stage(
            "{entity} of {order} was credited and the card got nothing back",
            "no card order was credited",
            ("commerce", "erp"),
            "return_us",
            ends_with_order=False,
        ),
        "announced": Stage(
            "{entity} is on its way and no warehouse expects it",
            "no supplier sent a ship notice",
            ("erp", "wms"),
        ),
        "posted": Stage(
            "{entity} was received and is not in the ERP's stock",
            "no delivery was received",
            ("erp", "wms"),
        ),
        "approved": Stage(
            "{entity} was counted and nobody decided about it",
            "nothing was counted",
            ("wms", "erp", "desk"),
            "count_us",
        ),
        "carried_out": Stage(
            "{entity} was decided and is still open",
            "nobody had to decide",
            ("commerce", "erp", "wms", "desk"),
        ),
    }
)
