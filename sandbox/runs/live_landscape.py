"""A live landscape: which processes there are, on which ports, with which files, tokens and clock."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from mock_systems.blueprints import Blueprint
from mock_systems.hand_overs import RECEIVERS
from mock_systems.kit.door import PARTNER
from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.process import LOOPBACK, ClientBlock, ProcessFile, SubscriptionBlock
from sandbox.core.design import Design
from sandbox.core_factory import from_anywhere
from sandbox.errors import InputError, did_you_mean
from sandbox.runs.blueprints import blueprints
from sandbox.runs.estate import CLIENT
from sandbox.runs.landscape import default_landscape
from sandbox.runs.live_core import CORE, LiveCorePlan, check_workers, planned_core
from sandbox.runs.live_core import SPEED_MOST as CORE_SPEED_MOST
from sandbox.runs.live_folder import LiveFolder
from sandbox.runs.live_foreign import Foreign, ForeignSystemPlan, foreign_plan
from sandbox.runs.live_settings import FLOOR_S, LIGHT, check_speed
from sandbox.runs.live_stack import LiveServerPlan, planned_servers
from sandbox.runs.live_system import LiveSystemPlan
from sandbox.runs.scenario import Scenario
from sandbox.system_names import SYSTEM_NAMES
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.supervisor import Part

# A system's port is the base and so many more; its admin API has the one ten above.
_PLACES: Final = {"commerce": 1, "erp": 2, "wms": 3, "carrier": 4, "desk": 5}
_ADMIN: Final = 10
_DESIGN: Final = "design"
_BASE_MOST: Final = 65_000


@dataclass(frozen=True, slots=True)
class LiveRequest:
    """What somebody wants to have up. `start_us` None: the systems' clock shows the wall's time, but runs `speed` fast.

    `only` empty: all systems. `webhooks_to`: where webhooks go, `/webhooks/SYSTEM` is added; None: to the port base
    itself, where the core is. With `design`, or the file of one, there is a core, which needs all systems; its calls
    are given `floor_s` of the wall's time at least. `stack`: "full" has servers for its journal and its events.
    `workers`: how many processes share the core's work.
    `opening` are balances that were read already; None: those of the scenario. `foreign`: systems that are somebody
    else's, in the place of ours. With `keeps_messages` webhooks and events are kept in files (`LiveFolder.messages`).
    `core` names who makes the core where it is not the reference one.
    """

    scenario: Scenario
    seed: int
    folder: Path
    only: tuple[str, ...] = ()
    speed: float = 1.0
    start_us: int | None = None
    port_base: int = 8100
    host: str = LOOPBACK
    webhooks_to: str | None = None
    design: Path | Design | None = None
    stack: str = LIGHT
    floor_s: float = FLOOR_S
    opening: Opening | None = None
    workers: int = 1
    foreign: Mapping[str, Foreign] = field(default_factory=dict)
    keeps_messages: bool = False
    core: str | None = None


AnySystemPlan = LiveSystemPlan | ForeignSystemPlan


@dataclass(frozen=True, slots=True)
class LiveLandscape:
    """All that is to be started; `tokens` are the secrets, by variable."""

    systems: tuple[AnySystemPlan, ...]
    core: LiveCorePlan | None
    clock: ClockAnchor
    tokens: Mapping[str, str]
    folder: LiveFolder
    servers: tuple[LiveServerPlan, ...] = ()

    def told(self) -> dict[str, Any]:
        """What those who use it need to know, as JSON."""
        return {
            "clock": self.clock.model_dump(),
            "admin_token": live_tokens.ADMIN,
            "tokens_file": str(self.folder.tokens),
            "core": None if self.core is None else self.core.told(),
            "systems": [system.told() for system in self.systems],
            "servers": [server.told() for server in self.servers],
        }

    def write(self) -> None:
        """Write the processes' files and the tokens. Raises InputError where the folder can't be written."""
        files = {system.config: system.file.model_dump_json() for system in self.systems}
        if self.core is not None:
            files.update(self.core.files())
        self.folder.fill(files, self.tokens, self.told())
        if self.core is not None:
            self.core.write()

    def at(self, clock: ClockAnchor) -> LiveLandscape:
        """The landscape by another clock, which the systems that are up already have to be told."""
        systems = tuple(system.by(clock) for system in self.systems)
        return replace(self, clock=clock, systems=systems, core=None if self.core is None else self.core.by(clock))

    def parts(self) -> Sequence[Part]:
        """The processes, without the servers."""
        return [*self.system_parts(), *self.core_parts()]

    def system_parts(self) -> Sequence[Part]:
        """The systems' processes."""
        return [system.part(self.tokens) for system in self.systems]

    def core_parts(self) -> Sequence[Part]:
        """The core's processes, if it is there."""
        return [] if self.core is None else self.core.parts(self.tokens)

    def server_parts(self) -> Sequence[Part]:
        """The processes of the servers, which are there before the others and after them."""
        return [server.part(self.tokens) for server in self.servers]

    def ports(self) -> Iterator[tuple[str, str, int]]:
        """Who listens where: name, address and port."""
        for system in self.systems:
            yield system.name, system.file.host, system.file.port
            yield system.name, system.file.admin_host, system.file.admin_port
        if self.core is not None:
            yield from self.core.ports()
        for server in self.servers:
            yield server.name, LOOPBACK, server.port


def planned(request: LiveRequest, environment: Mapping[str, str]) -> LiveLandscape:
    """The landscape that somebody wants. Raises InputError."""
    _check(request)
    scenario = request.scenario
    opening = request.opening or scenario.base_demand(Streams(request.seed)).opening
    known = blueprints(scenario.systems, scenario.demand_us)
    names = [name for name in known if not request.only or name in request.only]
    wall_us = time.time_ns() // 1000
    start_us = wall_us if request.start_us is None else request.start_us
    clock = ClockAnchor(wall_us=wall_us, now_us=start_us, speed=request.speed)
    folder = LiveFolder(request.folder)
    systems = tuple(_system(request, known[name], opening, names, clock, folder) for name in names)
    servers = planned_servers(request.stack, request.port_base, folder, environment)
    core = _core(request, systems, clock, folder, servers, environment)
    variables = [variable for system in systems for variable in system.variables]
    theirs = [*(server.variable for server in servers), *(() if core is None else core.variables)]
    given = {**environment, **_secrets_of(request.foreign)}
    tokens = live_tokens.granted(dict.fromkeys([live_tokens.ADMIN, *variables, *theirs]), given)
    return LiveLandscape(systems, core, clock, tokens, folder, servers)


def _check(request: LiveRequest) -> None:
    for name in request.only:
        if name not in _PLACES:
            raise InputError(f"there is no system {name!r}", field="--only", remedy=did_you_mean(name, _PLACES))
    check_speed(request.speed)
    if not 1 <= request.port_base <= _BASE_MOST:
        raise InputError(f"{request.port_base} is no base", field="--port-base", remedy=f"from 1 to {_BASE_MOST}")
    if request.design is not None and request.speed > CORE_SPEED_MOST:
        remedy = f"at most {CORE_SPEED_MOST:g} with the core, or leave it out with --no-core"
        raise InputError(f"{request.speed:g} is too fast for the core", field="--speed", remedy=remedy)


def _core(
    request: LiveRequest,
    systems: Sequence[AnySystemPlan],
    clock: ClockAnchor,
    folder: LiveFolder,
    servers: Sequence[LiveServerPlan],
    environment: Mapping[str, str],
) -> LiveCorePlan | None:
    if request.design is None:
        return None
    reached = {system.name: (system.url, system.client) for system in systems}
    place, design = folder.of(CORE), request.design
    file = folder.config_of(_DESIGN) if isinstance(design, Design) else design
    planned, variables = planned_core(
        reached, clock, file, request.seed, request.port_base, place, servers, request.floor_s
    )
    if request.keeps_messages:
        planned = planned.model_copy(update={"event_log": str(folder.messages_of(CORE).absolute())})
    if request.core is not None:
        planned = planned.model_copy(update={"core": from_anywhere(request.core)})
    core = LiveCorePlan(
        planned,
        folder.config_of(CORE),
        folder.log_of(CORE),
        variables,
        own_servers=bool(servers),
        design=design if isinstance(design, Design) else None,
        workers=request.workers,
    )
    check_workers(core, design, environment)
    return core


def _system(
    request: LiveRequest,
    blueprint: Blueprint,
    opening: Opening,
    names: Sequence[str],
    clock: ClockAnchor,
    folder: LiveFolder,
) -> AnySystemPlan:
    name, base = blueprint.system, request.port_base
    if name in request.foreign:
        return foreign_plan(
            name,
            request.foreign[name],
            opening,
            clock,
            seed=request.seed,
            ports=(base + _PLACES[name], base + _PLACES[name] + _ADMIN),
            folder=folder.of(name).absolute(),
            config=folder.config_of(name),
            log=folder.log_of(name),
        )
    ours = [one for one in names if one not in request.foreign]
    oauth = getattr(request.scenario.systems, name).oauth is not None
    scopes = frozenset(("integration",))
    tokens = {} if oauth else {live_tokens.integration_token(name): scopes}
    tokens[live_tokens.PARTNER] = scopes | {PARTNER}
    if name == "commerce":
        tokens[live_tokens.SHOPPER] = frozenset(("shopper",))
    webhooks_to = request.webhooks_to or f"http://{LOOPBACK}:{base}"
    topics = list(default_landscape()[name].topics)
    file = ProcessFile(
        blueprint=blueprint,
        folder=folder.of(name).absolute(),
        port=base + _PLACES[name],
        admin_port=base + _PLACES[name] + _ADMIN,
        host=request.host,
        seed=request.seed,
        clock=clock,
        opening=opening,
        tokens=tokens,
        clients={CLIENT: ClientBlock(secret=live_tokens.client_secret(name), scopes=scopes)} if oauth else {},
        admin_token=live_tokens.ADMIN,
        webhook_secret=live_tokens.webhook_secret(name),
        subscriptions=[SubscriptionBlock(url=f"{webhooks_to}/webhooks/{name}", topics=topics)] if topics else [],
        receivers={
            kind: f"http://{LOOPBACK}:{base + _PLACES[who] + _ADMIN}" for kind, who in RECEIVERS.items() if who in ours
        },
        ends_with_stdin=True,
        webhook_log=folder.messages_of(name).absolute() if request.keeps_messages else None,
    )
    return LiveSystemPlan(file, folder.config_of(name), folder.log_of(name))


def _secrets_of(foreign: Mapping[str, Foreign]) -> dict[str, str]:
    return {variable: value for one in foreign.values() for variable, value in one.secrets.items()}


assert set(_PLACES) == set(SYSTEM_NAMES), "each system has a port"
