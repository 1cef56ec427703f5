"""When the new contract is in force."""

from __future__ import annotations

from dataclasses import dataclass

from mock_systems.kit.physics import HOUR
from sandbox.errors import InputError
from sandbox.faults.moments import format_moment
from sandbox.runs.scenario import Scenario

FOR_US = 4 * HOUR


@dataclass(frozen=True, slots=True)
class InForce:
    """From `from_us` until before `until_us`, counted from the scenario's start. With `stays` it is never rolled back.

    `replayed_us` is when people replay what was surfaced; None: nobody does.
    """

    from_us: int
    until_us: int
    stays: bool = False
    replayed_us: int | None = None


def in_force(
    scenario: Scenario,
    at_us: int | None = None,
    until_us: int | None = None,
    stays: bool = False,
    replay_after_us: int | None = None,
) -> InForce:
    """The time that is meant: by default from half-way of the demand on, for four hours. Raises InputError."""
    if stays and replay_after_us is not None:
        raise InputError("there is no roll-back after which to replay", field="--replay-after", remedy="leave it out")
    if stays and until_us is not None:
        raise InputError("excludes --no-rollback", field="--until", remedy="keep one of them")
    first_us = max(scenario.from_us, scenario.warm_up_us)
    begins_us = (scenario.from_us + scenario.span_us) // 2 if at_us is None else at_us
    if not first_us <= begins_us < scenario.span_us:
        span = f"{format_moment(first_us)} to {format_moment(scenario.span_us)}"
        raise InputError(
            f"{format_moment(begins_us)} lies outside of the demand of {scenario.name}", field="--at",
            remedy=f"name a time from {span}",
        )  # fmt: skip
    if stays:
        return InForce(begins_us, scenario.span_us, True)
    ends_us = begins_us + FOR_US if until_us is None else until_us
    if ends_us <= begins_us:
        told = f"{format_moment(ends_us)} does not lie after {format_moment(begins_us)}"
        raise InputError(told, field="--until", remedy="roll back later, or begin earlier")
    return InForce(begins_us, ends_us, False, None if replay_after_us is None else ends_us + replay_after_us)
