"""The faults of a loaded run: armed at the doors before it begins, taken off the moment that the load ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Final

from mock_systems.kit.faults import CallFault, WebhookFault
from sandbox.errors import InputError
from sandbox.faults.atoms import CallAtom, WebhookAtom
from sandbox.faults.carrying_out import FaultsAtWork
from sandbox.faults.plan import FaultPlan
from sandbox.system_names import SYSTEM_NAMES
from sandbox.worlds.live.ledgers import AdminClient

_ELSEWHERE: Final = "kill processes with --kill, make demand spike with the shape, or leave it out"


class DoorFaults:
    """Faults of calls and webhooks, which begin at their own times. Raises InputError for a plan with others."""

    def __init__(self, plan: FaultPlan, start_us: int) -> None:
        for atom in plan.atoms:
            if not isinstance(atom, CallAtom | WebhookAtom):
                raise InputError(f"{atom.kind} can't be carried out under load", field="--faults", remedy=_ELSEWHERE)
        self._armed: dict[str, tuple[list[CallFault], list[WebhookFault]]] = {}
        doors = {name: self._door(name) for name in SYSTEM_NAMES}
        FaultsAtWork(plan, start_us).begin(_Nowhere(), doors)

    def _door(self, name: str) -> Any:
        """What takes the place of a system: whatever is armed there is kept for the real one."""
        calls: list[CallFault] = []
        webhooks: list[WebhookFault] = []
        self._armed[name] = (calls, webhooks)
        return SimpleNamespace(door=SimpleNamespace(arm=calls.extend), webhooks=SimpleNamespace(arm=webhooks.extend))

    async def begin(self, admin: Mapping[str, AdminClient]) -> None:
        """Arm them."""
        for name, (calls, webhooks) in self._armed.items():
            if calls or webhooks:
                await admin[name].arm(calls, webhooks)

    async def heal(self, admin: Mapping[str, AdminClient]) -> dict[str, int]:
        """Take them off; how often each was carried out, as far as the processes that live now know."""
        fired: dict[str, int] = {}
        for name, (calls, webhooks) in self._armed.items():
            if calls or webhooks:
                fired.update((await admin[name].faults()).applied)
                await admin[name].heal()
        return fired


class _Nowhere:
    """A world without a core of its own: plans for it were refused before."""

    def at(self, at_us: int, act: Callable[[], None]) -> None:
        raise AssertionError("no fault of a door is planned in time")

    def arm_store(self, faults: Sequence[Any]) -> None:
        raise AssertionError("no fault of a door is in the store")

    def arm_bus(self, faults: Sequence[Any]) -> None:
        raise AssertionError("no fault of a door is on the bus")

    def pause_core(self, for_us: int, standby_after_us: int) -> bool:
        raise AssertionError("no fault of a door pauses the core")

    def set_core_clock(self, offset_us: int, drift_us: int) -> None:
        raise AssertionError("no fault of a door has to do with clocks")

    def crash_core(self, down_for_us: int) -> None:
        raise AssertionError("no fault of a door crashes the core")
