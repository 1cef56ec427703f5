"""What a scenario says of people in offices reaches their systems, and what it leaves out stays as it is there."""

from __future__ import annotations

from mock_systems.desk.clerks import ClerksConfig
from mock_systems.erp.credit_desk import CreditDeskConfig
from sandbox.runs.office_blocks import DeskWork
from sandbox.runs.scenario_file import ErpBlock


def test_people_and_the_time_of_a_review_are_taken_from_the_file() -> None:
    office = ErpBlock.model_validate({"credit_clerks": 7, "credit_review": "90s"}).credit_desk().office
    assert (office.people, office.minutes) == (7, 1.5)
    config = DeskWork.model_validate({"clerks": 0, "review": "2h", "approve": 0.25}).config()
    assert (config.office.people, config.office.minutes, config.approve) == (0, 120, 0.25)


def test_what_is_left_out_stays() -> None:
    assert ErpBlock().credit_desk() == CreditDeskConfig()
    assert DeskWork().config() == ClerksConfig()
    one = DeskWork.model_validate({"review": "45m"}).config()
    assert (one.office.people, one.approve) == (ClerksConfig().office.people, ClerksConfig().approve)
