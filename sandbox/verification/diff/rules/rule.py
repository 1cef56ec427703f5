"""What a rule says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.verification.diff.changes import Direction, Severity

BREAKING, DANGEROUS, SAFE = Severity.BREAKING, Severity.DANGEROUS, Severity.SAFE
REQUEST_SITES = ("request-body", "request-property", "request-parameter", "request-parameter-property")
RESPONSE_SITES = ("response-body", "response-property", "response-header", "response-header-property")


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of change. `name` is its page; `ids` are what findings are called, by where they stand.

    `request` and `response` are its severities by direction; None where it cannot be. `why` argues from the
    specification, `source`, and from what clients do.
    """

    name: str
    ids: Mapping[str, str]
    request: Severity | None
    response: Severity | None
    what: str
    why: str
    source: str

    def severity(self, direction: Direction) -> Severity:
        """How bad it is in a direction. Raises ValueError where the rule has none there."""
        found = self.request if direction is Direction.REQUEST else self.response
        if found is None:
            raise ValueError(f"{self.name} is no rule of a {direction}")
        return found


def of_sites(name: str, request: Severity | None, response: Severity | None, what: str, why: str, source: str) -> Rule:
    """A rule of schemas, whose ids are `request-property-…`, `response-body-…` and so on."""
    sites = (*(REQUEST_SITES if request else ()), *(RESPONSE_SITES if response else ()))
    return Rule(name, {site: f"{site}-{name}" for site in sites}, request, response, what, why, source)


def one(name: str, direction: Direction, severity: Severity, what: str, why: str, source: str) -> Rule:
    """A rule with one id."""
    request, response = (severity, None) if direction is Direction.REQUEST else (None, severity)
    return Rule(name, {"": name}, request, response, what, why, source)
