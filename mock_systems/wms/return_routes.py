"""The WMS's operations about what customers send back."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.kit.routes import OrderOf, Route
from mock_systems.kit.wire import Request
from mock_systems.wms import return_wire as wire
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.return_orders import announce_return, get_return, list_returns


def return_routes(books: WmsBooks, named: OrderOf) -> list[Route]:
    """All of them; `named` finds the order that a body names."""

    def in_path(request: Request, params: Mapping[str, str]) -> str | None:
        found = books.returns.all.get(params["return_order"])
        return found.order if found is not None else None

    return [
        Route(
            operation="announceReturn",
            method="POST",
            path="/returns",
            handler=announce_return,
            summary="Tell a site what a customer is sending back.",
            body=wire.NewReturn,
            replies={201: wire.ReturnOrder},
            order_of=named,
            honours_key=True,
            tags=("returns",),
        ),
        Route(
            operation="listReturns",
            method="GET",
            path="/returns",
            handler=list_returns,
            summary="Return orders by their latest change, or those of one return of the channel's.",
            query=wire.ReturnQuery,
            replies={200: wire.ReturnPage},
            tags=("returns",),
        ),
        Route(
            operation="getReturn",
            method="GET",
            path="/returns/{return_order}",
            handler=get_return,
            summary="One return order.",
            replies={200: wire.ReturnOrder},
            order_of=in_path,
            tags=("returns",),
        ),
    ]
