"""How the company replenishes its shelves, and how its suppliers deliver."""

from __future__ import annotations

from dataclasses import dataclass

_SHARES = ("over_share", "under_share", "mispacked_share", "damaged_share", "late_notice_share")


@dataclass(frozen=True, slots=True)
class ReplenishmentConfig:
    """The planner's rule and the suppliers' habits.

    Each day at `hour` (UTC) an item is ordered for a site when what lies there and is on order falls below
    `reorder_share` of its target: the opening stock, or `cover_days` and the lead time at the rate of the last
    `lookback_days`, whichever is more. A truck arrives `lead_days` later, and up to `lead_spread_days` more.

    Shares are of lines: sent `over` (up to a quarter more) or `under` (down to two fifths; half of these are made up
    for by a second delivery), `mispacked` (the truck differs from the notice), `damaged` (a part of it); and of
    notices: `late_notice`, which come hours after their truck.
    """

    hour: int = 4
    lead_days: float = 3.0
    lead_spread_days: float = 2.0
    cover_days: int = 21
    lookback_days: int = 28
    reorder_share: float = 0.75
    suppliers: int = 3
    over_share: float = 0.03
    under_share: float = 0.05
    mispacked_share: float = 0.02
    damaged_share: float = 0.02
    late_notice_share: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.hour < 24:
            raise ValueError(f"hour is from 0 to 23 (got {self.hour})")
        if self.lead_days <= 0 or self.lead_spread_days < 0:
            raise ValueError(f"lead_days is above 0, its spread 0 or more (got {self.lead_days})")
        for name in ("cover_days", "lookback_days", "suppliers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more (got {getattr(self, name)})")
        for name in ("reorder_share", *_SHARES):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1 (got {getattr(self, name)})")
        if self.over_share + self.under_share > 1:
            raise ValueError("over_share and under_share are more than all lines together")
