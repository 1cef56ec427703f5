"""Planted changes of providers: each is caught, and by the check that is written beside it."""

from __future__ import annotations

import pytest

from tests.drifts.catching import CHECKS, first_to_catch
from tests.drifts.drift import Drift
from tests.drifts.planted import DRIFTS

_SHORT = ("invoices need the date of tax", "parcels may be at customs", "rates no longer tell the days")


@pytest.mark.campaign
@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_a_drift_is_caught(drift: Drift) -> None:
    name, finding = first_to_catch(drift)
    assert name == drift.caught_by, finding


@pytest.mark.parametrize("drift", [one for one in DRIFTS if one.name in _SHORT], ids=lambda drift: drift.name)
def test_a_drift_is_caught_at_little_cost(drift: Drift) -> None:
    found = CHECKS[drift.caught_by](drift)
    assert found


def test_what_has_not_drifted_is_not_caught() -> None:
    same = Drift("nothing", "erp", "", ())
    assert [name for name in ("diff", "events", "recorded", "rehearsal") if CHECKS[name](same)] == []


def test_there_are_twenty_of_all_kinds() -> None:
    assert len({drift.name for drift in DRIFTS}) >= 20
    assert {drift.caught_by for drift in DRIFTS} == set(CHECKS)
