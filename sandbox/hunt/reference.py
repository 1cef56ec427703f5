"""What the reference core does under a finding's own trial: whether the core that was hunted is to blame.

An invariant that asks for more than a sound core can give is broken by any core: its findings are false alarms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sandbox.hunt.finding import FAILS_TOO, Bearing, Finding
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.scheduling import FIFO
from sandbox.hunt.shrinking.attempts import CarryOut
from sandbox.hunt.shrinking.shrinker import carried_out

_IN_WORDS: Final[dict[Bearing, str]] = {
    "passes": "the reference core comes through the same trial",
    FAILS_TOO: "false alarm: the reference core fails in the same way, so it is not this core's bug",
    "fails otherwise": "the reference core fails under the same trial, too, but in another way",
}


_NO_FAULT: Final = "no fault is needed: look at the invariant and at the day before you look at the core"


def beside_reference(finding: Finding, carry_out: CarryOut = carried_out) -> Finding:
    """The finding, which says now how the reference core bears its trial. One of the reference core stays as it is."""
    if finding.target.core is None:
        return finding
    outcome = carry_out(replace(finding.target, core=None), finding.trial)
    return replace(finding, reference=bearing(finding, outcome))


def bearing(finding: Finding, outcome: Outcome) -> Bearing:
    """How the reference core, whose outcome this is, bore the finding's trial."""
    if outcome.first(finding.invariant, finding.role) is not None:
        return FAILS_TOO
    return "fails otherwise" if outcome.violations else "passes"


def blame(finding: Finding) -> str | None:
    """In words, whether the hunted core is to blame; None where nothing is known of it."""
    if finding.reference is not None:
        return _IN_WORDS[finding.reference]
    needless = not finding.trial.atoms and finding.trial.scheduling == FIFO
    return _NO_FAULT if needless and finding.target.core is None else None
