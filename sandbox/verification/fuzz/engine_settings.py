"""A plan in Schemathesis' words: what would stand in its `schemathesis.toml`."""

from __future__ import annotations

from typing import Any

from sandbox.verification.fuzz.known_values import bindings
from sandbox.verification.fuzz.plan import CHECKS, PHASES, FuzzPlan
from sandbox.verification.fuzz.target import Target

# Schemathesis' own, and a condition that is not met (412) or left out (428), which it counts as an acceptance.
_REFUSABLE = ("2xx", "3xx", "401", "403", "404", "409", "412", "429", "5xx")
"""With these a well-formed request may be answered: a drawn If-Match is never the version that is there."""
_REFUSED = ("400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "428", "429", "5xx")
"""With these a request is refused that the contract forbids."""
_WITHOUT_A_HEADER = ("400", "401", "403", "406", "412", "415", "422", "428")
"""With these one is refused that lacks a required header."""


def engine_settings(target: Target, plan: FuzzPlan) -> dict[str, Any]:
    """The settings. Nothing is kept from run to run: a seed alone says what is sent."""
    settings: dict[str, Any] = {
        "seed": plan.seed,
        "base-url": target.base_url,
        "headers": {**target.headers, **plan.headers},
        "workers": plan.workers,
        "request-timeout": plan.timeout_s,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        # Words out of this program's own sources would be drawn, and change what a seed sends with every commit.
        "analysis": {"constants": {"enabled": False}},
        "generation": {"max-examples": plan.examples, "database": "none"},
        "phases": {name: {"enabled": name in plan.phases} for name in PHASES},
        "checks": _checks(plan),
        **bindings(target.data, target.values, target.states),
    }
    if plan.seconds is not None:
        settings["max-time"] = plan.seconds
    return settings


def _checks(plan: FuzzPlan) -> dict[str, Any]:
    checks: dict[str, Any] = {name: {"enabled": name in plan.checks} for name in CHECKS}
    checks["positive_data_acceptance"]["expected-statuses"] = [*_REFUSABLE, *map(str, plan.refusals)]
    checks["negative_data_rejection"]["expected-statuses"] = list(_REFUSED)
    checks["missing_required_header"]["expected-statuses"] = list(_WITHOUT_A_HEADER)
    return checks
