"""An empty gate in each database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.verification.gate.database import Database, open_database
from tests.sandbox.verification.gate.team import Team
from tests.sandbox.worlds.conftest import postgres
from tests.sandbox.worlds.ports.store_arms import emptied

__all__ = ["postgres"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield open_database(f"sqlite:///{tmp_path}/gate.sqlite")
    else:
        server = request.getfixturevalue("postgres")
        asyncio.run(emptied(server.url))
        yield open_database(server.url)


@pytest.fixture
def team() -> Team:
    return Team(open_database("sqlite://"))
