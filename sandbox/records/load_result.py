"""`load.json`: what a loaded run's clients measured, what became of its orders, and what its processes took."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.errors import InputError
from sandbox.records.record_folder import unwritten
from sandbox.whole_files import write_whole

LOAD_FILE = "load.json"
LOAD_FORMAT = 1
PERCENTS = (50, 90, 95, 99, 99.9)
_CROWDED_FROM = 0.1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Times(_Part):
    """Percentiles in milliseconds, each at most 1% off; None: nothing was measured."""

    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    p99_9: float | None = None


class OperationResult(_Part):
    """One operation's calls; `statuses` by HTTP status (0: no answer).

    `latency_ms` counts from the planned start where starts were planned, `service_ms` from when the call left.
    """

    operation: str
    calls: int
    failed: int
    per_s: float
    statuses: dict[str, int]
    latency_ms: Times
    service_ms: Times


class StartsResult(_Part):
    """How planned starts were kept; `void` says why latencies then tell nothing of the systems."""

    planned: int
    started: int
    late: int
    dropped: int
    lateness_ms_p99: float | None
    void: str | None = None


class Moment(_Part):
    """A stretch of the run from `at_s` on, seconds after its start: calls of all operations, and their latencies."""

    at_s: float
    calls: dict[str, int]
    failed: int
    latency_ms: Times


class OrdersResult(_Part):
    """What became of the orders, by the systems' books.

    `confirmed` were answered with success, `forgotten` are those of them that are not in the shop's books; `held` wait
    for the credit desk's clerks; `lost` were accepted, and at the end had neither an ERP order nor a cancellation nor
    an open exception.
    """

    confirmed: int
    accepted: int
    forgotten: int
    at_erp: int
    shipped: int
    invoiced: int
    cancelled: int
    held: int
    excepted: int
    lost: int
    examples: list[str] = []


class ProcessResult(_Part):
    """A process: `cpu` in cores, memory in bytes. `growth_bytes_per_hour` is its slope over the steady part.

    The steady part begins when a quarter of the run has passed; None where it restarted, or the run was short.
    """

    name: str
    cpu_mean: float
    cpu_peak: float
    memory_first_bytes: int
    memory_last_bytes: int
    memory_peak_bytes: int
    growth_bytes_per_hour: float | None = None
    growth_share: float | None = None
    restarts: int = 0
    points: list[tuple[float, float, int]] = []


class ResourceResult(_Part):
    """How far a resource was used; `full_at_s` is since when it was full, in seconds after the start."""

    name: str
    peak_share: float
    full_at_s: float | None


class LoadResult(_Part):
    """All of `load.json`. `users` at the peak, or `orders_per_s` planned at the peak; one of them is None.

    `processes` made the load, `workers` shared the core's orders. `settled_s` is how long after the load all was
    shipped and booked, or before a person; None: it was not. `cores_of_others`: what processes that are not of the run
    took of the machine while there was load, in the mean; None: nobody looked.
    """

    load_format: int = LOAD_FORMAT
    shape: str
    users: int | None
    orders_per_s: float | None
    minutes: float
    speed: float
    stack: str
    processes: int
    workers: int
    settled_s: float | None
    repeat: str
    starts: StartsResult | None
    operations: list[OperationResult]
    moments: list[Moment]
    orders: OrdersResult
    parts: list[ProcessResult]
    resources: list[ResourceResult]
    saturated_first: str | None
    cores_of_others: float | None = None
    events: list[tuple[float, str]] = []
    cores: int

    @property
    def outcome(self) -> Literal["ok", "lost", "void"]:
        """Whether orders were lost, or else the load was void."""
        if self.orders.lost or self.orders.forgotten:
            return "lost"
        return "void" if self.starts is not None and self.starts.void else "ok"

    @property
    def orders_an_hour(self) -> float | None:
        """Planned at the peak in an hour of the systems' time, by which their people and limits go."""
        return None if self.orders_per_s is None else round(self.orders_per_s * 3600 / self.speed, 1)

    @property
    def is_crowded(self) -> bool:
        """Whether others took a tenth of the machine or more, which figures of time and processors then show."""
        return self.cores_of_others is not None and self.cores_of_others >= _CROWDED_FROM * self.cores

    def write(self, folder: Path) -> None:
        """Keep it beside a run's record. Raises RecordError."""
        path = folder / LOAD_FILE
        try:
            write_whole(path, self.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise unwritten(path, error) from None

    @classmethod
    def read(cls, folder: Path) -> LoadResult:
        """What is kept in a folder. Raises InputError where there is none that can be read."""
        path = folder / LOAD_FILE
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            field = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else None
            remedy = "give the folder that `sandbox load` printed"
            raise InputError("cannot be read as a loaded run", file=str(path), field=field, remedy=remedy) from None
