"""A webhook that a contract change rewrites on purpose is excused by its fault, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.verification.messages.excuses import excuses

EDIT = {"side": "webhook", "operation": "sales_order.released", "do": "drop", "path": "data/status"}


@pytest.mark.parametrize(
    ("name", "edit", "excused"),
    [
        ("erp/sales_order.released", EDIT, ["V2"]),
        ("erp/sales_order.released", {**EDIT, "operation": "*"}, ["V2"]),
        ("erp/sales_order.rejected", EDIT, []),
        ("wms/sales_order.released", EDIT, []),
        ("erp/sales_order.released", {**EDIT, "side": "answer"}, []),
    ],
)
def test_only_what_is_rewritten_is_excused(name: str, edit: dict[str, Any], excused: list[str]) -> None:
    plan = [{"id": "V2", "contract_change": {"system": "erp", "edits": [edit]}}]
    assert excuses(name, "/data/status", plan) == excused
