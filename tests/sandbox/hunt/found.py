"""A finding of the canary that is not small: two faults more than it needs, and all orders."""

from __future__ import annotations

from pathlib import Path

from sandbox.faults.atoms import CallAtom, WebhookAtom
from sandbox.hunt.finding import Finding, found_in, write_finding
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from tests.sandbox.hunt.small_targets import CANARY, HOUR, window

TRIAL = Trial(
    atoms=(
        WebhookAtom(id="F1", kind="webhook_lost", system="wms", share=0.2, window=window(8)),
        CallAtom(id="F2", kind="lost_reply", system="erp", operation="createSalesOrder", share=0.5, window=window(9)),
        CallAtom(id="F3", kind="slow", system="carrier", delay_us=HOUR // 600, window=window(7)),
    )
)


def found() -> Finding:
    """The finding, of sales orders that the ERP has twice."""
    outcome = tried(CANARY, TRIAL)
    violation = outcome.first("I2")
    assert violation is not None, outcome.violations
    return found_in(CANARY, TRIAL, outcome, violation, "by hand")


def found_file(folder: Path) -> Path:
    """The file of the finding."""
    return write_finding(folder, found())
