"""A landscape as a test has it: where its systems are, how they are called, what their books say."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import pytest

from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.admin_wire import ClockAnchor, Reset
from mock_systems.kit.opening import Opening
from sandbox.errors import did_you_mean
from sandbox.oracle.verdict import Verdict
from sandbox.pytest_plugin import telling_live
from sandbox.pytest_plugin.background import Background
from sandbox.pytest_plugin.books import Books
from sandbox.pytest_plugin.life import Life
from sandbox.pytest_plugin.names import check_fact, has_facts
from sandbox.pytest_plugin.system_up import CoreUp, SystemUp
from sandbox.pytest_plugin.telling import check_asked, check_known
from sandbox.pytest_plugin.used import NotHeld
from sandbox.runs.scenario import INVARIANTS, Scenario
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.ledgers import AdminClient

_LOOKS_EVERY_S: Final = 0.1


class Landscape:
    """Systems that are up, by name: `landscape["erp"]`. `core` is the reference core, None where there is none.

    `environment` has all tokens and secrets by the variables that our own core reads; `opening` are the balances that
    the systems began with; `folder` has logs.
    """

    def __init__(self, life: Life, scenario: Scenario, loop: Background) -> None:
        self.plan, self.scenario = life.plan, scenario
        self._life = life
        plan, http = life.plan, life.http
        self.environment = dict(plan.tokens)
        self.folder = plan.folder.path
        self._loop = loop
        admin = plan.tokens[live_tokens.ADMIN]
        clients = [AdminClient(system.name, system.admin_url, admin, http) for system in plan.systems]
        self.systems = {
            system.name: SystemUp(system.told(), plan.tokens, client, loop)
            for system, client in zip(plan.systems, clients, strict=True)
        }
        self.core: CoreUp | None = None
        if plan.core is not None:
            self.core = CoreUp(plan.core.url, plan.tokens[live_tokens.CORE], plan.core.log)
        self._books = Books(scenario, clients, has_core=plan.core is not None)

    def __repr__(self) -> str:
        return f"<Landscape of {', '.join(self.systems)}{'' if self.core is None else ' and the core'}>"

    def __getitem__(self, name: str) -> SystemUp:
        if name not in self.systems:
            raise KeyError(f"{name!r} is not up; {did_you_mean(name, self.systems)}")
        return self.systems[name]

    def __iter__(self) -> Iterator[SystemUp]:
        return iter(self.systems.values())

    @property
    def urls(self) -> dict[str, str]:
        """Each system's base URL by its name."""
        return {system.name: system.url for system in self}

    @property
    def opening(self) -> Opening:
        """Items, customers, sites and stock at the beginning."""
        return self.plan.systems[0].file.opening

    @property
    def shopper_headers(self) -> dict[str, str]:
        """What a shopper shows at the shop, who may place orders."""
        return {"authorization": f"Bearer {self.environment[live_tokens.SHOPPER]}"}

    def now_us(self) -> int:
        """What the systems' clocks show, in microseconds since 1970."""
        return max(system.status().now_us for system in self)

    def advance(self, seconds: float) -> None:
        """Let so much of the systems' time pass at once. Not with our core, whose clock can't jump."""
        __tracebackhide__ = True
        if self.core is not None:
            pytest.fail("the core's clock can't jump: give the landscape more speed, or mark the test `systems`")
        at_us = self.now_us() + round(seconds * 1_000_000)
        self.set_clock(at_us)

    def set_clock(self, now_us: int) -> None:
        """Have all clocks show this time, not earlier than they do, and go on as fast as before."""
        anchor = ClockAnchor(wall_us=time.time_ns() // 1000, now_us=now_us, speed=self.plan.clock.speed)
        for system in self:
            self._loop.run(system.client.set_clock(anchor))

    def wait_for_fact(
        self, kind: str, *, system: str | None = None, order: str | None = None, within_s: float = 30.0
    ) -> Fact:
        """The first fact of a kind, as soon as it is in a ledger; the test fails where none is within `within_s`."""
        __tracebackhide__ = True
        check_fact(kind, system)
        gives_up_s = time.monotonic() + within_s
        asked = [self[system]] if system is not None else [one for one in self if has_facts(one.name, kind)]
        while True:
            for one in asked:
                if found := one.facts(kind, order=order):
                    return found[0]
            if time.monotonic() > gives_up_s:
                who = "" if order is None else f" of order {order}"
                raise NotHeld(f"no {kind!r}{who} within {within_s:g} s\n\n{self.where_to_read_on()}")
            time.sleep(_LOOKS_EVERY_S)

    def verdicts(self) -> Mapping[str, Verdict]:
        """What the oracle says by the books as they are now; what is still within its deadline is pending."""
        return {verdict.id: verdict for verdict in self._loop.run(self._books.judged())}

    def assert_invariants(self, *, ignoring: Collection[str] = ()) -> None:
        """No invariant is violated by now, but for those to be ignored, and one at least was exercised."""
        __tracebackhide__ = True
        check_known(ignoring, INVARIANTS)
        judged = [found for found in self.verdicts().values() if found.id not in ignoring]
        if violated := [found for found in judged if found.verdict == "violated"]:
            self._fail(telling_live.broken(violated, "violated", self._books.facts))
        if not any(found.verdict == "pass" for found in judged):
            self._fail("no invariant was exercised: nothing happened that could have broken one")

    def assert_holds(self, *ids: str) -> None:
        """These invariants were exercised by now, and none was violated."""
        __tracebackhide__ = True
        check_asked(ids, INVARIANTS)
        verdicts = self.verdicts()
        if missed := [verdicts[name] for name in ids if verdicts[name].verdict != "pass"]:
            self._fail(telling_live.broken(missed, "not held", self._books.facts))

    def where_to_read_on(self) -> str:
        """Where the systems are, and their logs."""
        lines = [f"{system.name}: {system.url}, log {system.log}" for system in self]
        return "\n".join(lines if self.core is None else [*lines, f"core: {self.core.url}, log {self.core.log}"])

    @property
    def is_up(self) -> bool:
        """Whether its processes are kept alive."""
        return self._life.is_up

    def begin_anew(self) -> None:
        """Empty all systems' books and begin at the first moment again; no fault is armed. Not with our core."""
        assert self.core is None, "the core would know orders that no system knows any more"
        clock = self.plan.clock
        anchor = ClockAnchor(wall_us=time.time_ns() // 1000, now_us=clock.now_us, speed=clock.speed)
        for system in self:
            self._loop.run(system.client.reset(Reset(start_us=clock.now_us, clock=anchor)))
            system.forget_faults()
        self._loop.run(self._books.begin())

    def _fail(self, told: str) -> None:
        __tracebackhide__ = True
        raise NotHeld(f"{self.scenario.title}, live: {told}\n\n{self.where_to_read_on()}")
