"""What `sandbox contracts fuzz` does: finds its targets, has each fuzzed, and writes the files that were asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.errors import InputError, did_you_mean
from sandbox.system_names import SYSTEM_NAMES
from sandbox.verification.fuzz.foreign import filled, foreign_target, read_values
from sandbox.verification.fuzz.plan import FuzzPlan

if TYPE_CHECKING:
    from sandbox.verification.fuzz.result import FuzzOutcome
    from sandbox.verification.fuzz.target import Target

Say = Callable[[str], None]
_CORE: Final = "core"
_OURS: Final = (*SYSTEM_NAMES, _CORE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the user wants fuzzed: our own `systems` (`core` is the sync core), or the API of `openapi`."""

    systems: tuple[str, ...]
    openapi: str | None
    base_url: str | None
    name: str | None
    values: Path | None
    token: str | None
    headers: tuple[str, ...]


def work(
    wanted: Wanted,
    plan: FuzzPlan,
    baseline: Path | None,
    update: bool,
    junit: Path | None,
    har: Path | None,
    say: Say,
) -> list[FuzzOutcome]:
    """Fuzz them one after another. Raises InputError for what the user can put right."""
    try:
        import schemathesis  # noqa: F401  # an extra, which those who run scenarios need not have
    except ImportError:
        raise InputError(
            "Schemathesis is not installed", remedy="pip install 'distribution-erp-sandbox[contracts]'"
        ) from None
    from sandbox.verification.fuzz.baseline import read_baseline, write_baseline
    from sandbox.verification.fuzz.fuzzing import fuzz
    from sandbox.verification.fuzz.junit import junit as junit_of
    from sandbox.verification.fuzz.result import outcome_of
    from sandbox.verification.junit import write_junit

    today = datetime.now(UTC).date()
    exists = baseline is not None and (baseline.exists() or not update)
    known = read_baseline(baseline if exists else None, today)
    targets = _targets(wanted, plan, say)
    if plan.seconds is not None:
        plan = replace(plan, seconds=max(1, plan.seconds // len(targets)))
    outcomes: list[FuzzOutcome] = []
    found, tested = {}, set[str]()
    for target in targets:

        def tell(phase: str, sent: int, findings: int, subject: str = target.subject) -> None:
            say(f"{subject}: {phase}, {sent:,} requests, {findings} findings")

        fuzzed = fuzz(target, plan, tell, _beside(har, target.subject, len(targets)))
        found.update(fuzzed.findings)
        tested.update(label for label, tally in fuzzed.operations.items() if tally.cases)
        outcomes.append(outcome_of(fuzzed, known))
        if fuzzed.stopped:
            break
    if junit is not None:
        write_junit(junit, junit_of(outcomes))
    try:
        if update and baseline is not None:
            write_baseline(baseline, known.updated(found, tested))
    except OSError as error:
        raise InputError(f"can't be written ({error.strerror})", file=str(error.filename)) from None
    return outcomes


def _targets(wanted: Wanted, plan: FuzzPlan, say: Say) -> list[Target]:
    if wanted.openapi is not None:
        if wanted.systems:
            raise InputError("name our own systems, or --openapi, not both")
        values = read_values(wanted.values) if wanted.values is not None else {}
        return [foreign_target(wanted.openapi, wanted.base_url, _headers(wanted), values, wanted.name)]
    if wanted.base_url is not None:
        raise InputError("--base-url needs --openapi: which contract is it to keep?")
    for given, option in ((plan.workers > 1, "--workers"), (wanted.values, "--values"), (wanted.token, "--token")):
        if given:
            raise InputError("is for an API that is reached over HTTP", field=option, remedy="give --openapi, too")
    for name in wanted.systems:
        if name not in _OURS:
            raise InputError(f"there is no system {name!r}", remedy=did_you_mean(name, _OURS))
    # Whole worlds, which those who fuzz another API need not wait for.
    from sandbox.verification.fuzz.own import own_targets
    from sandbox.verification.fuzz.own_core import core_target

    say("a few days of trade, for the books")
    names = wanted.systems or _OURS
    systems = [name for name in names if name != _CORE]
    targets = own_targets(systems, plan.seed) if systems else []
    return [*targets, core_target(plan.seed)] if _CORE in names else targets


def _headers(wanted: Wanted) -> dict[str, str]:
    headers = {}
    if wanted.token is not None:
        headers["Authorization"] = "Bearer " + filled(f"${{{wanted.token}}}", "--token")
    for given in wanted.headers:
        name, colon, value = given.partition(":")
        if not colon or not name.strip():
            raise InputError(f"{name!r} is no header", field="--header", remedy="write 'X-Api-Key: ${VARIABLE}'")
        headers[name.strip()] = filled(value.strip(), "--header")
    return headers


def _beside(path: Path | None, subject: str, of: int) -> Path | None:
    """The file of one of several targets: its name before the suffix."""
    if path is None or of == 1:
        return path
    return path.with_name(f"{path.stem}-{subject}{path.suffix}")
