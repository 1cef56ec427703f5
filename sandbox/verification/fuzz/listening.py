"""Hears the events of Schemathesis' engine: it prints nothing, and tells all that happens in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from schemathesis.core.transport import Response
from schemathesis.engine import Status, StopReason, events
from schemathesis.engine.recorder import CheckNode, ScenarioRecorder

from sandbox.verification.fuzz.findings import FuzzFinding, finding_id
from sandbox.verification.fuzz.fuzzed import Fuzzed

OnProgress = Callable[[str, int, int], None]
"""Hears the phase, how many requests were sent, and how many findings there are."""
_MESSAGE_MOST: Final = 600
_ANSWER_MOST: Final = 400


class Listener:
    """Hears the engine's events, and keeps in `fuzzed` what they tell."""

    def __init__(self, fuzzed: Fuzzed, on_progress: OnProgress) -> None:
        self._fuzzed = fuzzed
        self._on_progress = on_progress
        self._phase = "probing"
        self._sent = 0

    def hear(self, event: events.EngineEvent) -> None:
        """Keep what an event tells. Raises InputError where the API does not answer at all."""
        fuzzed = self._fuzzed
        if isinstance(event, events.PhaseStarted):
            self._phase = event.phase.name.value
        elif isinstance(event, events.ScenarioFinished):
            self._scenario(event)
        elif isinstance(event, events.NonFatalError):
            self._error(event)
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.Interrupted):
            fuzzed.stopped = True
        elif isinstance(event, events.EngineFinished):
            fuzzed.seconds = event.running_time
            if event.stop_reason is StopReason.SERVER_UNAVAILABLE:
                fuzzed.errors.append(f"{fuzzed.target.base_url} stopped answering")
        self._on_progress(self._phase, self._sent, len(fuzzed.findings))

    def _scenario(self, event: events.ScenarioFinished) -> None:
        recorder, operations = event.recorder, self._fuzzed.operations
        for case_id, interaction in recorder.interactions.items():
            tally = operations.get(recorder.cases[case_id].value.operation.label)
            if tally is not None:
                response = interaction.response
                status = None if response is None else response.status_code
                tally.heard(interaction.request.method, status, _problem_in(response))
                self._sent += 1
        for case_id, checks in recorder.checks.items():
            tally = operations.get(recorder.cases[case_id].value.operation.label)
            for check in checks:
                if tally is not None:
                    (tally.failed if check.status is Status.FAILURE else tally.checks)[check.name] += 1
                if check.failure_info is not None:
                    self._finding(event, recorder, case_id, check)

    def _finding(
        self, event: events.ScenarioFinished, recorder: ScenarioRecorder, case_id: str, check: CheckNode
    ) -> None:
        fuzzed, info = self._fuzzed, check.failure_info
        assert info is not None
        failure = info.failure
        operation = failure.operation or recorder.cases[case_id].value.operation.label
        identity = (check.name, operation, type(failure).__name__, failure._unique_key)
        name = finding_id(fuzzed.target.subject, identity)
        before = fuzzed.findings.get(name)
        curl = "\n".join(step.curl for step in info.steps) or info.code_sample
        if before is not None and len(before.curl) <= len(curl):
            return
        response = recorder.find_response(case_id=failure.case_id or case_id)
        tally = fuzzed.operations.get(operation)
        fuzzed.findings[name] = FuzzFinding(
            message=f"{operation}: {failure.title}. {_one_line(failure.message)}",
            id=name,
            check=check.name,
            code=failure.code,
            operation=operation,
            title=failure.title,
            severity=failure.severity.value,
            phase=event.phase.value.lower(),
            curl=curl,
            status=None if response is None else response.status_code,
            answer=None if response is None else response.text[:_ANSWER_MOST],
            seed=fuzzed.plan.seed,
            line=None if tally is None else tally.line,
        )

    def _error(self, event: events.NonFatalError) -> None:
        what = f"{event.info.title}: {_one_line(event.info.message)}"
        tally = self._fuzzed.operations.get(event.label)
        if tally is not None:
            tally.untestable = tally.untestable or what
        else:
            self._fuzzed.errors.append(f"{event.label}: {what}" if event.label else what)


def _problem_in(response: Response | None) -> str | None:
    if response is None or response.status_code < 400:
        return None
    try:
        kind = response.json().get("type")
    except (ValueError, AttributeError):
        return None
    return kind if isinstance(kind, str) else None


def _one_line(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= _MESSAGE_MOST else f"{told[:_MESSAGE_MOST]}..."
