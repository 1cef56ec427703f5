"""Lets Schemathesis' engine loose on a target, and keeps what its events tell."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.config import ConfigError, SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.reporting.har import HarWriter

from sandbox.errors import InputError
from sandbox.verification.fuzz.broken_places import broken_operations
from sandbox.verification.fuzz.engine_settings import engine_settings
from sandbox.verification.fuzz.fuzzed import Fuzzed
from sandbox.verification.fuzz.known_values import with_examples
from sandbox.verification.fuzz.listening import Listener, OnProgress
from sandbox.verification.fuzz.operations import Operation, operations_of
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.refusals import Announced, announced_refusals, is_announced
from sandbox.verification.fuzz.tally import OperationTally
from sandbox.verification.fuzz.target import Target


def fuzz(target: Target, plan: FuzzPlan, on_progress: OnProgress, har: Path | None = None) -> Fuzzed:
    """Test all chosen operations of a target. Raises InputError where none is chosen, or the API can't be reached."""
    schema = _schema(target, plan)
    every = list(operations_of(target.data))
    operations = [one for one in every if plan.wants(one.names)]
    if not operations:
        raise InputError(f"{target.subject}: no operation is chosen", remedy=_names(every))
    wanted = {one.label: OperationTally(one.label, one.operation_id, _line(target, one.pointer)) for one in operations}
    if target.library is not None:
        for label, reason in broken_operations(target.library, operations).items():
            wanted[label].untestable = reason
    testable = frozenset(label for label, tally in wanted.items() if tally.untestable is None)
    fuzzed = Fuzzed(target, plan, wanted)
    if not testable:
        return fuzzed
    listener = Listener(fuzzed, on_progress)
    labels = {one.label: one.definition for one in every}
    announced = announced_refusals(target.data, labels)

    def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
        refused = _is_announced_refusal(failure, response, announced)
        if refused:
            wanted[failure.operation or case.operation.label].refused += 1
        return not refused

    schema.hook(filter_failure)
    chosen = schema.include(lambda context: context.operation.label in testable)
    with ExitStack() as stack:
        writer = None
        if har is not None:
            writer = HarWriter(har, chosen.config.output)
            writer.open()
            stack.callback(writer.close)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stream = from_schema(chosen).execute()
        try:
            for event in stream:
                listener.hear(event)
                if writer is not None and isinstance(event, events.ScenarioFinished):
                    writer.write(event.recorder)
        except KeyboardInterrupt:
            stream.stop()
            fuzzed.stopped = True
    return fuzzed


def _schema(target: Target, plan: FuzzPlan) -> Any:
    try:
        config = SchemathesisConfig.from_dict(engine_settings(target, plan))
        schema = schemathesis.openapi.from_dict(with_examples(target.data, target.values, target.states), config=config)
    except ConfigError as error:
        raise InputError(str(error)) from None
    except schemathesis.errors.LoaderError as error:
        raise InputError(str(error), file=target.library.main.file if target.library else target.subject) from None
    schema.app = target.app
    if target.library is not None:
        place = target.library.main.place
        schema.location = place if "://" in place else Path(place).as_uri()
    return schema


def _line(target: Target, pointer: tuple[str, ...]) -> int | None:
    return None if target.library is None else target.library.main.line_of(pointer)


def _names(operations: Sequence[Operation]) -> str:
    names = [one.operation_id or one.label for one in operations]
    return f"there are {', '.join(names[:8])}{' and more' if len(names) > 8 else ''}" if names else "it has none"


def _is_announced_refusal(failure: Failure, response: Any, announced: Announced) -> bool:
    if "positive_data_acceptance" not in failure.checks:
        return False
    try:
        body = response.json()
    except ValueError:
        return False
    return is_announced(body, failure.operation or "", response.status_code, announced)
