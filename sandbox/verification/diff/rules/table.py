"""All rules by name and by id."""

from __future__ import annotations

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.diff.rules.answers import ANSWER_RULES
from sandbox.verification.diff.rules.composed import COMPOSED_RULES
from sandbox.verification.diff.rules.events import EVENT_RULES
from sandbox.verification.diff.rules.objects import OBJECT_RULES
from sandbox.verification.diff.rules.operations import OPERATION_RULES
from sandbox.verification.diff.rules.rule import SAFE, Rule
from sandbox.verification.diff.rules.security import SECURITY_RULES
from sandbox.verification.diff.rules.values import VALUE_RULES

RULES: tuple[Rule, ...] = (
    *OPERATION_RULES,
    *ANSWER_RULES,
    *SECURITY_RULES,
    *EVENT_RULES,
    *OBJECT_RULES,
    *COMPOSED_RULES,
    *VALUE_RULES,
)
BY_NAME = {rule.name: rule for rule in RULES}
# Values may come that did not, or be refused that were not, and one side is told that it is safe for it. A default is
# a note, and refuses none.
TAKING_MORE = frozenset(rule.name for rule in RULES if rule.request is SAFE and rule.response not in (None, SAFE))
TAKING_LESS = frozenset(rule.name for rule in RULES if rule.response is SAFE and rule.request not in (None, SAFE)) - {
    "default-value-changed"
}
BY_ID = {rule_id: rule for rule in RULES for rule_id in rule.ids.values()}


def rule_of(rule_id: str) -> Rule:
    """The rule that has this id. Raises InputError with the nearest known one."""
    if rule_id not in BY_ID:
        near = did_you_mean(rule_id, BY_ID)
        remedy = "sandbox contracts rules lists them" if near.startswith("known: ") else near
        raise InputError(f"no rule is called {rule_id!r}", remedy=remedy)
    return BY_ID[rule_id]
