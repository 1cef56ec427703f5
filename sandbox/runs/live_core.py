"""The sync core of a live landscape: its file, its environment, and what is told of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.process import LOOPBACK
from sandbox.core.design import Design, load_design_file
from sandbox.core.design_written import written_design
from sandbox.errors import InputError
from sandbox.runs.live_stack import LiveServerPlan
from sandbox.whole_files import write_whole
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.life import STEPPED_DOWN
from sandbox.worlds.live.core.settings import (
    BUS_TOKEN,
    BUS_URL,
    STORE_URL,
    ClockBlock,
    CoreFile,
    SystemBlock,
    WorkersBlock,
    against_workers,
)
from sandbox.worlds.live.parts.server_process import NATS, POSTGRES
from sandbox.worlds.live.supervisor import Part

CORE: Final = "core"
SPEED_MOST: Final = 1000.0
WORKERS_MOST: Final = 16
# A worker's own port is the core's and so many more, and its number.
_WORKERS_PLACE: Final = 20
_AUDIT: Final = "audit.jsonl"
# A paced loop reads each socket into a new block of 256 KiB that then shrinks. Left to itself glibc soon serves such
# blocks from the heap, where what outlives its neighbours leaves holes: 10 MB in nine minutes at 600 times life.
# By a fixed threshold they are mapped, and given back whole.
_STEADY_HEAP: Final = {"MALLOC_MMAP_THRESHOLD_": "65536"}
# Whoever sets these has the core's journal and events elsewhere than in the landscape's folder.
_ELSEWHERE: Final = (STORE_URL, BUS_URL, BUS_TOKEN)


@dataclass(frozen=True, slots=True)
class LiveCorePlan:
    """The core's process: `variables` are those of its secrets. Without `own_servers` the environment may name some.

    `design` is written where the file says, unless it is in a file of somebody's already.
    Where several `workers` share the work, each is a process of its own.
    """

    file: CoreFile
    config: Path
    log: Path
    variables: tuple[str, ...]
    own_servers: bool = False
    design: Design | None = None
    name: str = CORE
    workers: int = 1

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.file.port}"

    def standby(self, number: int, port: int) -> LiveCorePlan:
        """Another core on the same database and broker: the `number`-th of the landscape, at a port of its own."""
        name = f"{CORE}-{number}"
        return replace(
            self,
            name=name,
            file=self.file.model_copy(update={"instance": name, "port": port}),
            config=self.config.with_name(f"{name}.json"),
            log=self.log.with_name(f"{name}.log"),
            design=None,
            workers=1,
        )

    def by(self, clock: ClockAnchor) -> LiveCorePlan:
        """The same core by another clock."""
        return replace(self, file=self.file.model_copy(update={"clock": _block(clock)}))

    def write(self) -> None:
        """Write the files of its processes, and its design. Raises OSError."""
        for path, text in self.files().items():
            write_whole(path, text)
        if self.design is not None:
            assert self.file.design is not None
            write_whole(Path(self.file.design), json.dumps(written_design(self.design), indent=2) + "\n")

    def files(self) -> dict[Path, str]:
        """The files of its processes."""
        return {process.config: process.file.model_dump_json() for process in self._processes()}

    def told(self) -> dict[str, Any]:
        """What those who use it need to know; no secret is in it."""
        told: dict[str, Any] = {
            "url": self.url,
            "metrics": f"{self.url}/metrics",
            "token": self.file.token_env,
            "log": str(self._processes()[0].log),
        }
        if self.workers > 1:
            told["workers"] = [process.told() for process in self._processes()]
        return told

    def ports(self) -> Iterator[tuple[str, str, int]]:
        """Who listens where: name, address and port."""
        yield CORE, self.file.host, self.file.port
        for process in self._processes():
            if process.file.workers is not None:
                yield process.name, process.file.host, process.file.workers.port

    def parts(self, tokens: Mapping[str, str]) -> list[Part]:
        """Its processes."""
        names = () if self.own_servers else _ELSEWHERE
        elsewhere = {name: os.environ[name] for name in names if name in os.environ}
        environment = {**live_tokens.environment_with(tokens, self.variables), **elsewhere}
        return [process.part(environment) for process in self._processes()]

    def _processes(self) -> list[_CoreProcess]:
        if self.workers == 1:
            return [_CoreProcess(self.name, self.file, self.config, self.log)]
        processes = []
        for number in range(1, self.workers + 1):
            name = f"{CORE}-{number}"
            block = WorkersBlock(count=self.workers, port=self.file.port + _WORKERS_PLACE + number)
            audit = str(Path(self.file.audit).with_name(f"{name}-{_AUDIT}"))
            file = self.file.model_copy(update={"instance": name, "workers": block, "audit": audit})
            config, log = self.config.with_name(f"{name}.json"), self.log.with_name(f"{name}.log")
            processes.append(_CoreProcess(name, file, config, log))
        return processes


@dataclass(frozen=True, slots=True)
class _CoreProcess:
    """One process: the core, or a worker of it."""

    name: str
    file: CoreFile
    config: Path
    log: Path

    @property
    def own_url(self) -> str:
        """Where this very process answers."""
        port = self.file.port if self.file.workers is None else self.file.workers.port
        return f"http://{LOOPBACK}:{port}"

    def told(self) -> dict[str, Any]:
        """What those who use it need to know."""
        return {"worker": self.name, "url": self.own_url, "metrics": f"{self.own_url}/metrics", "log": str(self.log)}

    def part(self, environment: Mapping[str, str]) -> Part:
        """It as a part of the landscape."""
        return Part(
            name=self.name,
            command=(sys.executable, "-m", "sandbox.worlds.live.core_process", str(self.config)),
            environment={**_STEADY_HEAP, **environment},
            log=self.log,
            ready_url=f"{self.own_url}/ready",
            over_with=() if self.file.workers is not None else (STEPPED_DOWN,),
        )


def check_workers(core: LiveCorePlan, design: Design | Path, environment: Mapping[str, str]) -> None:
    """Raises InputError where so many workers can't share the work."""
    if not 1 <= core.workers <= WORKERS_MOST:
        remedy = f"from 1 to {WORKERS_MOST}"
        raise InputError(f"{core.workers} is no number of workers", field="--workers", remedy=remedy)
    if core.workers == 1:
        return
    known = design if isinstance(design, Design) else load_design_file(design)
    for problem in against_workers(known, environment.get(BUS_URL) or core.file.bus, core.workers):
        raise InputError(problem.message, field="--workers", remedy=problem.remedy)


def planned_core(
    systems: Mapping[str, tuple[str, str | None]],
    clock: ClockAnchor,
    design: Path,
    seed: int,
    port: int,
    folder: Path,
    servers: Sequence[LiveServerPlan],
    floor_s: float,
) -> tuple[CoreFile, tuple[str, ...]]:
    """The core's file and the variables of its secrets. `systems`: name -> URL, and the core's name as its client.

    Its journal and events are in `folder` where `servers` has no server for them. `floor_s`: no call's timeout is
    shorter than that on the wall.
    """
    urls = {server.name: server.url for server in servers}
    variables: list[str] = [live_tokens.CORE, *(server.variable for server in servers)]
    blocks: dict[str, SystemBlock] = {}
    for name, (url, client) in systems.items():
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
        audit=str(folder.absolute() / _AUDIT),
        ends_with_stdin=True,
    )
    return file, tuple(variables)


def _block(clock: ClockAnchor) -> ClockBlock:
    return ClockBlock(wall_us=clock.wall_us, now_us=clock.now_us, speed=clock.speed)
