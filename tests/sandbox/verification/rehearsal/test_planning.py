"""What becomes of each change of a comparison: edits, no effect, or a reason why not; none is passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.verification.diff.rules.rule import SAFE
from sandbox.verification.diff.rules.table import RULES
from sandbox.verification.rehearsal.at import Standing
from sandbox.verification.rehearsal.of_answers import ANSWERS
from sandbox.verification.rehearsal.of_operations import OPERATIONS
from sandbox.verification.rehearsal.of_requests import REQUESTS
from sandbox.verification.rehearsal.planning import Plan
from tests.sandbox.verification.rehearsal.published import (
    Document,
    operation,
    planned,
    published,
    rename,
    require,
    schema,
    without,
)

_OF_EVENTS_ALONE = ("message", "channel", "operation", "event", "reply", "servers", "payload", "address")


def edits(plan: Plan) -> list[dict[str, Any]]:
    """All edits, in short."""
    return [edit.model_dump(exclude_defaults=True) for one in plan.changes for edit in one.edits]


def test_every_rule_that_is_not_safe_has_its_word() -> None:
    http = [rule for rule in RULES if "OpenAPI" in rule.source or "JSON Schema" in rule.source]
    for rule in http:
        for severity, table in ((rule.request, REQUESTS), (rule.response, ANSWERS)):
            if severity not in (None, SAFE) and "AsyncAPI" not in rule.source:
                assert rule.name in table or rule.name in OPERATIONS, rule.name


def test_a_field_that_goes_is_dropped_wherever_it_is_answered(tmp_path: Path) -> None:
    plan = planned(tmp_path, lambda document: without(document, "Invoice", "total_minor"))
    assert {(one["operation"], one["path"], one["do"]) for one in edits(plan)} == {
        ("POST /invoices", "total_minor", "drop"),
        ("GET /invoices", "items/[]/total_minor", "drop"),
        ("GET /invoices/{invoice}", "total_minor", "drop"),
    }


def test_a_field_is_renamed_where_no_other_reading_is_left_or_a_hint_says_so(tmp_path: Path) -> None:
    plan = planned(tmp_path, lambda document: rename(document, "Invoice", "invoice", "invoice_number"))
    assert {(one["do"], one["value"]) for one in edits(plan)} == {("move", "invoice_number")}
    assert [one.standing for one in plan.changes] == [Standing.REHEARSED, Standing.WITHOUT_EFFECT]

    def two(document: Document) -> None:
        rename(document, "Invoice", "invoice", "number")
        rename(document, "Invoice", "shipment", "delivery")

    assert {one["do"] for one in edits(planned(tmp_path, two))} == {"drop", "add"}
    hinted = planned(tmp_path, two, hints=[("invoice", "number"), ("shipment", "delivery")])
    assert {(one["do"], one["value"]) for one in edits(hinted)} == {("move", "number"), ("move", "delivery")}
    with pytest.raises(InputError, match="--renamed"):
        planned(tmp_path, two, hints=[("invoic", "number")])


@pytest.mark.parametrize(
    ("name", "field", "described", "expected"),
    [
        ("Invoice", "total_minor", {"type": "string"}, {"do": "retype", "value": {"to": "string"}}),
        (
            "Invoice", "total_minor",
            {"type": "object", "required": ["of", "value"],
             "properties": {"of": {"type": "string"}, "value": {"type": "integer"}}},
            {"do": "retype", "value": {"to": "object", "like": {"of": "new", "value": 0}, "into": "value"}},
        ),
        ("Invoice", "shipment", {"anyOf": [{"type": "string"}, {"type": "null"}]}, {"do": "nullify", "share": 0.2}),
        ("NewPayment", "reference", {"maxLength": 5}, {"do": "refuse_unless", "value": {"maxLength": 5}}),
        ("NewInvoice", "sales_order", {"type": "integer"}, {"do": "refuse_unless", "value": {"type": ["integer"]}}),
    ],
)  # fmt: skip
def test_a_value_that_changes_is_rewritten_or_judged(
    tmp_path: Path, name: str, field: str, described: dict[str, Any], expected: dict[str, Any]
) -> None:
    plan = planned(tmp_path, lambda document: schema(document, name)["properties"].update({field: described}))
    found = [one for one in edits(plan) if one["path"].endswith(field)]
    assert found
    assert all({key: one.get(key) for key in expected} == expected for one in found), found


def test_operations_statuses_headers_and_webhooks(tmp_path: Path) -> None:
    def change(document: Document) -> None:
        document["paths"]["/invoices-v2"] = document["paths"].pop("/invoices")
        del document["paths"]["/sales-orders"]["get"]
        answers = operation(document, "post", "/payments")["responses"]
        answers["204"] = {"description": "posted"}
        del answers["201"]
        del operation(document, "post", "/sales-orders")["responses"]["201"]["headers"]
        del document["webhooks"]["sales_order.released"]

    found = {(one["operation"], one["do"]): one for one in edits(planned(tmp_path, change))}
    assert found["POST /invoices", "refuse"]["reply"] == 404
    assert (found["GET /sales-orders", "refuse"]["reply"], found["GET /sales-orders", "refuse"]["value"]) == (
        405,
        "POST",
    )
    assert found["POST /payments", "status"]["value"] == 204
    assert found["POST /payments", "empty"]["status"] == 201
    assert found["POST /sales-orders", "drop"]["path"].lower() == "header location"
    assert found["sales_order.released", "lose"]["side"] == "webhook"


def test_a_required_field_is_asked_for_with_the_status_that_the_contract_declares(tmp_path: Path) -> None:
    def change(document: Document) -> None:
        require(document, "NewInvoice", "tax_point", {"type": "string", "format": "date"})
        del operation(document, "post", "/invoices")["responses"]["422"]

    found = [one for one in edits(planned(tmp_path, change)) if one["do"] == "refuse_missing"]
    assert [(one["path"], one["reply"]) for one in found] == [("tax_point", 400)]


def test_what_cannot_be_expressed_says_why(tmp_path: Path) -> None:
    def change(document: Document) -> None:
        schema(document, "NewInvoice")["properties"]["shipment"]["not"] = {"const": "x"}
        document["paths"]["/elsewhere"] = {"get": {"responses": {"200": {"description": "fine"}}}}

    plan = planned(tmp_path, change)
    assert [one.reason for one in plan.not_expressed] == ["a keyword such as not, if or contains is not judged here"]
    assert all(one.edits or one.reason for one in plan.changes)


def test_nothing_changes_between_equal_documents(tmp_path: Path) -> None:
    assert planned(tmp_path, lambda document: document["info"].update(version="1.0.0")).changes == ()
    assert published().is_file()
