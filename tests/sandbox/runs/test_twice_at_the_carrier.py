"""Every shipped design knows that its carrier sells two labels to a proxy that asks twice."""

from __future__ import annotations

import pytest

from sandbox.core.design import load_design_file
from sandbox.runs.library import designs


@pytest.mark.parametrize("name", designs())
def test_no_shipped_design_trusts_the_carrier_with_keys(name: str) -> None:
    policy = load_design_file(designs()[name]).call_policy("carrier")
    assert not policy.honours_keys
    assert policy.late_commit_bound_us == 120_000_000
