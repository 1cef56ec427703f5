"""Faults that strike at one commit, one message, or just before or after one call."""

from __future__ import annotations

import pytest

from sandbox.faults.atoms import Atom, CrashAtom, PlatformAtom, Window
from sandbox.faults.moments import DAY_US
from sandbox.faults.plan import FaultPlan, plan_of
from sandbox.faults.words import in_words
from sandbox.faults.written import FaultEntry
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from sandbox.runs.landscape import default_landscape
from tests.sandbox.hunt.small_targets import SMALL

DAY = Window(0, DAY_US)
TABLES = "inbox+saga_orders+sagas"
CRASH = {"down_for_us": 10_000_000, "occurrence": 1, "window": DAY}
ATOMS: dict[str, Atom] = {
    "commit before": CrashAtom(id="F1", commit=TABLES, moment="before", **CRASH),
    "commit after": CrashAtom(id="F1", commit=TABLES, moment="after", **CRASH),
    "call before": CrashAtom(id="F1", system="erp", operation="createSalesOrder", moment="before", **CRASH),
    "call after": CrashAtom(id="F1", system="erp", operation="createSalesOrder", **CRASH),
    "done": PlatformAtom(id="F1", kind="store_unknown", only=TABLES, occurrence=2, happened=True, window=DAY),
    "undone": PlatformAtom(id="F1", kind="store_unknown", only=TABLES, occurrence=2, happened=False, window=DAY),
    "message": PlatformAtom(
        id="F1", kind="bus_delayed", only="order.milestone", order="W-000002", delay_us=60_000_000, window=DAY
    ),
}


def commits(outcome: Outcome) -> int:
    """How often the tables were written."""
    return sum(site.kind == "commit" and site.name == TABLES for site in outcome.sites)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """What each atom comes to by itself, and none of them."""
    return {"none": tried(SMALL, Trial())} | {name: tried(SMALL, Trial(atoms=(atom,))) for name, atom in ATOMS.items()}


def test_each_strikes_where_it_is_meant_to_and_is_withstood(outcomes: dict[str, Outcome]) -> None:
    clean = outcomes.pop("none")
    for name, outcome in outcomes.items():
        assert outcome.failures == (), name
        assert outcome.fired["F1"] >= 1, name
        assert outcome.fingerprint != clean.fingerprint, name
    assert outcomes["message"].fired["F1"] > 1, "each message of the order, which has no occurrence"
    # Undone, the commit is made again; done, it is not.
    assert commits(outcomes["undone"]) == commits(outcomes["commit before"]) == commits(clean) + 1
    assert commits(outcomes["done"]) == commits(outcomes["commit after"]) == commits(clean)
    assert sum(site.name == "createSalesOrder" for site in outcomes["call before"].sites) == 7


def test_they_are_read_back_as_they_are_written_and_told_in_words() -> None:
    plan = FaultPlan(tuple(ATOMS.values()))
    entries = [
        FaultEntry.model_validate({key: value for key, value in entry.items() if key != "id"})
        for entry in plan.as_written()
    ]
    read = plan_of(entries, DAY_US, default_landscape(), None)  # type: ignore[arg-type]
    assert [atom.id for atom in read.atoms] == [f"F{n}" for n in range(1, len(ATOMS) + 1)]
    assert [in_words(atom, DAY_US) for atom in read.atoms] == [in_words(atom, DAY_US) for atom in ATOMS.values()]
    assert in_words(ATOMS["commit before"]) == (
        f"the sync core loses power right before the 1st commit of {TABLES} took effect, for 10s"
    )
    assert in_words(ATOMS["undone"], DAY_US) == (
        "the sync core is not told whether its transactions were committed, "
        f"at the 2nd {TABLES} commit, which did not happen"
    )
