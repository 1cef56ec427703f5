"""A run, start to end, and its record."""

from __future__ import annotations

import time
from typing import Any

from sandbox.records.record import Record
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import Traffic
from sandbox.runs.messages import CORE, Messages, MessageWitness, with_contracts
from sandbox.runs.repetition import repeats
from sandbox.runs.request import OnProgress, Progress, RunRequest
from sandbox.runs.sampling import Sampler
from sandbox.runs.summing_up import ABSORBED, Witnessed, begun, summed_up
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import VirtualWorld


def execute(request: RunRequest, on_progress: OnProgress, witness: MessageWitness | None = None) -> Record:
    """Carry out a run and keep its record. Raises InputError before anything is run, RecordError for a full disk.

    With a `witness` its webhooks and events are checked, and kept. On Ctrl-C what was done is kept, marked as
    interrupted.
    """
    run = VirtualRun(request.scenario, request.seed, request.fidelity, keeps_facts=False)
    as_begun = begun(request, run, "virtual")
    started = time.perf_counter()
    with RecordWriter(request.folder, as_begun) as writer:
        run.listeners.append(writer.fact)
        messages = None if witness is None else Messages(witness, writer)
        run.go(on_progress, lambda world: _record(world, run, writer, messages))
        on_progress(_judging(run))
        same = repeats(request, run.fingerprint.digest()) if request.check_determinism else None
        summary = summed_up(as_begun, run, run.judges, _witnessed(run, time.perf_counter() - started, same))
        if messages is not None:
            summary = with_contracts(summary, messages)
        for series in run.figures.series():
            for at_us, value in series.points:
                writer.sample(at_us, series.name, value)
        return writer.close(summary)


def _record(world: VirtualWorld, run: VirtualRun, writer: RecordWriter, messages: Messages | None) -> None:
    if messages is not None:
        _hear_messages(world, messages)
    world.listeners.append(lambda note: writer.note(*note))
    Sampler(world, run.estate, writer.sample, run.end_us - run.start_us).start()


def _hear_messages(world: VirtualWorld, messages: Messages) -> None:
    def published(topic: str, event: Any) -> None:
        messages.sent(world.now_us, CORE, {}, event)

    world.inbound.sent.append(
        lambda now_us, system, request: messages.sent(now_us, system, request.headers, request.body)
    )
    world.bus.watch = published


def _judging(run: VirtualRun) -> Progress:
    return Progress("judge", run.end_us, run.start_us, run.end_us, run.tallies.accepted, run.tallies.unfinished)


def _witnessed(run: VirtualRun, wall_seconds: float, repeats_exactly: bool | None) -> Witnessed:
    world = run.world
    assert world is not None, "the run has not been let go"
    return Witnessed(
        wall_seconds=wall_seconds,
        remote_calls=world.network.calls + world.inbound.traffic.calls,
        fired=run.faults.fired(),
        traffic={
            name: Traffic(
                calls=system.door.calls,
                refused=system.door.refused,
                peak_concurrency=system.door.peak_concurrency,
                peak_per_minute=system.door.peak_per_minute,
                webhooks_sent=system.webhooks.sent,
                by_operation=dict(sorted(system.door.by_operation.items())),
            )
            for name, system in run.estate.items()
        },
        in_flight_peak={name: host.traffic.in_flight_peak for name, host in world.network.hosts.items()},
        duplicates_absorbed=world.counters.get(ABSORBED, 0),
        fingerprint=run.fingerprint.digest(),
        repeats=repeats_exactly,
    )
