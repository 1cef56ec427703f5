"""The sync core of a live landscape: its file, its environment, and what is told of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.process import LOOPBACK, ProcessFile
from sandbox.core.design import Design
from sandbox.core.design_written import written_design
from sandbox.runs.live_stack import LiveServerPlan
from sandbox.whole_files import write_whole
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.settings import BUS_TOKEN, BUS_URL, STORE_URL, ClockBlock, CoreFile, SystemBlock
from sandbox.worlds.live.parts.server_process import NATS, POSTGRES
from sandbox.worlds.live.supervisor import Part

CORE: Final = "core"
SPEED_MOST: Final = 1000.0
# Whoever sets these has the core's journal and events elsewhere than in the landscape's folder.
_ELSEWHERE: Final = (STORE_URL, BUS_URL, BUS_TOKEN)


@dataclass(frozen=True, slots=True)
class LiveCorePlan:
    """The core's process: `variables` are those of its secrets. Without `own_servers` the environment may name some.

    `design` is written where the file says, unless it is in a file of somebody's already.
    """

    file: CoreFile
    config: Path
    log: Path
    variables: tuple[str, ...]
    own_servers: bool = False
    design: Design | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.file.port}"

    def by(self, clock: ClockAnchor) -> LiveCorePlan:
        """The same core by another clock."""
        return replace(self, file=self.file.model_copy(update={"clock": _block(clock)}))

    def write(self) -> None:
        """Write its file, and its design. Raises OSError."""
        write_whole(self.config, self.file.model_dump_json())
        if self.design is not None:
            assert self.file.design is not None
            write_whole(Path(self.file.design), json.dumps(written_design(self.design), indent=2) + "\n")

    def told(self) -> dict[str, Any]:
        """What those who use it need to know; no secret is in it."""
        metrics = f"{self.url}/metrics"
        return {"url": self.url, "metrics": metrics, "token": self.file.token_env, "log": str(self.log)}

    def part(self, tokens: Mapping[str, str]) -> Part:
        """Its process."""
        names = () if self.own_servers else _ELSEWHERE
        elsewhere = {name: os.environ[name] for name in names if name in os.environ}
        return Part(
            name=CORE,
            command=(sys.executable, "-m", "sandbox.worlds.live.core_process", str(self.config)),
            environment={**live_tokens.environment_with(tokens, self.variables), **elsewhere},
            log=self.log,
            ready_url=f"{self.url}/ready",
        )


def planned_core(
    systems: Mapping[str, tuple[str, ProcessFile]],
    clock: ClockAnchor,
    design: Path,
    seed: int,
    port: int,
    folder: Path,
    servers: Sequence[LiveServerPlan],
    floor_s: float,
) -> tuple[CoreFile, tuple[str, ...]]:
    """The core's file and the variables of its secrets. `systems`: name -> URL and file.

    Its journal and events are in `folder` where `servers` has no server for them. `floor_s`: no call's timeout is
    shorter than that on the wall.
    """
    urls = {server.name: server.url for server in servers}
    variables: list[str] = [live_tokens.CORE, *(server.variable for server in servers)]
    blocks: dict[str, SystemBlock] = {}
    for name, (url, theirs) in systems.items():
        client = next(iter(theirs.clients), None)
        variables += [
            live_tokens.integration_token(name) if client is None else live_tokens.client_secret(name),
            live_tokens.webhook_secret(name),
        ]
        blocks[name] = SystemBlock(url=url, client=client)
    file = CoreFile(
        systems=blocks,
        host=LOOPBACK,
        port=port,
        design=str(design.absolute()),
        store=urls.get(POSTGRES, f"sqlite:///{folder.absolute() / 'core.sqlite'}"),
        bus=urls.get(NATS, f"file:{folder.absolute() / 'core.bus'}"),
        seed=seed,
        clock=_block(clock),
        floor_s=floor_s,
        ends_with_stdin=True,
    )
    return file, tuple(variables)


def _block(clock: ClockAnchor) -> ClockBlock:
    return ClockBlock(wall_us=clock.wall_us, now_us=clock.now_us, speed=clock.speed)
