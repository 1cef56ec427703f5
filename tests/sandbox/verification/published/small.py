"""Small contracts for tests, and folders of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.verification.published.checking import Checked, check
from sandbox.verification.published.contract import Contract, Kind
from sandbox.verification.published.index import read_index
from sandbox.verification.published.previous import last_released
from sandbox.verification.published.writing import release, write

DAY = date(2026, 3, 1)


def event(version: str = "1.0.0", properties: Mapping[str, Any] | None = None, **more: Any) -> Contract:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sandbox:event:shop:order.placed:{version}",
        "type": "object",
        "properties": properties or {"order": {"type": "string"}, "total": {"type": "integer"}},
        "required": ["order"],
        **more,
    }
    return Contract(Kind.EVENT, "shop/order.placed", version, document)


def api(version: str = "1.0.0", reply: Mapping[str, Any] | None = None, **operation: Any) -> Contract:
    schema = {"type": "object", "properties": reply or {"order": {"type": "string"}}, "required": ["order"]}
    told = {"200": {"description": "Done", "content": {"application/json": {"schema": schema}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "shop", "version": version},
        "paths": {"/orders": {"get": {"operationId": "listOrders", "responses": told, **operation}}},
    }
    return Contract(Kind.OPENAPI, "shop", version, document)


def released(folder: Path, *contracts: Contract) -> Path:
    """A folder in which these are published, active and released."""
    write(contracts, folder, DAY)
    release(contracts, folder)
    return folder


def checked(folder: Path, contracts: Sequence[Contract]) -> list[Checked]:
    return check(contracts, read_index(folder), folder, last_released(folder))


def findings(folder: Path, contract: Contract) -> tuple[str, ...]:
    """What is wrong once the contract has been written there."""
    write([contract], folder, DAY)
    (found,) = checked(folder, [contract])
    return found.findings
