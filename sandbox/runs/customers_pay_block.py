"""How customers on account pay, as a scenario writes of them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from mock_systems.erp.receivables import PaymentBehaviour
from sandbox.faults.written import Written
from sandbox.moments import DAY_US, Length, ShareOrNone


class CustomersPayBlock(Written):
    """When customers on account pay their invoices; what is left out is as the mock ERP has it."""

    early: ShareOrNone | None = Field(None, description="orders paid before the due date, in the terms' second half")
    late: ShareOrNone | None = Field(None, description="orders paid after it; all others are paid on the due date")
    late_by: Length | None = Field(None, description="the median of how late; lognormal")
    sigma: float | None = Field(None, ge=0, le=5, description="how widely it varies: the sigma of its logarithm")
    never: ShareOrNone | None = Field(None, description="customers who never pay anything")

    @model_validator(mode="after")
    def _can_be_meant(self) -> Self:
        self.behaviour()
        return self

    def behaviour(self) -> PaymentBehaviour:
        """The customers' behaviour. Of `early` and `late`, one that is left out is no more than the other leaves.

        Raises ValueError where the two come to more than all.
        """
        usual = PaymentBehaviour()
        given = {name: value for name, value in self if value is not None}
        given.setdefault("early", min(usual.early, 1 - given.get("late", usual.late)))
        given.setdefault("late", min(usual.late, 1 - given["early"]))
        if "late_by" in given:
            given["late_days"] = given.pop("late_by") / DAY_US
        return PaymentBehaviour(**given)
