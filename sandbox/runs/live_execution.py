"""A live run, start to end, and its record."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from sandbox.records.record import Record
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import LiveResult
from sandbox.runs.external_core import EXTERNAL, REFERENCE
from sandbox.runs.live_calls import CallSamples
from sandbox.runs.live_folder import LiveFolder
from sandbox.runs.live_run import LiveRun
from sandbox.runs.live_settings import LiveSettings
from sandbox.runs.messages import Messages, MessageWitness, hear_files, with_contracts
from sandbox.runs.request import OnProgress, RunRequest
from sandbox.runs.summing_up import ABSORBED, Witnessed, begun, summed_up, traffic_of
from sandbox.worlds.live.supervisor import Hear
from sandbox.worlds.virtual.notes import Note


def execute_live(
    request: RunRequest,
    settings: LiveSettings,
    on_progress: OnProgress,
    hear: Hear,
    witness: MessageWitness | None = None,
) -> Record:
    """Carry out a run against real processes and keep its record, as `execute` does in virtual time.

    Their logs, tokens and books stay in a folder beside the record's. Raises what `execute` does, and PartFailed or
    LandscapeBroken where a process does not come up or dies again and again.
    """
    folder = landscape_folder(request.folder)
    run = LiveRun(request.scenario, request.seed, folder, settings, keeps_messages=witness is not None)
    live = LiveResult(
        speed=run.speed,
        stack=settings.stack,
        floor_s=settings.floor_s,
        left_out=run.left_out,
        folder=str(run.folder),
        core=REFERENCE if settings.external is None else EXTERNAL,
        systems={name: foreign.system.url for name, foreign in settings.foreign.items()},
    )
    as_begun = begun(request, run, "live", live=live)
    if settings.external is not None:
        as_begun = as_begun.model_copy(update={"design": EXTERNAL})
    started = time.perf_counter()
    with RecordWriter(request.folder, as_begun) as writer:
        seen = _Seen(run, writer)
        asyncio.run(run.go(on_progress, hear))
        summary = summed_up(as_begun, run, run.judges, seen.witnessed(time.perf_counter() - started))
        if witness is not None:
            messages = Messages(witness, writer)
            hear_files(messages, LiveFolder(folder).messages())
            summary = with_contracts(summary, messages)
        for series in run.judges.figures.series():
            for at_us, value in series.points:
                writer.sample(at_us, series.name, value)
        return writer.close(summary)


def landscape_folder(record: Path) -> Path:
    """Where the processes of a run have their files: beside its record."""
    return record.with_name(f"{record.name}-live")


class _Seen:
    """What the record is told while the run goes on, and what is counted."""

    def __init__(self, run: LiveRun, writer: RecordWriter) -> None:
        self._run = run
        self._absorbed = 0
        self._writer = writer
        run.judges.listeners.append(writer.fact)
        run.notes.append(self._note)
        run.calls.append(CallSamples(writer.sample, run.start_us, run.end_us - run.start_us).hear)

    def _note(self, note: Note) -> None:
        self._absorbed += note.kind == ABSORBED
        self._writer.note(*note)

    def witnessed(self, wall_seconds: float) -> Witnessed:
        """All that was seen, when the run is over."""
        statuses = self._run.statuses
        return Witnessed(
            wall_seconds=wall_seconds,
            remote_calls=sum(status.calls + status.webhooks_sent for status in statuses.values()),
            fired=self._run.faults.fired,
            traffic={name: traffic_of(status) for name, status in statuses.items()},
            in_flight_peak={name: status.peak_concurrency for name, status in statuses.items()},
            duplicates_absorbed=self._absorbed,
        )
