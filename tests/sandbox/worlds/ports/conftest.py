"""Each store in turn, for the port cases."""

from collections.abc import Iterator

import pytest

from sandbox.core.ports import Store
from tests.sandbox.worlds.ports.store_arms import ARMS, Arm


@pytest.fixture(params=list(ARMS))
def arm(request: pytest.FixtureRequest) -> Iterator[Arm]:
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    with ARMS[request.param](postgres) as arm:
        yield arm


@pytest.fixture
def store(arm: Arm) -> Store:
    return arm.store
