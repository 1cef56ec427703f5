"""The faults of a loaded run: a scenario's, as far as real processes can be given them while there is load."""

from __future__ import annotations

from sandbox.errors import InputError
from sandbox.faults.atoms import SpikeAtom
from sandbox.faults.live import not_live
from sandbox.faults.plan import FaultPlan
from sandbox.load.request import LoadRequest
from sandbox.runs.live_settings import FULL
from sandbox.runs.scenario import Scenario


def fault_plan(request: LoadRequest, scenario: Scenario) -> FaultPlan:
    """The plan, or none where none is wanted. Raises InputError for a fault that can't be carried out so."""
    if not request.faulty:
        return FaultPlan()
    plan = scenario.plan(request.seed)
    why_not = not_live(plan, own_servers=request.stack == FULL)
    for atom in plan.atoms:
        if isinstance(atom, SpikeAtom):
            raise _refused(atom.id, atom.kind, "how much demand there is, the shape says")
        if atom.id in why_not:
            raise _refused(atom.id, atom.kind, why_not[atom.id])
    return plan


def _refused(name: str, kind: str, why: str) -> InputError:
    remedy = "leave it out of a scenario of your own"
    return InputError(f"fault {name} ({kind}) can't be carried out under load: {why}", field="--faults", remedy=remedy)
