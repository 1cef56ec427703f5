"""What is to be fuzzed, how much, and by which checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from sandbox.errors import InputError, did_you_mean

PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
)
"""Those of Schemathesis 4, all but `max_response_time`: how long an answer takes is no part of a contract."""


@dataclass(frozen=True, slots=True)
class FuzzPlan:
    """How one API is fuzzed. Raises InputError for a phase, check or figure that there is not.

    `examples`: drawn requests for each operation and phase. `seconds`: go on drawing new ones for so long; None: once
    through. `operations`: patterns (`*`, `?`) of operation ids or `GET /orders/*`; none: all. `refusals`: statuses
    besides Schemathesis' own with which a well-formed request may be refused. `headers` go with each request.
    """

    seed: int = 1
    examples: int = 20
    seconds: int | None = None
    phases: tuple[str, ...] = PHASES
    checks: tuple[str, ...] = CHECKS
    operations: tuple[str, ...] = ()
    without_operations: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    workers: int = 1
    timeout_s: float = 10.0
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        _known("phase", self.phases, PHASES)
        _known("check", self.checks, CHECKS)
        if not self.phases or not self.checks:
            raise InputError("there is nothing left to do", remedy="leave at least one phase and one check")
        for name, least in (("examples", 1), ("workers", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise InputError(f"is {least} or more, not {getattr(self, name)}", field=f"--{name}")

    def wants(self, names: Iterable[str]) -> bool:
        """Whether an operation with these names (`POST /orders`, its id) is to be tested."""
        names = tuple(names)
        chosen = not self.operations or _any_fits(self.operations, names)
        return chosen and not _any_fits(self.without_operations, names)


def chosen_checks(only: Iterable[str], without: Iterable[str]) -> tuple[str, ...]:
    """The checks by name, or all, but some. Raises InputError for a name that there is not."""
    only, without = tuple(only), tuple(without)
    _known("check", (*only, *without), CHECKS)
    return tuple(check for check in CHECKS if check in (only or CHECKS) and check not in without)


def _any_fits(patterns: Iterable[str], names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _known(what: str, names: Iterable[str], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise InputError(f"there is no {what} {name!r}", remedy=did_you_mean(name, known))
