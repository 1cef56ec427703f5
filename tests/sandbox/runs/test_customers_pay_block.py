"""What a scenario says of customers who pay reaches the ERP, and what it leaves out stays as it is there."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mock_systems.erp.receivables import PaymentBehaviour
from sandbox.runs.scenario_file import ErpBlock


def behaviour(**written: Any) -> PaymentBehaviour:
    return ErpBlock.model_validate({"customers_pay": written}).customers_pay.behaviour()


def test_what_is_left_out_stays() -> None:
    assert ErpBlock().customers_pay.behaviour() == behaviour() == PaymentBehaviour()


def test_all_can_be_said() -> None:
    written = {"early": "0%", "late": "70%", "late_by": "36h", "sigma": 0, "never": 0.05}
    assert behaviour(**written) == PaymentBehaviour(early=0, late=0.7, late_days=1.5, sigma=0, never=0.05)


def test_what_is_left_out_makes_room() -> None:
    assert (behaviour(late="100%").early, behaviour(late="90%").late) == (0, 0.9)
    assert (behaviour(early="100%").late, behaviour(early="70%").late) == (0, pytest.approx(0.3))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"early": "70%", "late": "60%"}, "early and late are at most all orders together, got 0.7 and 0.6"),
        ({"never": "140%"}, "'140%' is out of range"),
        ({"late_by": "-2d"}, "'-2d' is negative"),
        ({"sigma": 9}, "less than or equal to 5"),
    ],
)
def test_what_cannot_be_meant(written: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        behaviour(**written)
