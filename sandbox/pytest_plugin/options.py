"""Options, markers, and what they come to for a test."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

SPEED_USUAL: Final = 60.0
MARKERS: Final = (
    "scenario(name, ...): the sandbox's scenario for sandbox_run and sandbox_landscape, a name or a file from beside "
    "the test or the root; several make a test of each",
    "design(name, ...): the design by which the core integrates, in place of the scenario's",
    "seed(number, ...): what all randomness of the run is derived from",
    "systems(name, ...): sandbox_landscape has these mock systems alone, all five where none is named, and no core",
)
_SYSTEMS: Final = "systems"
_EXAMPLES: Final = {"scenario": '"normal_day"', "design": '"hybrid"', "seed": "1"}
_WORKER: Final = "PYTEST_XDIST_WORKER"


@dataclass(frozen=True, slots=True)
class Places:
    """Where files are found and kept. `is_kept`: somebody asked for the records, so each has its report.

    `root` is pytest's, `started` the folder in which it was started.
    """

    out: Path
    is_kept: bool
    root: Path
    started: Path


def add(parser: pytest.Parser) -> None:
    """Add ours."""
    group = parser.getgroup("sandbox", "distribution ERP sandbox")
    group.addoption(
        "--sandbox-seed",
        metavar="N[,N...]",
        type=_seeds,
        default=[],
        help="seed of runs whose test has no marker `seed`; several make a test of each (default: the scenario's)",
    )
    group.addoption(
        "--sandbox-out",
        metavar="DIR",
        default=None,
        help="keep records, reports and logs there (default: pytest's temporary folder, reports of failures alone)",
    )
    group.addoption(
        "--sandbox-speed",
        metavar="N",
        type=_speed,
        default=SPEED_USUAL,
        help=f"how many times as fast as life the time of a landscape's systems runs (default: {SPEED_USUAL:g})",
    )


def settle(config: pytest.Config) -> None:
    """Take the folder from where pytest was started: workers of xdist may be elsewhere."""
    out = config.getoption("--sandbox-out")
    if out is not None:
        config.option.sandbox_out = str((config.invocation_params.dir / out).absolute())


def header(config: pytest.Config) -> str:
    """What the sandbox was told, on one line."""
    seeds, out = config.getoption("--sandbox-seed"), config.getoption("--sandbox-out")
    told = f"seed {', '.join(map(str, seeds))}" if seeds else "each scenario's own seed"
    kept = f"records and reports in {out}" if out is not None else "records in the temporary folder"
    return f"sandbox: {told}, {kept}, landscapes at {config.getoption('--sandbox-speed'):g} times life's speed"


def values_of(name: str, node: Any, config: pytest.Config) -> list[Any]:
    """The values of the marker nearest to a test; for seeds the option's where there is no marker."""
    marker = node.get_closest_marker(name)
    if marker is None:
        return list(config.getoption("--sandbox-seed")) if name == "seed" else []
    return [os.fspath(one) if isinstance(one, Path) else one for one in marker.args]


def value_of(name: str, request: pytest.FixtureRequest) -> Any:
    """The one value that a test has; None where it has none. A marker that can't be meant fails the test."""
    __tracebackhide__ = True
    values, marker = values_of(name, request.node, request.config), request.node.get_closest_marker(name)
    fits = all(map(_is_seed if name == "seed" else _is_name, values))
    if marker is not None and (marker.kwargs or not values or not fits):
        told = f"the marker `{name}` takes one value or more, such as @pytest.mark.{name}({_EXAMPLES[name]})"
        pytest.fail(told, pytrace=False)
    return request.param if hasattr(request, "param") else next(iter(values), None)


def systems_of(node: Any) -> tuple[str, ...] | None:
    """The systems that a landscape is to have alone, none for all; None: all, and the core."""
    marker = node.get_closest_marker(_SYSTEMS)
    if marker is None:
        return None
    if marker.kwargs or not all(isinstance(name, str) for name in marker.args):
        pytest.fail(f'write @pytest.mark.{_SYSTEMS}("erp", "wms")', pytrace=False)
    return tuple(marker.args)


def speed_of(config: pytest.Config) -> float:
    """How fast a landscape's time runs."""
    return float(config.getoption("--sandbox-speed"))


def places_of(config: pytest.Config, temporary: pytest.TempPathFactory) -> Places:
    """Where files are; each worker of xdist keeps its own."""
    asked = config.getoption("--sandbox-out")
    worker = os.environ.get(_WORKER)
    out = temporary.mktemp("sandbox") if asked is None else Path(asked, worker or "")
    return Places(out, asked is not None, config.rootpath, config.invocation_params.dir)


def _is_seed(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _seeds(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: write 7, or 1,2,3 for several")
    return [int(part) for part in parts]


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: write 60, or another number above 0")
    return speed
