"""A virtual run whose ERP is read by the adapter meanwhile, over nothing but its public API."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from mock_systems.kit.ledger import Fact
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Request
from sandbox.core.design import Design
from sandbox.oracle.oracle import Oracle
from sandbox.runs.judging import context_of
from sandbox.runs.request import unheard
from sandbox.runs.scenario import Scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.live.derived.adapter import NotRead
from sandbox.worlds.live.derived.books import DerivedBooks
from sandbox.worlds.live.derived.erp_adapter import ErpAdapter
from sandbox.worlds.live.proxy.subjects import Maker
from sandbox.worlds.virtual.world import VirtualWorld

MINUTE = 60_000_000
T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives that never waits."""
    try:
        work.send(None)
    except StopIteration as ended:
        found: T = ended.value
        return found
    raise AssertionError("it waits")


class InMemory:
    """A mock system's API without sockets; the `fails`-th read fails, and then no other."""

    def __init__(self, system: MockSystem, fails: int | None = None) -> None:
        self._system = system
        self._fails = fails
        self.reads = 0

    async def get(self, path: str, **query: str | int) -> Any:
        self.reads += 1
        if self.reads == self._fails:
            raise NotRead("the connection broke")
        request = Request("GET", path, {name: str(value) for name, value in query.items()})
        found = self._system.routes.find(request)
        assert found is not None, f"the ERP has no {path}"
        assert self._system.env is not None
        reply = self._system.handle(request, *found, int(self._system.env.now))
        if reply.status == 404:
            return None
        assert reply.status == 200, reply.body
        return reply.body


class DerivedRun:
    """The run, what its ERP has written down, and what was derived."""

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        *,
        design: Callable[[Design], Design] | None = None,
        every_us: int = 20 * MINUTE,
        fails: int | None = None,
    ) -> None:
        self.scenario = scenario if design is None else replace(scenario, design=design(scenario.design))
        self.made = VirtualRun(self.scenario, 1)
        self.adapter = ErpAdapter(self.made.demand.opening)
        self.books = DerivedBooks("erp", folder / "facts.jsonl", self._maker_of, lambda at_us: at_us)
        self._every_us = every_us
        self._fails = fails
        self._makers: dict[str, Maker] = {}
        self.made.listeners.append(self._see)
        self.made.go(unheard, self._prepare)
        self._read()
        self.books.close()

    @property
    def own(self) -> list[Fact]:
        """The ERP's own ledger."""
        return self.made.estate["erp"].ledger.facts

    @property
    def derived(self) -> list[Fact]:
        """What the adapter made of its API."""
        return self.books.ledger.facts

    def outcomes(self, erp: list[Fact]) -> Mapping[str, str]:
        """The oracle's verdicts by these facts of the ERP, and the other systems' own."""
        oracle = Oracle(context_of(self.made.plan, self.scenario))
        others = [system.ledger.facts for name, system in self.made.estate.items() if name != "erp"]
        everything = sorted((fact for ledger in (*others, erp) for fact in ledger), key=lambda fact: fact.at_us)
        for fact in everything:
            if fact.at_us <= self.made.end_us:
                oracle.observe(fact)
        return {verdict.id: verdict.verdict.value for verdict in oracle.close(self.made.end_us)}

    def _prepare(self, world: VirtualWorld) -> None:
        self._api = InMemory(self.made.estate["erp"], self._fails)
        world.at(self.made.start_us, self._open)

        def read() -> None:
            self._read()
            world.at(world.now_us + self._every_us, read)

        world.at(self.made.start_us + 1, read)

    def _open(self) -> None:
        self.books.open(at_once(self.adapter.opening(self._api)))
        self.books.begin(self.made.start_us)

    def _read(self) -> None:
        env = self.made.estate["erp"].env
        assert env is not None
        with suppress(NotRead):
            self.books.take(at_once(self.adapter.changes(self._api)), int(env.now))

    def _see(self, fact: Fact) -> None:
        """As the proxy sees who makes a document."""
        if fact.system == "erp" and fact.kind.endswith((".created", ".posted")) and fact.kind != "gl.posted":
            self._makers.setdefault(fact.entity, Maker(fact.trace, fact.fence))

    def _maker_of(self, document: str) -> Maker:
        return self._makers.get(document, Maker(None, None))
