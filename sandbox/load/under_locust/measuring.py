"""Hears of each call in a Locust process, and brings what was measured to the plan's file: over the master, if any."""

from __future__ import annotations

from math import floor
from pathlib import Path
from typing import Any, Final

import gevent
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from sandbox.load.windows import Windows, append_rows

PLANNED_AT: Final = "planned_at_s"
"""In a call's context: when it should have begun, in seconds since 1970."""
_ROWS: Final = "sandbox.load"
_END: Final = "sandbox.end"
_REST: Final = "sandbox.rest"
_REST_WITHIN_S: Final = 60.0
_WRITES_EVERY_S: Final = 2.0


class Measuring:
    """One in each process. Workers add their rows to what Locust reports to its master, which writes all to `path`.

    `began_s` is when the load begins by this machine's clock, in seconds since 1970; 0 until somebody knows.
    """

    def __init__(self, environment: Environment, path: Path | None) -> None:
        self.windows = Windows()
        self.began_s = 0.0
        self._path = path
        events = environment.events
        events.request.add_listener(self._heard)
        if isinstance(environment.runner, WorkerRunner):
            events.report_to_master.add_listener(self._report)
            environment.runner.register_message(_END, self._end)
            return
        self._done: set[str] = set()
        if isinstance(environment.runner, MasterRunner):
            events.worker_report.add_listener(self._reported)
            environment.runner.register_message(_REST, self._rest_told)
        events.quit.add_listener(self._write)
        self._writing = gevent.spawn(self._keep_writing)

    def _heard(
        self,
        name: str,
        response_time: float,
        start_time: float,
        response: Any,
        exception: BaseException | None,
        context: dict[str, Any],
        **_: Any,
    ) -> None:
        planned_s = context.get(PLANNED_AT, start_time)
        service_us = response_time * 1000
        latency_us = service_us + (start_time - planned_s) * 1_000_000
        status = int(getattr(response, "status_code", 0) or 0)
        second = floor(planned_s - self.began_s)
        self.windows.of(second, name).add(latency_us, service_us, status, failed=exception is not None)

    def _report(self, client_id: str, data: dict[str, Any]) -> None:
        data[_ROWS] = self.windows.drain()

    def _reported(self, client_id: str, data: dict[str, Any]) -> None:
        self.windows.take(data.pop(_ROWS, ()))

    def end(self, runner: MasterRunner) -> None:
        """Have the workers stop their users, and wait until each has told all that it measured.

        When Locust ends a run by itself it waits for half a second, and a worker on a busy machine is cut off.
        """
        workers = {worker.id for worker in runner.clients.all}
        for worker in workers:
            runner.send_message(_END, None, worker)
        with gevent.Timeout(_REST_WITHIN_S, False):
            while not self._done >= workers:
                gevent.sleep(0.05)

    def _end(self, environment: Environment, **_: Any) -> None:
        assert isinstance(environment.runner, WorkerRunner)
        environment.runner.stop()
        environment.runner.send_message(_REST, {_ROWS: self.windows.drain()})

    def _rest_told(self, msg: Any, **_: Any) -> None:
        self.windows.take(msg.data[_ROWS])
        self._done.add(msg.node_id)

    def _keep_writing(self) -> None:
        while True:
            gevent.sleep(_WRITES_EVERY_S)
            self._write()

    def _write(self, **_: Any) -> None:
        rows = self.windows.drain()
        if self._path is not None and rows:
            append_rows(self._path, rows)
