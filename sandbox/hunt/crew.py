"""Who carries trials out: processes of this machine, or a Dask cluster, over one interface of `concurrent.futures`."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from typing import Any, Final, Protocol

from sandbox.errors import InputError
from sandbox.hunt.branching import LONGEST_S, branched
from sandbox.hunt.forking import forked
from sandbox.hunt.outcome import Outcome, Place
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from sandbox.hunt.watching import CoreWatch, core_watch

_BATCH_MOST: Final = 24
_TIMES_BROKEN_MOST: Final = 20
_alone: Final = threading.Lock()
_watched: set[str] = set()

Done = tuple[int, Outcome]


def carry_out(target: Target, trials: Sequence[Trial], known: Collection[Place] | None, watch: bool) -> list[Done]:
    """In a worker: the trials' places and outcomes."""
    return list(branched(target, trials, known, _watch(target) if watch else None))


def carry_out_apart(
    target: Target, trials: Sequence[Trial], known: Collection[Place] | None, watch: bool
) -> list[Done]:
    """In a worker that has other threads, whose doings a run would take for its own: in a copy of it, one at a time."""
    with _alone:
        prepared(target)
        if watch:
            _watch(target)
        done: list[Done] = forked(lambda: carry_out(target, trials, known, watch), LONGEST_S * len(trials))
        return done


def _watch(target: Target) -> CoreWatch:
    """The watch over the core, whose code is loaded by the time that a target is prepared."""
    prepared(target)
    watch = core_watch()
    if repr(target) not in _watched:
        watch.install()
        _watched.add(repr(target))
    return watch


class Crew(Protocol):
    """Carries out rounds of trials. Sites at `known` places are left out of the outcomes; None: they have none."""

    def outcomes(
        self, target: Target, trials: Sequence[Trial], known: Collection[Place] | None, *, watch: bool
    ) -> Iterator[Done]:
        """Each trial's place in the round and its outcome, as they become ready."""

    def close(self) -> None:
        """Let the workers go; what is under way is given up."""


class Alone:
    """This process, which each trial branches off from."""

    def outcomes(
        self, target: Target, trials: Sequence[Trial], known: Collection[Place] | None, *, watch: bool
    ) -> Iterator[Done]:
        """Each trial's place in the round and its outcome, as they become ready."""
        yield from branched(target, trials, known, _watch(target) if watch else None)

    def close(self) -> None:
        """There is nobody to let go."""


class LocalCrew:
    """Processes of this machine. One that dies is replaced, and what it had is done again."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def outcomes(
        self, target: Target, trials: Sequence[Trial], known: Collection[Place] | None, *, watch: bool
    ) -> Iterator[Done]:
        """Each trial's place in the round and its outcome, as they become ready."""
        waiting = _batches(trials, self._workers)
        for _ in range(_TIMES_BROKEN_MOST):
            pool = self._begun()
            try:
                for batch, done in _as_ready(pool, carry_out, waiting, target, trials, known, watch):
                    waiting.remove(batch)
                    yield from done
                return
            except BrokenExecutor:
                self._drop()
        raise BrokenExecutor(f"workers died {_TIMES_BROKEN_MOST} times in one round")

    def processes(self) -> list[int]:
        """The workers' process ids."""
        return [] if self._pool is None else sorted(self._pool._processes)

    def close(self) -> None:
        """End the workers."""
        self._drop()

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, context, _begin_worker, (list(sys.path),))
        return self._pool

    def _drop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            processes = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
            for process in processes:
                process.join()


class ClusterCrew:
    """Workers of a Dask cluster, at `tcp://…`. The scheduler gives the tasks of a worker that dies to others."""

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            remedy = "pip install 'distribution-erp-sandbox[cluster]'"
            raise InputError("needs dask.distributed", field="--cluster", remedy=remedy) from None
        try:
            client: Any = distributed.Client
            self._client: Any = client(address, timeout="10s")
        except (OSError, ValueError) as error:
            message = f"no scheduler answers at {address} ({str(error).splitlines()[0]})"
            raise InputError(message, field="--cluster", remedy="start one: dask scheduler") from None

    def outcomes(
        self, target: Target, trials: Sequence[Trial], known: Collection[Place] | None, *, watch: bool
    ) -> Iterator[Done]:
        """Each trial's place in the round and its outcome, as they become ready."""
        threads: dict[str, int] = self._client.nthreads()
        executor: Executor = self._client.get_executor(pure=False)
        batches = _batches(trials, max(1, len(threads)))
        for _, done in _as_ready(executor, carry_out_apart, batches, target, trials, known, watch):
            yield from done

    def wait_for(self, workers: int, for_s: float = 60.0) -> None:
        """Wait until the cluster has so many workers. Raises TimeoutError."""
        self._client.wait_for_workers(workers, timeout=for_s)

    def close(self) -> None:
        """Leave the cluster; it stays up."""
        self._client.close()


def _as_ready(
    executor: Executor,
    work: Callable[[Target, Sequence[Trial], Collection[Place] | None, bool], list[Done]],
    batches: Sequence[tuple[int, ...]],
    target: Target,
    trials: Sequence[Trial],
    known: Collection[Place] | None,
    watch: bool,
) -> Iterator[tuple[tuple[int, ...], list[Done]]]:
    """The batches, each with the outcomes of its trials. Raises BrokenExecutor when a worker died."""
    futures: dict[Future[list[Done]], tuple[int, ...]] = {}
    for batch in batches:
        futures[executor.submit(work, target, [trials[place] for place in batch], known, watch)] = batch
    try:
        while futures:
            ready, _ = wait(futures, return_when=FIRST_COMPLETED)
            for future in ready:
                done = future.result()
                batch = futures.pop(future)
                yield batch, [(batch[place], outcome) for place, outcome in done]
    finally:
        for future in futures:
            future.cancel()


def _batches(trials: Sequence[Trial], workers: int) -> list[tuple[int, ...]]:
    """Neighbours share the run from which they branch off, so they stay together."""
    size = max(1, min(_BATCH_MOST, math.ceil(len(trials) / (2 * workers))))
    order = sorted(range(len(trials)), key=lambda place: (trials[place].seed, _first_us(trials[place]), place))
    return [tuple(order[first : first + size]) for first in range(0, len(order), size)]


def _first_us(trial: Trial) -> int:
    return min((atom.window.from_us for atom in trial.atoms), default=0)


def _begin_worker(path: list[str]) -> None:
    """A worker leaves Ctrl-C to the one who hunts, and goes when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = path
    parent = os.getppid()
    threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()


def _watch_parent(parent: int) -> None:
    stopped = threading.Event()
    while not stopped.wait(2.0):
        if os.getppid() != parent:
            os._exit(1)
