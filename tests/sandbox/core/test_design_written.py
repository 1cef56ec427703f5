"""A design that was written is the same when it is read: a core in another process runs just that one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mock_systems.kit.streams import Streams
from sandbox.core.design import Design, load_design, load_design_file
from sandbox.core.design_written import written_design
from sandbox.core.knobs import drawn_knobs, with_knobs
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.runs.library import designs

SHIPPED = designs()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_designs_are_read_back_with_any_knobs(name: str) -> None:
    design = load_design_file(SHIPPED[name])
    assert load_design(written_design(design)) == design
    for seed in range(20):
        drawn = with_knobs(design, drawn_knobs(Streams(seed)))
        assert load_design(written_design(drawn)) == drawn


def test_what_is_switched_off_and_set_otherwise_is_read_back() -> None:
    design = load_design(
        {
            "name": "x",
            "safety": {"outbox": False, "retries": False},
            "intake": {"deduplicate": False, "subscriptions_every": "never", "acknowledge": "before_commit"},
            "flows": {
                "orders": {"event": {"poll_every": "never"}},
                "invoicing": {"batch": {"at": "02:30"}},
                "stock": "api",
            },
            "calls": {"default": {"per_minute": 90}, "erp": {"timeout": "7s", "retry_budget": {"share": "12.5%"}}},
            "shortages": {"short_picks": ["backorder"], "first": "most_valuable"},
            "inventory": {"safety_stock": 3},
        }
    )
    assert load_design(written_design(design)) == design


def test_what_no_file_can_say_is_refused() -> None:
    with pytest.raises(ValueError, match=r"calls\.erp: no file says that there is no breaker"):
        written_design(replace(Design("x"), calls={"default": CallPolicy(), "erp": CallPolicy(breaker=None)}))
