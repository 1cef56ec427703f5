"""A fault plan carried out against real processes: doors armed over admin APIs, processes killed and frozen."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from typing import Final

from mock_systems.kit.faults import LOST_REPLY, LOST_REQUEST, CallFault, WebhookFault
from sandbox.faults.arming import call_fault, webhook_fault
from sandbox.faults.atoms import (
    BUS_KINDS,
    Atom,
    CallAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    SpikeAtom,
    WebhookAtom,
)
from sandbox.faults.plan import FaultPlan
from sandbox.runs.judged_landscape import JudgedLandscape
from sandbox.runs.live_standby import standing_by
from sandbox.worlds.live.ledgers import AdminAway
from sandbox.worlds.live.parts.server_process import NATS, POSTGRES

_LOOKS_EVERY_S: Final = 0.02
SERVER_RETURNS_S: Final = 1.0
"""What it takes a server, in seconds of the wall, to be there again once it is started, with the core connected."""


class LiveFaults:
    """A plan for a run that starts at `start_us`; `without` are the ids of atoms that are left out.

    `arm` comes first, before the landscape's clock starts, then `run`, which goes on until all is done, and at last
    `heal`. `fired` counts how often each fault was carried out.
    """

    def __init__(self, plan: FaultPlan, start_us: int, without: Iterable[str] = ()) -> None:
        self.fired = {atom.id: 0 for atom in plan.atoms}
        self._atoms = plan.without(*without).atoms
        self._start_us = start_us
        self._calls: dict[str, list[CallFault]] = {}
        self._webhooks: dict[str, list[WebhookFault]] = {}
        for atom in self._atoms:
            self._plan(atom)

    async def arm(self, up: JudgedLandscape) -> None:
        """Tell the systems what is to happen to calls and webhooks."""
        for system in self._struck():
            await up.admin[system].arm(self._calls.get(system, ()), self._webhooks.get(system, ()))

    async def run(self, up: JudgedLandscape) -> None:
        """Do what is to be done at its time."""
        async with asyncio.TaskGroup() as group:
            for atom in self._atoms:
                if isinstance(atom, CrashAtom):
                    group.create_task(self._crash(atom, up))
                elif isinstance(atom, PauseAtom):
                    group.create_task(self._pause(atom, up))
                elif isinstance(atom, PlatformAtom):
                    group.create_task(self._stop_server(atom, up))
                elif isinstance(atom, DeletionAtom):
                    group.create_task(self._forget(atom, up))
                elif isinstance(atom, SpikeAtom) or _is_outage(atom):
                    group.create_task(self._count_at(atom, up))

    async def heal(self, up: JudgedLandscape) -> None:
        """Count how often calls and webhooks were struck, and take all faults off."""
        for system in self._struck():
            applied = (await up.admin[system].faults()).applied
            for fault in (*self._calls.get(system, ()), *self._webhooks.get(system, ())):
                if not self._is_marker(fault.id):
                    self.fired[fault.id] = max(self.fired[fault.id], applied.get(fault.id, 0))
            await up.admin[system].heal()

    def _plan(self, atom: Atom) -> None:
        if isinstance(atom, CallAtom):
            self._calls.setdefault(atom.system, []).append(call_fault(atom, self._start_us))
        elif isinstance(atom, WebhookAtom):
            self._webhooks.setdefault(atom.system, []).append(webhook_fault(atom, self._start_us))
        elif isinstance(atom, CrashAtom) and atom.system is not None:
            self._calls.setdefault(atom.system, []).append(self._marker(atom))

    def _marker(self, atom: CrashAtom) -> CallFault:
        """Holds the call at which the core is to die, or the reply to it, back until it is dead."""
        return CallFault(
            id=atom.id,
            kind=LOST_REQUEST if atom.moment == "before" else LOST_REPLY,
            operation=atom.operation,
            order=atom.order,
            occurrence=atom.occurrence or 1,
            from_us=self._start_us + atom.window.from_us,
            until_us=self._start_us + atom.window.until_us,
        )

    def _is_marker(self, name: str) -> bool:
        return any(isinstance(atom, CrashAtom) and atom.id == name for atom in self._atoms)

    def _struck(self) -> list[str]:
        return sorted({*self._calls, *self._webhooks})

    async def _crash(self, atom: CrashAtom, up: JudgedLandscape) -> None:
        if atom.at_us is not None:
            await up.until(self._start_us + atom.at_us)
        elif not await self._call_has_come(atom, up):
            return
        name = up.core_name
        if up.core.crash(name, up.clock.seconds(atom.down_for_us)):
            self.fired[atom.id] += 1
            up.note("core.crashed", name, {"down_for_us": atom.down_for_us})

    async def _call_has_come(self, atom: CrashAtom, up: JudgedLandscape) -> bool:
        """Wait until the call has had its effect; False when it never came."""
        assert atom.system is not None
        admin, until_us = up.admin[atom.system], self._start_us + atom.window.until_us
        await up.until(self._start_us + atom.window.from_us)
        while up.now_us() < until_us:
            try:
                if (await admin.faults()).applied.get(atom.id):
                    return True
            except AdminAway:
                pass
            await up.unbroken(asyncio.sleep(_LOOKS_EVERY_S))
        return False

    async def _pause(self, atom: PauseAtom, up: JudgedLandscape) -> None:
        at_us = self._start_us + atom.at_us
        await up.until(at_us)
        frozen, name = up.core, up.core_name
        if not frozen.send_signal(name, signal.SIGSTOP):
            return
        self.fired[atom.id] += 1
        up.note("core.paused", name, {"for_us": atom.for_us})
        try:
            async with standing_by(up, at_us + atom.standby_after_us):
                await up.until(at_us + atom.for_us)
        finally:
            frozen.send_signal(name, signal.SIGCONT)
        up.note("core.resumed", name, {})

    async def _stop_server(self, atom: PlatformAtom, up: JudgedLandscape) -> None:
        part, name = ("bus", NATS) if atom.kind in BUS_KINDS else ("store", POSTGRES)
        await up.until(self._start_us + atom.window.from_us)
        if up.servers.crash(name, down_for_s(up.clock.seconds(atom.window.until_us - atom.window.from_us))):
            self.fired[atom.id] += 1
            up.note("platform.struck", part, {"fault": atom.id, "what": atom.kind}, source="faults")

    async def _forget(self, atom: DeletionAtom, up: JudgedLandscape) -> None:
        await up.until(self._start_us + atom.at_us)
        self.fired[atom.id] += await up.admin[atom.system].forget_subscribers()

    async def _count_at(self, atom: Atom, up: JudgedLandscape) -> None:
        """A spike, or an outage of which nobody can count whom it turned away: it counts once, when it begins."""
        await up.until(self._start_us + atom.window.from_us)
        self.fired[atom.id] = max(self.fired[atom.id], 1)


def down_for_s(away_s: float) -> float:
    """After how long a server is started that is to be away for so long: it takes a while to be there."""
    return max(away_s / 2, away_s - SERVER_RETURNS_S)


def _is_outage(atom: Atom) -> bool:
    return isinstance(atom, CallAtom) and atom.kind == "outage"
