"""From what was observed of a loaded run to its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.load import figures
from sandbox.load.order_progress import OrderProgress
from sandbox.load.parts_up import GENERATOR
from sandbox.load.process_sampling import cores
from sandbox.load.request import LoadRequest
from sandbox.load.saturation import resources
from sandbox.load.watching import Watching
from sandbox.load.windows import Windows
from sandbox.records.load_result import LoadResult, ResourceResult
from sandbox.worlds.live.parts.server_process import NATS, POSTGRES


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was seen; times in seconds since 1970."""

    windows: Windows
    watching: Watching
    progress: OrderProgress
    events: Sequence[tuple[float, str]]
    restarts: Mapping[str, int]
    began_s: float
    settled_s: float | None


def result_of(request: LoadRequest, seen: Observed) -> LoadResult:
    """The result."""
    machine = cores()
    several = {POSTGRES: machine, NATS: machine, GENERATOR: request.generators}
    loaded = [s for s in seen.watching.samples if 0 <= s.at_s - seen.began_s <= request.length_s]
    doors = [s for s in seen.watching.doors if s.at_s - seen.began_s <= request.length_s]
    used = resources(loaded, doors, machine, several)
    return LoadResult(
        shape=request.shape.name,
        users=request.users,
        orders_per_s=request.orders_per_s,
        minutes=request.minutes,
        speed=request.speed,
        stack=request.stack,
        processes=request.generators,
        workers=request.workers,
        settled_s=seen.settled_s,
        repeat=request.repeat,
        starts=figures.starts(seen.windows),
        operations=figures.operations(seen.windows, request.length_s),
        moments=figures.moments(seen.windows, request.length_s),
        orders=seen.progress.result(seen.windows.confirmed),
        parts=figures.parts(seen.watching.samples, seen.began_s, request.length_s, seen.restarts),
        resources=[
            ResourceResult(
                name=one.name,
                peak_share=one.peak_share,
                full_at_s=None if one.full_at_s is None else round(one.full_at_s - seen.began_s, 1),
            )
            for one in used
        ],
        cores_of_others=figures.cores_of_others(loaded),
        saturated_first=used[0].name if used and used[0].full_at_s is not None else None,
        events=[(round(at_s - seen.began_s, 1), what) for at_s, what in seen.events],
        cores=machine,
    )
