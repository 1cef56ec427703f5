"""Carry a plan out: hand doors and webhooks their faults, cut the core's power, and count what fired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Protocol

from mock_systems.kit.faults import LOST_REQUEST, CallFault, WebhookFault
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from sandbox.faults.arming import call_fault, contract_change, webhook_fault
from sandbox.faults.atoms import (
    BUS_KINDS,
    CONTRACT_CHANGE,
    CORE_CRASH,
    STORE_KINDS,
    CallAtom,
    ClockAtom,
    ContractAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    SpikeAtom,
    WebhookAtom,
)
from sandbox.faults.contract.change import ContractChange
from sandbox.faults.contract.wire import ChangedCalls, ChangedWebhooks, Exchange
from sandbox.faults.plan import FaultPlan
from sandbox.faults.platform import CRASH_AFTER, CRASH_BEFORE, PlatformFault


class FaultyWorld(Protocol):
    """What a plan needs of a world, besides its systems."""

    def at(self, at_us: int, act: Callable[[], None]) -> Any:
        """Have `act` called at that moment, in microseconds since 1970."""

    def replace_exchange(self, system: str, made: Callable[[Exchange], Exchange]) -> None:
        """Have calls of the integration to a system carried by what is made of how they are carried now."""

    def arm_store(self, faults: Sequence[PlatformFault]) -> None:
        """Have the core's store carry out these faults, in place of those before."""

    def arm_bus(self, faults: Sequence[PlatformFault]) -> None:
        """Have the core's bus carry out these faults, in place of those before."""

    def pause_core(self, for_us: int, standby_after_us: int) -> bool:
        """Freeze the core for a time, and start a standby meanwhile; False when no core lives."""

    def set_core_clock(self, offset_us: int, drift_us: int) -> None:
        """Set the core's clock wrong: `offset_us` from the time now, and `drift_us` more for each day from now on."""

    def crash_core(self, down_for_us: int) -> None:
        """Cut the core's power now, and start it again `down_for_us` later."""


@dataclass(frozen=True, slots=True)
class Spike:
    """Orders come `factor` times as fast, in a window since 1970 in UTC."""

    id: str
    from_us: int
    until_us: int
    factor: float


@dataclass(slots=True, kw_only=True)
class CrashAtCall(CallFault):
    """Has something done when a call comes: once it has had its effect, or, as a lost request, in place of it."""

    kinds: ClassVar[tuple[str, ...]] = (CORE_CRASH, LOST_REQUEST)

    act: Callable[[int], None]

    def hits(self, operation: str, order: str | None, ordinal: int, now_us: int, streams: Streams) -> bool:
        """What was planned is done; the call is served as if nothing were, or lost."""
        struck = CallFault.hits(self, operation, order, ordinal, now_us, streams)
        if struck:
            self.act(now_us)
        return struck and self.kind == LOST_REQUEST


def spikes_of(plan: FaultPlan, start_us: int) -> tuple[Spike, ...]:
    """What demand has to know before a run that starts at `start_us`."""
    return tuple(
        Spike(s.id, start_us + s.window.from_us, start_us + s.window.until_us, s.factor)
        for s in plan.atoms
        if isinstance(s, SpikeAtom)
    )


# Hears (source, kind, entity, order, detail) of what was noticed: `faults`, `call.struck` or `webhook.struck`.
Noting = Callable[[str, str, str, "str | None", Mapping[str, Any]], None]


class FaultsAtWork:
    """A plan that is being carried out in a run that starts at `start_us`."""

    def __init__(self, plan: FaultPlan, start_us: int) -> None:
        self.plan = plan
        self._start_us = start_us
        self._happened: dict[str, int] = {}
        self._calls: dict[str, list[CallFault]] = {}
        self._webhooks: dict[str, list[WebhookFault]] = {}
        self._platform: list[PlatformFault] = []
        self.contract_changes: dict[str, ContractChange] = {}

    def begin(self, world: FaultyWorld, systems: Mapping[str, MockSystem], noting: Noting | None = None) -> None:
        """Arm the doors and webhooks, and plan the crashes; `noting` hears each time that a fault strikes.

        Call once, before the clock runs.
        """
        for atom in self.plan.atoms:
            if isinstance(atom, CallAtom):
                self._calls.setdefault(atom.system, []).append(call_fault(atom, self._start_us))
            elif isinstance(atom, WebhookAtom):
                self._webhooks.setdefault(atom.system, []).append(webhook_fault(atom, self._start_us))
            elif isinstance(atom, ContractAtom):
                self.contract_changes[atom.id] = contract_change(atom, self._start_us)
            elif isinstance(atom, PlatformAtom):
                self._platform.append(self._platform_fault(atom))
            elif isinstance(atom, CrashAtom):
                self._plan_crash(atom, world)
            elif isinstance(atom, DeletionAtom):
                world.at(self._start_us + atom.at_us, partial(self._delete, atom, systems))
            elif isinstance(atom, PauseAtom):
                world.at(self._start_us + atom.at_us, partial(self._pause, atom, world))
            elif isinstance(atom, ClockAtom):
                world.at(self._start_us + atom.window.from_us, partial(self._set_clock, atom, world))
                world.at(self._start_us + atom.window.until_us, partial(world.set_core_clock, 0, 0))
            else:
                world.at(self._start_us + atom.window.from_us, partial(self._count, atom.id))
        for system, calls in self._calls.items():
            systems[system].door.arm(calls)
            if noting is not None:
                systems[system].door.observers.append(partial(_note_strike, noting, "call.struck"))
        for system, webhooks in self._webhooks.items():
            systems[system].webhooks.arm(webhooks)
            if noting is not None:
                systems[system].webhooks.observers.append(partial(_note_strike, noting, "webhook.struck"))
        self._arm_platform(world)
        self._change_contracts(world, systems, noting)

    def _arm_platform(self, world: FaultyWorld) -> None:
        store = [fault for fault in self._platform if fault.kind in (*STORE_KINDS, CRASH_BEFORE, CRASH_AFTER)]
        bus = [fault for fault in self._platform if fault.kind in BUS_KINDS]
        if store:
            world.arm_store(store)
        if bus:
            world.arm_bus(bus)

    def _change_contracts(self, world: FaultyWorld, systems: Mapping[str, MockSystem], noting: Noting | None) -> None:
        """Stand between the core and each system whose contract changes."""
        by_system: dict[str, list[ContractChange]] = {}
        for change in self.contract_changes.values():
            by_system.setdefault(change.system, []).append(change)

        def struck(now_us: int, system: str, what: str, order: str | None, change: ContractChange) -> None:
            if noting is not None:
                noting(
                    "faults", "call.struck", f"{system} {what}", order, {"fault": change.id, "what": CONTRACT_CHANGE}
                )

        for name, changes in by_system.items():
            system = systems[name]
            world.replace_exchange(name, lambda now, s=system, c=changes: ChangedCalls(s, now, c, struck))  # type: ignore[misc]
            transport = system.webhooks.transport
            if transport is not None:
                system.webhooks.transport = ChangedWebhooks(system, transport, changes, struck)

    def heal(self, world: FaultyWorld, systems: Mapping[str, MockSystem]) -> None:
        """Take all faults off; what fired stays counted."""
        if self._platform:
            world.arm_store(())
            world.arm_bus(())
        for system in self._calls:
            systems[system].door.arm(())
        for system in self._webhooks:
            systems[system].webhooks.arm(())

    def fired(self) -> dict[str, int]:
        """How often each fault was carried out, by id; a demand spike counts once, when it begins."""
        fired = {atom.id: self._happened.get(atom.id, 0) for atom in self.plan.atoms}
        for calls in self._calls.values():
            for call in calls:
                fired[call.id] += 0 if isinstance(call, CrashAtCall) else call.applied
        for webhooks in self._webhooks.values():
            for webhook in webhooks:
                fired[webhook.id] += webhook.applied
        for change in self.contract_changes.values():
            fired[change.id] += change.applied
        for fault in self._platform:
            fired[fault.id] += 0 if fault.act is not None else fault.applied
        return fired

    def _count(self, name: str) -> None:
        self._happened[name] = self._happened.get(name, 0) + 1

    def _delete(self, atom: DeletionAtom, systems: Mapping[str, MockSystem]) -> None:
        webhooks = systems[atom.system].webhooks
        for name in list(webhooks.subscriptions):
            webhooks.unsubscribe(name)
            self._count(atom.id)

    def _pause(self, atom: PauseAtom, world: FaultyWorld) -> None:
        if world.pause_core(atom.for_us, atom.standby_after_us):
            self._count(atom.id)

    def _set_clock(self, atom: ClockAtom, world: FaultyWorld) -> None:
        self._count(atom.id)
        world.set_core_clock(atom.offset_us, atom.drift_us)

    def _platform_fault(self, atom: PlatformAtom) -> PlatformFault:
        from_us, until_us = self._start_us + atom.window.from_us, self._start_us + atom.window.until_us
        return PlatformFault(
            atom.id,
            atom.kind,
            from_us,
            until_us,
            atom.share,
            atom.delay_us,
            only=atom.only,
            order=atom.order,
            occurrence=atom.occurrence,
            happened=atom.happened,
        )

    def _plan_crash(self, atom: CrashAtom, world: FaultyWorld) -> None:
        def crash() -> None:
            self._count(atom.id)
            world.crash_core(atom.down_for_us)

        from_us, until_us = self._start_us + atom.window.from_us, self._start_us + atom.window.until_us
        if atom.commit is not None:
            self._platform.append(
                PlatformFault(
                    atom.id,
                    CRASH_BEFORE if atom.moment == "before" else CRASH_AFTER,
                    from_us,
                    until_us,
                    only=atom.commit,
                    order=atom.order,
                    occurrence=atom.occurrence or 1,
                    act=lambda decided_us: world.at(decided_us, crash),
                )
            )
            return
        if atom.at_us is not None or atom.system is None:
            world.at(self._start_us + (atom.at_us or 0), crash)
            return
        marker = CrashAtCall(
            id=atom.id,
            kind=LOST_REQUEST if atom.moment == "before" else CORE_CRASH,
            operation=atom.operation,
            order=atom.order,
            occurrence=atom.occurrence,
            from_us=from_us,
            until_us=until_us,
            act=lambda now_us: world.at(now_us, crash),
        )
        self._calls.setdefault(atom.system, []).append(marker)


def _note_strike(
    noting: Noting, kind: str, now_us: int, system: str, what: str, order: str | None, outcome: str
) -> None:
    """Of all that a door or the webhooks tell, pass on the faults: `fault.<kind>:<id>`."""
    if outcome.startswith("fault."):
        what_happened, _, name = outcome.removeprefix("fault.").partition(":")
        noting("faults", kind, f"{system} {what}", order, {"fault": name, "what": what_happened})
