"""A morning in virtual time: is the design that we are about to build sound, whatever the seed?"""

import pytest

pytestmark = pytest.mark.scenario("morning.yaml")


@pytest.mark.seed(1, 2)
def test_no_order_is_lost_or_entered_twice(sandbox_run):
    sandbox_run.assert_expectations()
    sandbox_run.assert_holds("I1", "I2")
    assert not sandbox_run.exceptions


def test_customers_wait_for_a_morning_at_most(sandbox_run):
    sandbox_run.assert_expected("order to ship p95 <= 4h")
    assert sandbox_run.figures["orders accepted"] == len(sandbox_run.facts("order.accepted"))


def test_another_design_is_compared_on_the_same_orders(sandbox_runner, request):
    hybrid, direct = (
        sandbox_runner("morning.yaml", design=name, seed=1, beside=request.path.parent)
        for name in ("hybrid", "point_to_point")
    )
    assert direct.figures["orders accepted"] == hybrid.figures["orders accepted"]
    direct.assert_holds("I2")
