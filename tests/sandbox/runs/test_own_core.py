"""A core of one's own: told where the systems are, driven by the sandbox's demand, judged by the books alone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError, SandboxError
from sandbox.oracle.verdict import Verdict
from sandbox.runs.external_core import ExternalCore
from sandbox.runs.live_landscape import LiveLandscape
from sandbox.runs.live_run import LiveRun
from sandbox.runs.live_settings import LiveSettings
from sandbox.runs.request import unheard
from sandbox.runs.scenario import load_scenario
from tests.mock_systems.live.served import free_port
from tests.sandbox.runs.live_runs import free_base
from tests.sandbox.runs.small_runs import small_scenario

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "naive-node"
NODE = shutil.which("node")
A_QUARTER: Mapping[str, Any] = {
    "world": {"start": "2011-11-14", "days": 1, "from": "9:00", "to": "9:15"},
    "demand": {"orders_per_day": 300, "skus": 12, "customers": 8, "profile": "business_day", "account_share": 0.0},
    "phases": {"settle": "25m"},
    "promises": dict.fromkeys(
        ("order", "goods_issue", "invoice", "money", "label", "reservation", "inventory", "stuck", "alarm", "staleness",
         "request", "progress", "backorder", "return", "count", "compensation", "content", "recovery"),
        "20m",
    ),
}  # fmt: skip


@dataclass
class NodeCore:
    """The example as a process, started when the landscape is up."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def start(self, landscape: LiveLandscape) -> None:
        """Start it with what the landscape tells."""
        assert NODE is not None
        told = json.loads(landscape.folder.told.read_text())
        assert told["core"] is None
        self.process = subprocess.Popen(
            [NODE, str(EXAMPLE / "core.mjs"), str(landscape.folder.told), str(self.port)],
            env={**os.environ, **landscape.tokens},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self) -> str:
        """Stop it; what it said."""
        assert self.process is not None
        self.process.kill()
        said, _ = self.process.communicate(timeout=5)
        return said


@pytest.fixture
def core() -> Iterator[NodeCore]:
    if NODE is None:
        pytest.skip("node is not installed, and the example is in JavaScript")
    made = NodeCore()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.end()


def judged(scenario: Path | Any, core: NodeCore, folder: Path, speed: float) -> dict[str, Verdict]:
    """The verdicts on a run with the example in the core's place."""
    loaded = load_scenario(scenario) if isinstance(scenario, Path) else scenario
    external = ExternalCore(f"http://127.0.0.1:{core.port}", core.start, within_s=20)
    run = LiveRun(loaded, 1, folder / "live", LiveSettings(speed=speed, port_base=free_base(), external=external))
    asyncio.run(asyncio.wait_for(run.go(unheard, lambda *_: None), 300))
    return {verdict.id: verdict for verdict in run.judges.close(run.end_us)}


def violated(verdicts: Mapping[str, Verdict]) -> set[str]:
    return {name for name, verdict in verdicts.items() if verdict.verdict == "violated"}


def test_the_naive_core_enters_orders_twice_and_what_needs_a_desk_is_unknown(core: NodeCore, tmp_path: Path) -> None:
    doubled = {"webhook_doubled": {"system": "commerce", "topic": "order.created"}}
    verdicts = judged(small_scenario(tmp_path, [doubled], **A_QUARTER), core, tmp_path, 1000.0)
    assert "I2" in violated(verdicts), core.end()
    assert verdicts["I10"].unknown == ("the ledger of desk was not heard",)
    assert verdicts["I2"].checked > 2


@pytest.mark.campaign
@pytest.mark.parametrize(("scenario", "breaks"), [("calm", set()), ("rough", {"I1", "I2"})])
def test_the_examples_scenarios_end_as_their_page_says(
    scenario: str, breaks: set[str], core: NodeCore, tmp_path: Path
) -> None:
    verdicts = judged(EXAMPLE / f"{scenario}.yaml", core, tmp_path, 200.0)
    found = violated(verdicts)
    told = core.end()
    assert found >= breaks, told
    assert bool(found) is bool(breaks), (found, told)


def test_a_core_that_never_comes_and_what_cannot_be_meant_are_told(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        external = ExternalCore(f"http://127.0.0.1:{nobody.getsockname()[1]}", lambda _: None, within_s=0.1)
        with pytest.raises(SandboxError, match="nobody listens"):
            asyncio.run(external.there(None))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is no URL"):
        ExternalCore("127.0.0.1:3000", lambda _: None)
    crash = {"core_crash": {"at": "12:00", "down_for": "10s"}}
    settings = LiveSettings(speed=10.0, external=external)
    with pytest.raises(InputError, match="the core is yours"):
        LiveRun(small_scenario(tmp_path, [crash]), 1, tmp_path, settings)
