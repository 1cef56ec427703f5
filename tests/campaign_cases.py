"""Cases of a test of which make test tries some, spread over all of them, and make campaign the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(count: int, cases: Iterable[Any]) -> list[Any]:
    """For `parametrize`: every `count`-th case from the first on; the others are marked `campaign`."""
    return [
        case if place % count == 0 else pytest.param(case, marks=pytest.mark.campaign)
        for place, case in enumerate(cases)
    ]
