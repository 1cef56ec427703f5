"""A contract change as a fault: written, checked, told in words, read back, and carried out in its window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from mock_systems.kit.physics import HOUR
from mock_systems.kit.streams import Streams
from sandbox.errors import InputError
from sandbox.faults.plan import plan_of
from sandbox.faults.words import in_words
from sandbox.faults.written import FaultEntry
from sandbox.runs.landscape import default_landscape
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.small_runs import run, small_scenario

DROP = {"side": "answer", "operation": "POST /sales-orders", "do": "drop", "path": "sales_order", "status": 201}


def fault(**more: Any) -> dict[str, Any]:
    """A contract change of the ERP's."""
    return {"id": "V2", "contract_change": {"system": "erp", "edits": [DROP], "what": "no number", **more}}


def test_a_plan_with_it_is_read_back_as_it_was_written() -> None:
    entries = TypeAdapter(list[FaultEntry]).validate_python([fault(at="10:00", **{"for": "2h"}, stays=True)])
    plan = plan_of(entries, 24 * HOUR, default_landscape(), Streams(1))
    again = TypeAdapter(list[FaultEntry]).validate_python(plan.as_written())
    assert plan_of(again, 24 * HOUR, default_landscape(), Streams(1)) == plan
    assert in_words(plan.atoms[0]) == "the ERP changes its contract (no number) from 10:00 for good"
    assert plan.heal_us == 10 * HOUR


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({**DROP, "operation": "POST /sales-order"}, "POST /sales-orders"),
        ({**DROP, "side": "webhook", "operation": "sales_order.relesed"}, "sales_order.released"),
        ({**DROP, "do": "refuse"}, "not done to answers"),
        ({**DROP, "do": "retype", "value": "string"}, "{to: string}"),
        ({**DROP, "side": "request", "do": "refuse_unless", "value": {"maximun": 3}}, "maxLength"),
    ],
)
def test_mistakes_are_told_before_anything_runs(tmp_path: Path, edit: dict[str, Any], words: str) -> None:
    entry = fault(at="10:00", **{"for": "2h"})
    entry["contract_change"]["edits"] = [edit]
    with pytest.raises(InputError) as told:
        small_scenario(tmp_path, [entry])
    assert words in str(told.value)
    assert "edits" in str(told.value)


def test_it_strikes_in_its_window_alone_and_says_so(tmp_path: Path) -> None:
    scenario = small_scenario(
        tmp_path,
        [fault(at="9:00", **{"for": "3h"})],
        world={"start": "2011-11-14", "days": 1, "to": "13:00"},
        phases={"settle": "6h"},
    )
    notes: list[tuple[int, str]] = []

    def listen(world: VirtualWorld) -> None:
        world.listeners.append(lambda note: notes.append((note[0], note[2])) if note[1] == "faults" else None)

    made = run(scenario, prepare=listen)
    struck_us = [at_us - made.start_us for at_us, kind in notes if kind == "call.struck"]
    assert made.faults.fired() == {"V2": len(struck_us)}
    assert struck_us
    assert all(9 * HOUR <= at_us < 12 * HOUR for at_us in struck_us)
    causes = {fact.data["cause"] for fact in made.judges.desk if fact.kind == "exception.opened"}
    assert causes == {"step-failed"}
    change = made.faults.contract_changes["V2"]
    assert set(change.done) == {("POST /sales-orders", "rewritten")}
