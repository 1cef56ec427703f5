"""Values cross the network, the bus and the store by reference: nobody changes one that was handed over."""

import marshal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.runs.request import unheard
from sandbox.runs.scenario import load_scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual import bus, inbound, network
from sandbox.worlds.virtual.transaction import MemoryTransaction

SCENARIO = """
title: Everything goes wrong
about: Each kind of value is handed over, many of them more than once.
world: {start: 2011-11-14, days: 1}
demand: {orders_per_day: 60, lines: 2.2, skus: 40, customers: 30}
design: hybrid
faults:
  - outage: {system: erp, at: 09:00, for: 30m}
  - lost_reply: {system: erp, share: 5%}
  - webhook_doubled: {system: wms, share: 50%, after: 90s}
  - webhook_reordered: {system: wms, share: 20%, within: 45m}
  - core_crash: {at: 11:30, down_for: 10m}
phases: {settle: 1d}
"""


class Watch:
    """Remembers what each value was when it was handed over."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, Any, bytes]] = []

    def note(self, where: str, value: Any) -> None:
        if isinstance(value, dict | list):
            self.handed.append((where, value, marshal.dumps(value, 2)))

    def changed(self) -> list[str]:
        return [f"{where}: {value}" for where, value, before in self.handed if marshal.dumps(value, 2) != before]

    def around(self, where: str, made: type, nth: int) -> type:
        """A class like `made` that notes its `nth` argument."""

        class Watched(made):  # type: ignore[misc]
            def __init__(other, *args: Any) -> None:  # noqa: N805
                super().__init__(*args)
                for value in args[nth : nth + 1] or (None,):
                    self.note(where, value)

        return Watched


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(network, "Request", watch.around("a request", network.Request, 4))
    monkeypatch.setattr(network, "HttpReply", watch.around("a reply", network.HttpReply, 1))
    monkeypatch.setattr(inbound, "HttpRequest", watch.around("a webhook", inbound.HttpRequest, 4))
    monkeypatch.setattr(bus, "Publishing", watch.around("an event", bus.Publishing, 2))
    monkeypatch.setattr(MemoryTransaction, "_write", _noting(watch, MemoryTransaction._write))
    return watch


def _noting(watch: Watch, write: Callable[..., None]) -> Callable[..., None]:
    def note_and_write(self: MemoryTransaction, place: tuple[Any, str], row: dict[str, Any] | None) -> None:
        watch.note(f"a row of {place[0].table.name}", row)
        write(self, place, row)

    return note_and_write


def test_nobody_changes_what_was_handed_over(watch: Watch, tmp_path: Path) -> None:
    file = tmp_path / "everything.yaml"
    file.write_text(SCENARIO)
    run = VirtualRun(load_scenario(file), seed=3)
    run.go(unheard)
    kinds = {where.partition(" of ")[0] for where, _, _ in watch.handed}
    assert kinds == {"a request", "a reply", "a webhook", "an event", "a row"}
    assert watch.changed() == []


def test_the_watch_sees_a_change() -> None:
    watch, row = Watch(), {"lines": [1]}
    watch.note("a row", row)
    row["lines"].append(2)
    assert watch.changed() == ["a row: {'lines': [1, 2]}"]
