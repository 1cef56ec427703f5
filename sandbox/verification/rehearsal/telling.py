"""A rehearsal as JSON values."""

from __future__ import annotations

from typing import Any

from sandbox.verification.rehearsal.blast import Blast, Orders
from sandbox.verification.rehearsal.impact import Impact
from sandbox.verification.rehearsal.planning import Plan, PlannedChange
from sandbox.verification.rehearsal.rehearsal import Rehearsal


def as_json(found: Rehearsal) -> dict[str, Any]:
    """All of it, below the fields that every check has."""
    return found.outcome.as_json(
        scenario=found.scenario,
        seed=found.seed,
        stopped=found.stopped,
        changes=[_change(one, found.plan) for one in found.plan.changes],
        untried=[one.id for one in found.untried],
        rehearsal=None if found.whole is None else _impact(found.whole),
        each=[{"change": change.id, "words": change.words, **_impact(impact)} for change, impact in found.each],
    )


def _change(planned: PlannedChange, plan: Plan) -> dict[str, Any]:
    change = planned.change
    overlaid = change.new is not None and plan.new != plan.comparison.new  # its lines are those of no file
    return {
        "id": planned.id,
        "rule": change.rule,
        "severity": change.severity.value,
        "direction": change.direction.value,
        "text": change.text,
        "operations": list(change.operations),
        "subjects": list(change.subjects),
        "file": plan.new if overlaid else change.place.file,
        "pointer": change.place.pointer,
        "line": None if overlaid else change.place.line,
        "standing": planned.standing.value,
        "reason": planned.reason,
        "edits": [edit.model_dump(mode="json", exclude_defaults=True) for edit in planned.edits],
    }


def _impact(impact: Impact) -> dict[str, Any]:
    return {
        "changes": list(impact.changes),
        "met": list(impact.met),
        "breaks": impact.breaks,
        "flows": list(impact.flows),
        "at_us": impact.at_us,
        "until_us": impact.until_us,
        "rolled_back": impact.rolled_back,
        **_blast(impact.blast),
        "first_exception_minutes": impact.minutes_to_exception,
        "exceptions": [
            {"cause": one.cause, "count": one.count, "open": one.open, "example": one.example}
            for one in impact.exceptions
        ],
        "invariants": [
            {"id": one.id, "name": one.name, "violations": one.violations, "example": one.example}
            for one in impact.invariants
        ],
        "calls": [{"operation": one.operation, "done": one.done, "count": one.count} for one in impact.calls],
        "books": list(impact.books),
        "replayed": impact.replayed,
        "healed": impact.healed,
        "left": list(impact.left),
        "fingerprint": impact.fingerprint,
    }


def _blast(blast: Blast) -> dict[str, Any]:
    steps = [
        {
            "flow": one.step.flow, "step": one.step.name, "expected": one.expected, "behind": one.behind,
            "late": one.late, "lost": one.lost, "breaks": one.breaks,
        }
        for one in blast.steps
    ]  # fmt: skip
    return {
        "steps": steps,
        "stuck": {**_orders(blast.stuck), "waiting_for": dict(blast.waiting_for)},
        "late": _orders(blast.late),
        "lost": _orders(blast.lost),
        "extra_cancelled": dict(blast.extra_cancelled),
        "caught_up_us": blast.caught_up_us,
    }


def _orders(orders: Orders) -> dict[str, Any]:
    return {"orders": orders.count, "value_minor": dict(orders.value_minor), "examples": list(orders.examples)}
