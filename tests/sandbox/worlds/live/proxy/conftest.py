"""One proxy for a module's tests, before a system that counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.worlds.live.proxy.before import Counting, Proxy, proxying


@pytest.fixture(scope="module")
def system() -> Iterator[Counting]:
    counting = Counting()
    yield counting
    counting.close()


@pytest.fixture(scope="module")
def standing(system: Counting, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxying(tmp_path_factory.mktemp("proxy"), system.url) as proxy:
        yield proxy
