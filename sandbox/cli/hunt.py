"""`sandbox hunt`: search for a violated invariant."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox import durations
from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.cli.finding_steps import made_small
from sandbox.cli.stopping import StopsBetweenSteps
from sandbox.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from sandbox.hunt.crew import Crew
    from sandbox.hunt.request import HuntRequest, HuntResult
    from sandbox.hunt.target import Target

_UNREACHED_SHOWN = 20


@told
def hunt(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="A scenario's name or file; --mutant has one of its own."),
    ] = None,
    core: Annotated[
        str | None, typer.Option(metavar="MODULE:FACTORY", help="Another core than the reference: who makes it.")
    ] = None,
    mutant: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="The reference core with one known bug of tests/mutants: B07.")
    ] = None,
    design: Annotated[str | None, typer.Option(metavar="DESIGN", help="Another design than the scenario's.")] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="TIME", help="How long to search [default: 5m, or no limit with --runs].")
    ] = None,
    runs: Annotated[int | None, typer.Option(min=1, help="How many runs at most.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes [default: one for each core].")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="tcp://…", help="The scheduler of a Dask cluster, in place of own processes.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="What the search's randomness is derived from.")] = 1,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="nemesis, groups, singles, pairs, triples, swarm, scheduling; may be repeated."
        ),
    ] = None,
    folder: Annotated[str, typer.Option("--out", metavar="DIR", help="Where findings are kept.")] = "findings",
    invariant: Annotated[
        list[str] | None, typer.Option(metavar="I7", help="Only violations of this invariant count; may be repeated.")
    ] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Go on after the first finding.")] = False,
    to_the_end: Annotated[
        bool, typer.Option("--to-the-end", help="Let each run go on to the end of its settle phase.")
    ] = False,
    no_shrink: Annotated[bool, typer.Option("--no-shrink", help="Keep findings as they were found.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Search for a violated invariant: whole systems fail, then single calls, pairs, triples, random plans, orderings.

    Each kind of failure is kept as a file in DIR as soon as it is found. In the end each is made small, which takes a
    minute at most, explained by a page beside it, and tried against the reference core: where that one fails in the
    same way, the alarm is false.

    Ends with 0 when nothing is found, 1 with findings, 2 for bad input.

    Examples:

        sandbox hunt hunting_day --budget 2m

        sandbox hunt hunting_day --core mycore.hub:make --invariant I2

        sandbox hunt --mutant B07 --stage singles
    """
    sys.path[:0] = [os.getcwd()]
    request = _request(scenario, core, mutant, design, to_the_end, stage, invariant, seed, Path(folder), keep_going)
    request = _bounded(request, budget, runs)
    from sandbox.hunt.trying import prepared

    prepared(request.target)
    result, stopped = _carried_out(request, workers, cluster, quiet=as_json)
    if not (stopped or no_shrink):
        stopped = made_small(result, quiet=as_json)
    if as_json:
        say_json(result.as_json())
    else:
        _say(result)
    if stopped:
        err.print(f"Stopped. What was found is kept in {folder}")
        raise typer.Exit(STOPPED)
    if result.findings:
        raise typer.Exit(FINDINGS)


def _request(
    scenario: str | None,
    core: str | None,
    mutant: str | None,
    design: str | None,
    to_the_end: bool,
    stages: Sequence[str] | None,
    invariants: Sequence[str] | None,
    seed: int,
    folder: Path,
    keep_going: bool,
) -> HuntRequest:
    from dataclasses import replace

    from sandbox.hunt.request import STAGES, HuntRequest
    from sandbox.runs.scenario import INVARIANTS

    for name in stages or ():
        if name not in STAGES:
            raise InputError(f"there is no stage {name!r}", field="--stage", remedy=did_you_mean(name, STAGES))
    for name in invariants or ():
        if name not in INVARIANTS:
            remedy = did_you_mean(name, INVARIANTS)
            raise InputError(f"there is no invariant {name!r}", field="--invariant", remedy=remedy)
    target = _target(scenario, core, mutant)
    target = target if design is None else replace(target, design=design)
    return HuntRequest(
        target=replace(target, until="end") if to_the_end else target,
        seed=seed,
        stages=tuple(name for name in STAGES if not stages or name in _with_what_they_need(stages)),
        invariants=tuple(invariants or ()),
        keep_going=keep_going,
        folder=folder,
    )


def _with_what_they_need(stages: Sequence[str]) -> Sequence[str]:
    """Pairs are made of what single faults changed."""
    return [*stages, "singles"] if "pairs" in stages else stages


def _target(scenario: str | None, core: str | None, mutant: str | None) -> Target:
    from sandbox.hunt.mutant import target_of
    from sandbox.hunt.target import Target

    if mutant is not None:
        if core is not None:
            raise InputError("excludes --mutant", field="--core", remedy="keep one of them")
        return target_of(mutant, scenario)[0]
    if scenario is None:
        raise InputError("no scenario is named", remedy="name one, such as hunting_day, or a mutant with --mutant")
    return Target(scenario, core)


def _bounded(request: HuntRequest, budget: str | None, runs: int | None) -> HuntRequest:
    from dataclasses import replace

    if budget is None:
        return replace(request, runs_most=runs, budget_s=None if runs is not None else request.budget_s)
    try:
        budget_us = durations.parse(budget)
    except ValueError as error:
        raise InputError(str(error), field="--budget") from None
    return replace(request, runs_most=runs, budget_s=budget_us / 1_000_000)


def _carried_out(
    request: HuntRequest, workers: int | None, cluster: str | None, *, quiet: bool
) -> tuple[HuntResult, bool]:
    """The result, and whether somebody stopped it."""
    from sandbox.cli.hunt_progress import HuntProgress
    from sandbox.hunt.hunting import Hunt

    crew = _crew(workers, cluster)
    stopped = False
    try:
        with StopsBetweenSteps() as stop, HuntProgress(quiet) as progress:

            def hear(result: HuntResult) -> None:
                progress.update(result)
                stop.check()

            hunting = Hunt(request, crew, hear)
            try:
                hunting.carried_out()
            except KeyboardInterrupt:
                stopped = True
            return hunting.result, stopped
    finally:
        crew.close()


def _crew(workers: int | None, cluster: str | None) -> Crew:
    from sandbox.hunt.crew import Alone, ClusterCrew, LocalCrew

    if cluster is not None:
        if workers is not None:
            raise InputError("excludes --cluster", field="--workers", remedy="the cluster has its own")
        return ClusterCrew(cluster)
    count = workers or os.cpu_count() or 1
    return Alone() if count == 1 else LocalCrew(count)


def _say(result: HuntResult) -> None:
    from sandbox.hunt.reference import blame

    for name, count in result.stages.items():
        rate = count.runs / count.seconds if count.seconds else 0.0
        out.print(f"{name:<10} {count.runs:>7,} runs  {count.seconds:>7.1f} s  {rate:.1f} a second")
    if result.coverage is not None:
        out.print(f"call sites: {len(result.coverage.struck):,} of {len(result.coverage.possible):,} faults struck")
    missed = result.unreached()
    if result.marks:
        out.print(f"code of the core that no run met, in functions that ran: {len(missed)} blocks")
    for block in missed[:_UNREACHED_SHOWN]:
        out.print(f"  {block.file}:{block.line}  {block.kind} in {block.function}")
    if len(missed) > _UNREACHED_SHOWN:
        out.print(f"  and {len(missed) - _UNREACHED_SHOWN} more: --json lists all")
    for found, path in result.findings.values():
        out.print(f"{found.invariant} violated ({found.role}, {found.stage}): {found.message}", markup=False)
        if (whose := blame(found)) is not None:
            out.print(f"  {whose}")
        out.print(f"  {path}")
    out.print(f"{len(result.findings)} kinds of failure in {result.runs:,} runs, {result.seconds:.0f} s")
