"""Designs: the reference, its switches, and what a person gets wrong."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.design import Design, DesignFile, Safety, design_of, load_design
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.errors import InputError
from sandbox.yaml_files import read_yaml

HYBRID = Path("scenarios/designs/hybrid.yaml")


def hybrid() -> Design:
    return design_of(read_yaml(HYBRID).validated(DesignFile))


def test_the_reference_has_every_guard_on_and_says_what_the_defaults_are() -> None:
    design = hybrid()
    assert all(getattr(design.safety, guard.name) for guard in fields(Safety))
    assert design.calls["default"] == CallPolicy()
    for part in fields(Design):
        if part.name not in ("name", "about", "calls"):
            assert getattr(design, part.name) == getattr(Design("defaults"), part.name), part.name


def test_a_system_differs_from_the_default_in_single_keys() -> None:
    design = load_design(
        {
            "name": "x",
            "calls": {
                "default": {"timeout": "20s", "breaker": {"failures": 3}},
                "erp": {"concurrency": 5, "breaker": {"probes": 1}, "retry_budget": {"share": "12.5%"}},
            },
        }
    )
    erp, wms = design.call_policy("erp"), design.call_policy("wms")
    assert (erp.timeout_us, erp.concurrency, wms.timeout_us, wms.concurrency) == (20_000_000, 5, 20_000_000, 16)
    assert erp.breaker is not None
    assert wms.breaker is not None
    assert (erp.breaker.failures, erp.breaker.probes, wms.breaker.probes) == (3, 1, 2)
    assert erp.retry_budget is not None
    assert erp.retry_budget.share == 0.125
    assert design.call_policy("crm") == design.calls["default"]


def test_switches_take_single_guards_away() -> None:
    design = hybrid()
    without = replace(design, safety=replace(design.safety, retries=False, breakers=False))
    assert (without.call_policy("erp").attempts, without.call_policy("erp").breaker) == (1, None)
    assert (design.call_policy("erp").attempts, design.call_policy("erp").breaker is None) == (4, False)
    never = {"orders": {"event": {"poll_every": "never"}}}
    assert load_design({"name": "x", "flows": never}).flows.orders.ask is None


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"intak": {}}, "intak", "did you mean 'intake'?"),
        ({"calls": {"epr": {}}}, "calls.epr", "did you mean 'erp'?"),
        ({"calls": {"erp": {"timeout": 10}}}, "calls.erp.timeout", "write a number with a unit"),
        ({"calls": {"erp": {"timeout": "-5s"}}}, "calls.erp.timeout", "negative"),
        ({"calls": {"erp": {"timeout": "0s"}}}, "calls.erp.timeout", "above zero"),
        ({"calls": {"erp": {"timeout": "10m"}}}, "calls.erp", "patience is shorter"),
        ({"calls": {"erp": {"backoff": {"base": "1m"}}}}, "calls.erp.backoff", "cap is below"),
        ({"calls": {"erp": {"retry_budget": {"share": 0.2}}}}, "calls.erp.retry_budget.share", "per cent, like 20%"),
        ({"calls": {"erp": {"concurrency": 0}}}, "calls.erp.concurrency", "at least 1"),
        ({"intake": {"acknowledge": "after_comit"}}, "intake.acknowledge", "did you mean 'after_commit'?"),
        ({"flows": {"invoicing": "event"}}, "flows.invoicing", "a posting needs its answer"),
        ({"flows": {"checks": "event"}}, "flows.checks", "tells nobody when a price changes"),
        ({"flows": {"returns": "api"}}, "flows.returns", "write event or batch"),
        ({"flows": {"master_data": "api"}}, "flows.master_data", "write event or batch"),
        ({"flows": {"crediting": "event"}}, "flows.crediting", "a posting needs its answer"),
        ({"returns": {"poll_every": "15m"}}, "returns.poll_every", ""),
        ({"flows": {"orders": "api"}}, "flows.orders", "write event or batch"),
        ({"flows": {"orders": "batch"}}, "flows.orders", "{batch: {every: 15m}}"),
        ({"flows": {"orders": {"evnt": {}}}}, "flows.orders.evnt", "did you mean 'event'?"),
        ({"flows": {"stock": {"api": {}, "event": {}}}}, "flows.stock", "one pattern"),
        ({"flows": {"invoicing": {"batch": {"at": "25:00"}}}}, "flows.invoicing.batch.at", "no time of day"),
        ({"flows": {"orders": {"batch": {"every": "5m", "at": "02:00"}}}}, "flows.orders.batch", "one of both"),
        ({"intake": {"dedupe_window": "1h"}}, "intake.dedupe_window", "at least"),
        ({"intake": {"page_limit": 501}}, "intake.page_limit", "at most 500"),
        ({"safety": {"outbox": "perhaps"}}, "safety.outbox", "true or false"),
        ({"inventory": {"safety_stock": -1}}, "inventory.safety_stock", "at least 0"),
        ({"name": ""}, "name", "at least 1 character"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(change: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        load_design({"name": "x", **change})
    assert refused.value.field == field
    assert words in str(refused.value)


def test_editors_get_a_schema_that_shows_durations_as_text() -> None:
    schema = DesignFile.model_json_schema()["$defs"]
    assert schema["StockEvent"]["properties"]["publish_after"]["default"] == "15s"
    assert schema["StockEvent"]["properties"]["publish_after"]["type"] == "string"
    assert schema["OrdersBlock"]["anyOf"][0] == {"enum": ["event"]}
    assert schema["SafetyBlock"]["additionalProperties"] is False
