"""The books of systems that are up, judged whenever a test asks."""

from __future__ import annotations

from collections.abc import Sequence

from mock_systems.kit.ledger import Fact
from sandbox.faults.plan import FaultPlan
from sandbox.oracle.context import ALL_LEDGERS
from sandbox.oracle.verdict import Verdict
from sandbox.runs import visits
from sandbox.runs.judges import Judges
from sandbox.runs.judging import context_of
from sandbox.runs.scenario import Scenario
from sandbox.worlds.live.ledgers import AdminClient, AdminSource, LedgerTail, Reading

_DAY_US = 86_400_000_000
_DESK = "desk"


class Books:
    """What the systems wrote down since `begin`; `facts` are those that were judged last, in their order.

    A desk to which nothing was surfaced is not judged, unless it is our own core that had to.
    """

    def __init__(self, scenario: Scenario, clients: Sequence[AdminClient], *, has_core: bool) -> None:
        self.facts: list[Fact] = []
        self._scenario, self._clients, self._has_core = scenario, clients, has_core
        self._called: dict[str, int] = {}

    async def begin(self) -> None:
        """Calls before this are none of ours: books begin anew with a reset, counts of calls do not."""
        self._called = {client.system: (await client.calls(0, 1)).seen for client in self._clients}

    async def judged(self) -> tuple[Verdict, ...]:
        """The verdicts by all that the systems have written down by now."""
        judges = Judges(context_of(FaultPlan(), self._scenario), _DAY_US)
        self.facts = []
        tail = LedgerTail([_Since(client, self._called.get(client.system, 0)) for client in self._clients])
        tail.facts += [*judges.listeners, self.facts.append]
        tail.calls.append(visits.listener(judges.oracle, {}))
        await tail.look()
        heard = {client.system for client in self._clients}
        if not self._has_core and not judges.desk:
            heard.discard(_DESK)
        for name in ALL_LEDGERS:
            if name not in heard:
                judges.oracle.deafen(name)
        return judges.close(tail.heard_until_us)


class _Since:
    """A system's books without the first `called` calls."""

    def __init__(self, client: AdminClient, called: int) -> None:
        self._source, self._called = AdminSource(client), called

    @property
    def system(self) -> str:
        """The system's name."""
        return self._source.system

    async def read(self) -> Reading | None:
        """What is new."""
        reading = await self._source.read()
        if reading is not None:
            reading.calls[:] = [call for call in reading.calls if call.seq > self._called]
        return reading
