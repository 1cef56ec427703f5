"""The virtual world: a run's clock, its systems, and all that the core is given, on one kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Literal, Protocol, Self

import simpy

from mock_systems.kit.ledger import Ledger
from mock_systems.kit.streams import Streams
from mock_systems.kit.webhooks import Webhooks
from mock_systems.kit.wire import Answer, Request
from sandbox.faults.platform import PlatformFault, PlatformFaults
from sandbox.worlds.virtual import collector, entropy
from sandbox.worlds.virtual.asgi import AsgiExchange
from sandbox.worlds.virtual.bus import BusConfig, VirtualBus
from sandbox.worlds.virtual.clock import WrongClock
from sandbox.worlds.virtual.errors import VirtualWorldError
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.inbound import Inbound, Verify
from sandbox.worlds.virtual.incarnation import CoreFactory, Incarnation
from sandbox.worlds.virtual.kernel import Act, Kernel
from sandbox.worlds.virtual.latency import NetworkConfig
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.network import Exchange, Network
from sandbox.worlds.virtual.notes import Note
from sandbox.worlds.virtual.store import MemoryStore, StoreConfig
from sandbox.worlds.virtual.ties import DrawnTies, Ties, TiesOf

_RESTART_US = 1_000_000

Fidelity = Literal["direct", "wire"]


class System(Protocol):
    """A mock system, as the world needs it."""

    name: str
    ledger: Ledger
    webhooks: Webhooks

    def start(self, env: simpy.Environment) -> None:
        """Join the clock."""

    def receive(self, request: Request, now_us: int) -> Answer:
        """Take one request at the door."""


class VirtualWorld:
    """Everything of one run except the core, which `start_core` brings to life and `crash_core` kills.

    Makes the kernel at `start_us`, starts the systems on it and connects their webhooks. `listeners` hear each Note.
    `ties` is the share of scheduling choices that are drawn instead of first come, first served, or makes each
    incarnation's own. Used as a context manager, the guard against uncontrolled entropy stays on for the whole block
    and the world is closed after it.
    """

    def __init__(
        self,
        systems: Iterable[Any],
        streams: Streams,
        *,
        start_us: int,
        fidelity: Fidelity = "direct",
        network: NetworkConfig | None = None,
        store: StoreConfig | None = None,
        bus: BusConfig | None = None,
        fingerprint: Fingerprint | None = None,
        verify: Verify | None = None,
        ties: TiesOf | float | None = None,
        steps_max: int = 1_000_000,
    ) -> None:
        self.env = Kernel(start_us, steps_max)
        self.streams = streams
        self.systems: dict[str, System] = {system.name: system for system in systems}
        self.fingerprint = fingerprint or Fingerprint()
        self.listeners: list[Callable[[Note], None]] = []
        self.counters: dict[str, int] = {}
        self.incarnations: list[Incarnation] = []
        heard = self.fingerprint.add
        self.network = Network(
            self.env,
            self.systems.values(),
            streams,
            network,
            exchanges=self._exchanges(fidelity),
            heard=heard,
            noting=self.note,
        )
        self.inbound = Inbound(
            self.env,
            streams,
            network,
            real_bytes=fidelity == "wire",
            verify=verify,
            heard=heard,
            noting=self.note,
        )
        self.store = MemoryStore(self.env, store)
        self.bus = VirtualBus(self.env, streams, bus, self.note)
        self._ties = ties
        self._factory: CoreFactory | None = None
        self._edge: ExitStack | None = None
        self._closed = False
        self._standbys = 0
        self.core_clock = WrongClock(self.env)
        for system in self.systems.values():
            system.ledger.listeners.append(self.fingerprint.fact)
            system.webhooks.transport = self.inbound.transport_of(system.name, system.webhooks.secret)
            system.start(self.env)

    @property
    def now_us(self) -> int:
        """UTC in microseconds since 1970."""
        return self.env._now

    @property
    def core(self) -> Incarnation | None:
        """The incarnation that lives now, or None while the core is down."""
        return self.inbound.core

    # -- the core ---------------------------------------------------------------------------------------------

    def start_core(self, factory: CoreFactory) -> Incarnation:
        """Make a core and let it run. Raises VirtualWorldError when one lives already."""
        if self.inbound.core is not None:
            raise VirtualWorldError("a core lives already: crash it before another is started")
        self._factory = factory
        return self._start("core-1")

    def _start(self, instance: str) -> Incarnation:
        factory = self._factory
        assert factory is not None
        epoch = len(self.incarnations) + 1
        ties: Ties | None = None
        if callable(self._ties):
            ties = self._ties(epoch)
        elif self._ties:
            ties = DrawnTies(self.streams, epoch, self._ties)
        loop = VirtualLoop(self.env, epoch=epoch, ties=ties, heard=self.fingerprint.add)  # type: ignore[abstract]
        incarnation = Incarnation(
            loop,
            self.network.session(loop),
            self.store.session(loop),
            self.bus.session(loop),
            self.streams,
            self.note,
            instance=instance,
            clock=self.core_clock,
        )
        incarnation.exited = lambda: self._exited(incarnation)
        self.incarnations.append(incarnation)
        self.inbound.core = incarnation
        self.note("world", "core.started", f"core-{epoch}", None, {})
        incarnation.start(factory)
        return incarnation

    def crash_core(self, down_for_us: int | None = None) -> None:
        """Cut the core's power; it starts again after `down_for_us` (None: not by itself)."""
        core = self.inbound.core
        if core is None:
            return
        self.note("world", "core.crashed", f"core-{core.epoch}", None, {"down_for_us": down_for_us})
        self._cut_power(core)
        if down_for_us is not None:
            self.at(self.env._now + down_for_us, lambda: self._restart(core.ports.instance))

    def pause_core(self, for_us: int, standby_after_us: int) -> bool:
        """Freeze the living core, as a machine that is starved or being moved; False when none lives.

        A standby is started `standby_after_us` later. When the core wakes up it goes on as if nothing were, and has to
        find out by itself whether its place was taken; a standby that has not taken it is withdrawn.
        """
        core = self.inbound.core
        if core is None:
            return False
        self.note("world", "core.paused", f"core-{core.epoch}", None, {"for_us": for_us})
        core.loop.freeze()
        self.inbound.core = None
        self._standbys += 1
        instance = f"core-{self._standbys + 1}"
        if standby_after_us < for_us:
            self.at(self.env._now + standby_after_us, lambda: self._restart(instance))
        self.at(self.env._now + for_us, lambda: self._resume(core))
        return True

    def _resume(self, core: Incarnation) -> None:
        if core.dead:
            return
        self.note("world", "core.resumed", f"core-{core.epoch}", None, {})
        standby = self.inbound.core
        if standby is not None and (standby.hub is None or not standby.hub.is_ready):
            self.note("world", "core.withdrawn", f"core-{standby.epoch}", None, {})
            self._cut_power(standby)
        if self.inbound.core is None:
            self.inbound.core = core
        core.loop.thaw()

    def _exited(self, core: Incarnation) -> None:
        """A core has ended by itself, because another one took its place; without that one it is started anew."""
        if core.dead:
            return
        self.note("world", "core.exited", f"core-{core.epoch}", None, {})
        led = self.inbound.core is core
        other = None if led else self.inbound.core
        self._cut_power(core)
        self.inbound.core = other
        if led:
            self.at(self.env._now + _RESTART_US, lambda: self._restart(core.ports.instance))

    def crash_core_at_step(self, step: int, down_for_us: int | None = None) -> None:
        """Crash the living core right after its `step`th callback: between any two of its awaits."""
        core = self.inbound.core
        if core is None:
            raise VirtualWorldError("no core lives: start one before it can be crashed")
        core.loop.cut_at_step(step, lambda: self.crash_core(down_for_us))

    def _restart(self, instance: str) -> None:
        if self.inbound.core is None and self._factory is not None:
            self._start(instance)

    def _cut_power(self, core: Incarnation) -> None:
        self.inbound.core = None
        loop = core.loop
        loop.kill()
        self.store.power_cut(loop)
        self.bus.power_cut(loop)
        self.network.power_cut(loop)

    def set_core_clock(self, offset_us: int, drift_us: int) -> None:
        """Set the core's clock wrong, or with two zeros right; `drift_us` is gained in a day."""
        self.note("world", "clock.set", "core", None, {"offset_us": offset_us, "drift_us": drift_us})
        self.core_clock.set(offset_us, drift_us)

    # -- the core's platform ----------------------------------------------------------------------------------

    def replace_exchange(self, system: str, made: Callable[[Exchange], Exchange]) -> None:
        """Have calls to a system carried by what is made of how they are carried now."""
        host = self.network.hosts[system]
        host.exchange = made(host.exchange)

    def arm_store(self, faults: Sequence[PlatformFault]) -> None:
        """Have the store carry out these faults, in place of those before; none of them: it is healed."""
        self.store.faults = self._platform_faults("store", faults)

    def arm_bus(self, faults: Sequence[PlatformFault]) -> None:
        """Have the bus carry out these faults, in place of those before; none of them: it is healed."""
        self.bus.faults = self._platform_faults("bus", faults)

    def _platform_faults(self, part: str, faults: Sequence[PlatformFault]) -> PlatformFaults | None:
        def struck(fault: PlatformFault, kind: str) -> None:
            self.note("faults", "platform.struck", part, None, {"fault": fault.id, "what": kind})

        return PlatformFaults(faults, self.streams, struck) if faults else None

    # -- time -------------------------------------------------------------------------------------------------

    def at(self, at_us: int, act: Callable[[], object]) -> Act:
        """Call `act()` at a time; the result can be cancelled."""
        return self.env.at(at_us, act)

    def run(self, until_us: int) -> None:
        """Let time pass until `until_us`; what is due just then has not happened yet.

        Raises what the run raises: UnhandledError, Livelock, UncontrolledEntropy, or a system's own exception.
        """
        if self._closed:
            raise VirtualWorldError("the world was closed: make another for another run")
        if self._edge is not None:
            self.env.run(until_us)
            return
        with collector.resting(), entropy.forbidden():
            self.env.run(until_us)

    def close(self) -> None:
        """End the run: the core's power is cut and all that it left is let go, without running any of it.

        Raises UnhandledError for a task of the living core that failed unheard.
        """
        if self._closed:
            return
        self._closed = True
        failed = None
        for core in [incarnation for incarnation in self.incarnations if not incarnation.dead]:
            failed = failed or core.loop.unretrieved()
            self._cut_power(core)
        for incarnation in self.incarnations:
            incarnation.loop.dispose()
        if failed is not None:
            raise failed

    def __enter__(self) -> Self:
        self._edge = ExitStack()
        self._edge.enter_context(collector.resting())
        self._edge.enter_context(entropy.forbidden())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        edge, self._edge = self._edge, None
        assert edge is not None
        with edge:
            try:
                self.close()
            except VirtualWorldError:
                if error is None:
                    raise

    # -- what is noticed --------------------------------------------------------------------------------------

    def note(self, source: str, kind: str, entity: str, order: str | None, detail: Mapping[str, Any]) -> None:
        """Pass on something that the world, a fault or the core noticed; `counters` counts each kind."""
        now_us = self.env._now
        counters = self.counters
        counters[kind] = counters.get(kind, 0) + 1
        self.fingerprint.add(("note", now_us, source, kind, entity, order))
        if self.listeners:
            note = Note(now_us, source, kind, entity, order, detail)
            for listener in self.listeners:
                listener(note)

    def _exchanges(self, fidelity: Fidelity) -> dict[str, Exchange]:
        if fidelity == "direct":
            return {}
        from mock_systems.kit.face import asgi_app  # FastAPI takes longer to import than a short run to make

        return {name: AsgiExchange(name, asgi_app(system)) for name, system in self.systems.items()}  # type: ignore[arg-type]
