"""What an operation makes can be followed: each 201 has a Location, and links to what goes on with it."""

from __future__ import annotations

from typing import Any

import pytest

from mock_systems.documents import documents

DOCUMENTS = documents()
CREATING = [
    (system, operation["operationId"], operation["responses"]["201"])
    for system, document in DOCUMENTS.items()
    for operations in document["paths"].values()
    for operation in operations.values()
    if "201" in operation["responses"]
]


def parameters_of(system: str) -> dict[str, set[str]]:
    return {
        operation["operationId"]: {parameter["name"] for parameter in operation.get("parameters", ())}
        for operations in DOCUMENTS[system]["paths"].values()
        for operation in operations.values()
    }


@pytest.mark.parametrize(("system", "operation", "reply"), CREATING, ids=[f"{one[0]}-{one[1]}" for one in CREATING])
def test_each_creation_has_a_location_and_links_that_fit(system: str, operation: str, reply: dict[str, Any]) -> None:
    assert reply["headers"]["Location"]["required"]
    assert reply["links"], "nothing goes on with what it makes"
    known = parameters_of(system)
    for link in reply["links"].values():
        assert set(link["parameters"]) <= known[link["operationId"]]


def links(system: str, path: str, method: str = "post", status: str = "201") -> dict[str, dict[str, str]]:
    reply = DOCUMENTS[system]["paths"][path][method]["responses"][status]
    return {name: link["parameters"] for name, link in reply["links"].items()}


def test_a_sales_order_is_linked_to_its_reading_its_change_and_its_cancellation() -> None:
    found = links("erp", "/sales-orders")
    for operation in ("getSalesOrder", "changeSalesOrder", "cancelSalesOrder"):
        assert found[operation] == {"sales_order": "$response.body#/sales_order"}
    assert found["findSalesOrders"] == {"external_ref": "$response.body#/external_ref"}


def test_what_only_the_request_names_is_linked_to_the_list_that_it_was_added_to() -> None:
    assert links("commerce", "/orders/{order}/captures") == {"listCaptures": {"order": "$request.path.order"}}


def test_a_member_of_another_name_is_found_by_what_the_route_says() -> None:
    edits = links("commerce", "/orders/{order}/edits")
    assert edits["acceptEdit"] == {"order": "$response.body#/order", "edit": "$response.body#/request"}
    assert "refuseCancellation" not in edits


def test_an_alias_is_what_goes_over_the_wire() -> None:
    assert links("erp", "/goods-returns")["findGoodsReturns"] == {"return": "$response.body#/return"}
