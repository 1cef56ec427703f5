"""What the tests of the virtual world share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.replay import load

START_US = 1_321_228_800_000_000


@dataclass
class Scripted:
    """A system that gives the answers it was told to give, and notes what arrived when."""

    name: str = "erp"
    answers: list[Answer] = field(default_factory=list)
    arrived: list[tuple[int, Request]] = field(default_factory=list)

    def receive(self, request: Request, now_us: int) -> Answer:
        """The next scripted answer, or 200 at once."""
        self.arrived.append((now_us, request))
        return self.answers.pop(0) if self.answers else Answer(Reply(200, {"n": len(self.arrived)}))


@pytest.fixture
def kernel() -> Kernel:
    """A clock that stands at midnight, 14 November 2011."""
    return Kernel(START_US)


@pytest.fixture
def loop(kernel: Kernel) -> VirtualLoop:
    """The loop of a first incarnation."""
    return VirtualLoop(kernel)


@pytest.fixture
def streams() -> Streams:
    """The randomness of seed 7."""
    return Streams(7)


@pytest.fixture
def scripted() -> Callable[..., Scripted]:
    """Makes systems that answer by script."""
    return Scripted


@pytest.fixture(scope="session")
def sample() -> SimpleNamespace:
    """The sample world of `sample.py`, which the determinism check starts by its path."""
    path = Path(__file__).parent / "sample.py"
    names = ("Shop", "Core", "make_world", "play", "START_US")
    return SimpleNamespace(path=path, **{name: load(f"{path}:{name}") for name in names})
