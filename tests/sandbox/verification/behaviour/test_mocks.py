"""Our own mocks pass every check that applies to them."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.verification.behaviour.mocks import MOCKS
from sandbox.verification.behaviour.result import Verdict
from sandbox.verification.behaviour.run import Checked, check_mock
from sandbox.verification.behaviour.suite import Suite

# Operations of each that a short test looks at.
ONES = {"desk": ("openException", "listExceptions")}
# How many checks of operations pass at least when all is looked at: fewer means that samples have been lost.
AT_LEAST = {"carrier": 40, "commerce": 155, "desk": 37, "erp": 200, "wms": 115}


def looked_at(name: str, only: tuple[str, ...] = (), *, apart: bool = False) -> Checked:
    """The mock, checked."""
    one = Checked(name, Suite(only=only))
    asyncio.run(check_mock(one, name, apart=apart))
    return one


@pytest.mark.parametrize("name", ONES)
def test_a_mock_passes_where_a_short_test_looks(name: str) -> None:
    results = looked_at(name, ONES[name]).suite.results
    assert not [(one.check, one.operation, one.detail) for one in results if one.verdict is Verdict.FAIL]
    passed = {one.check for one in results if one.verdict is Verdict.PASS}
    assert {"webhook-signed", "webhook-redelivered", "retry-lost-reply", "retry-after", "fault-whole"} <= passed


@pytest.mark.campaign
@pytest.mark.parametrize("name", MOCKS)
def test_every_mock_passes_every_check_that_applies(name: str) -> None:
    one = looked_at(name)
    results = one.suite.results
    assert not [(r.check, r.operation, r.detail) for r in results if r.verdict is Verdict.FAIL]
    assert sum(r.verdict is Verdict.PASS for r in results) >= AT_LEAST[name]
    assert one.outcome().verdict == "pass"


@pytest.mark.campaign
def test_a_mock_as_a_process_of_its_own_passes_as_well() -> None:
    results = looked_at("carrier", ("buyLabel",), apart=True).suite.results
    assert not [(r.check, r.detail) for r in results if r.verdict is Verdict.FAIL]
    assert any(r.verdict is Verdict.PASS for r in results)
