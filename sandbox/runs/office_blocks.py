"""People in offices, as a scenario writes of them: who changes master data in the ERP, and who decides at the desk."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from mock_systems.desk.clerks import ClerksConfig
from mock_systems.erp.data_office import MasterDataConfig
from mock_systems.kit.office import Office
from mock_systems.kit.physics import MINUTE
from sandbox.faults.written import Written
from sandbox.moments import Length, Share

_PER_DAY = Field(0.0, ge=0, le=10_000, description="in the mean, in office hours while there is demand")


def staffed(office: Office, people: int | None, review_us: int | None) -> Office:
    """The office with so many people and this median of a review; what is None stays as it is."""
    if people is not None:
        office = replace(office, people=people)
    return office if review_us is None else replace(office, minutes=review_us / MINUTE)


class MasterDataBlock(Written):
    """How often people change master data in the ERP; left out, it rests."""

    price_changes_per_day: float = _PER_DAY
    breaking_changes_per_day: float = _PER_DAY
    new_items_per_day: float = _PER_DAY
    withdrawn_items_per_day: float = _PER_DAY
    invalid_rows_per_day: float = _PER_DAY
    blocked_customers_per_day: float = _PER_DAY
    credit_limits_per_day: float = _PER_DAY

    def config(self, for_us: int) -> MasterDataConfig:
        """The data office's settings; it works for so long from the start."""
        return MasterDataConfig(**self.model_dump(), for_us=for_us)


class DeskWork(Written):
    """The desk's clerks, who decide exceptions that ask for it."""

    clerks: int | None = Field(None, ge=0, le=1000, description="people who decide")
    review: Length | None = Field(None, description="the median of one decision")
    approve: Share | None = Field(None, description="share of the exceptions that they approve")

    def config(self) -> ClerksConfig:
        """The clerks' settings."""
        config = ClerksConfig()
        config = replace(config, office=staffed(config.office, self.clerks, self.review))
        return config if self.approve is None else replace(config, approve=self.approve)
