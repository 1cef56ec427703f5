"""What pytest loads: options, markers and fixtures. All that they need is imported when a test asks for it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.pytest_plugin import options, used

if TYPE_CHECKING:
    from sandbox.pytest_plugin.landscape import Landscape
    from sandbox.pytest_plugin.landscapes import Landscapes
    from sandbox.pytest_plugin.runner import Runner
    from sandbox.pytest_plugin.sandbox_run import SandboxRun

_VALUES = ("scenario", "design", "seed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ours."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and take the folder from where pytest was started."""
    options.settle(config)
    for line in options.MARKERS:
        config.addinivalue_line("markers", line)


def pytest_report_header(config: pytest.Config) -> str:
    """What the sandbox was told."""
    return options.header(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A marker with several values, or an option with several seeds, makes a test of each."""
    for name in _VALUES:
        fixture = f"sandbox_{name}"
        if fixture in metafunc.fixturenames:
            given = options.values_of(name, metafunc.definition, metafunc.config)
            if len(given) > 1:
                metafunc.parametrize(fixture, given, indirect=True, ids=[f"{name}-{value}" for value in given])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say at a failed test where to read on, unless its message does."""
    report = yield
    used.tell(item, call, report)
    return report


@pytest.fixture
def sandbox_scenario(request: pytest.FixtureRequest) -> str | None:
    """The test's scenario, a name or a file: by the marker `scenario`. Override or parametrize it as you like."""
    value: str | None = options.value_of("scenario", request)
    return value


@pytest.fixture
def sandbox_design(request: pytest.FixtureRequest) -> str | None:
    """The test's design, by the marker `design`; None: the scenario's."""
    value: str | None = options.value_of("design", request)
    return value


@pytest.fixture
def sandbox_seed(request: pytest.FixtureRequest) -> int | None:
    """The test's seed, by the marker `seed` or else `--sandbox-seed`; None: the scenario's."""
    value: int | None = options.value_of("seed", request)
    return value


@pytest.fixture(scope="session")
def sandbox_runner(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Runs scenarios: `sandbox_runner("normal_day", design="nightly_batch", seed=3)`. The same run is made once."""
    from sandbox.pytest_plugin.runner import Runner

    return Runner(options.places_of(pytestconfig, tmp_path_factory))


@pytest.fixture
def sandbox_run(
    request: pytest.FixtureRequest,
    sandbox_runner: Runner,
    sandbox_scenario: str | None,
    sandbox_design: str | None,
    sandbox_seed: int | None,
) -> SandboxRun:
    """The run of the test's scenario in virtual time: its record, verdicts, figures and facts."""
    if sandbox_scenario is None:
        pytest.fail('which scenario? Mark the test: @pytest.mark.scenario("normal_day")', pytrace=False)
    run = sandbox_runner(sandbox_scenario, design=sandbox_design, seed=sandbox_seed, beside=request.path.parent)
    used.remember(request.node, run)
    return run


@pytest.fixture(scope="session")
def sandbox_webhooks_to() -> str | None:
    """Where webhooks of a landscape without our core go, `/webhooks/SYSTEM` is added. Override it with your URL."""
    return None


@pytest.fixture(scope="session")
def sandbox_landscapes(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landscapes]:
    """Starts landscapes of real processes: `with sandbox_landscapes(systems=("erp",)) as up:`."""
    from sandbox.pytest_plugin.landscapes import Landscapes

    landscapes = Landscapes(options.places_of(pytestconfig, tmp_path_factory), options.speed_of(pytestconfig))
    try:
        yield landscapes
    finally:
        landscapes.close()


@pytest.fixture
def sandbox_landscape(
    request: pytest.FixtureRequest,
    sandbox_landscapes: Landscapes,
    sandbox_webhooks_to: str | None,
    sandbox_scenario: str | None,
    sandbox_design: str | None,
    sandbox_seed: int | None,
) -> Iterator[Landscape]:
    """The systems as real processes with fresh books; with the reference core, unless marked `systems`."""
    given: dict[str, Any] = {"scenario": sandbox_scenario} if sandbox_scenario is not None else {}
    with sandbox_landscapes.for_test(
        systems=options.systems_of(request.node),
        design=sandbox_design,
        seed=sandbox_seed,
        webhooks_to=sandbox_webhooks_to,
        beside=request.path.parent,
        **given,
    ) as up:
        used.remember(request.node, up)
        yield up
