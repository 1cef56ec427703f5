"""Dead letters, from the core's own API: what was mended is read once more, what was not is put aside again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.journal.tables import DEAD_LETTERS
from sandbox.core.ports import HttpReply
from sandbox.core.processes import order_intake
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.at_the_core import Post, asks
from tests.sandbox.runs.one_order import CUP, Do, crashes, happening, order, quiet_day
from tests.sandbox.runs.small_runs import books, run, violated
from tests.sandbox.runs.test_guards import intake

MINUTE_US = 60_000_000
ORDER = "W-000001"
BY_WEBHOOK, BY_LIST = {"poll_every_us": None}, {"webhooks": False}
# Second readings come at half past and at the full hour after the core's start: what is replayed before is a person's.
ARRIVES, ASKED = "9:01", "9:06"


class Desk:
    """Somebody at the core's API: what was answered, in turn. The core's reader of orders has a fault until `mend`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.letters: list[HttpReply] = []
        self.replays: list[HttpReply] = []
        self.broken = True
        read = order_intake.order_from_wire

        def poor_reader(body: Mapping[str, Any]) -> Any:
            if self.broken:
                raise ValueError("a kind of address that this release can't read")
            return read(body)

        monkeypatch.setattr(order_intake, "order_from_wire", poor_reader)

    def mend(self, at: str) -> Do:
        """A release that can read it."""
        return at, lambda world: setattr(self, "broken", False)

    def lists(self, at: str) -> Do:
        """Ask for the letters."""
        return asks(at, "GET", "/dead-letters", self.letters)

    def replay(self, at: str) -> Do:
        """Have the first letter of the last list read again."""
        return asks(at, "POST", lambda: f"/dead-letters/{self.first['letter']}/replay", self.replays)

    @property
    def first(self) -> Mapping[str, Any]:
        """The first letter that was listed, at any time."""
        return next(reply.body["items"][0] for reply in self.letters if reply.body["items"])

    @property
    def statuses(self) -> list[int]:
        """How the replays were answered."""
        return [reply.status for reply in self.replays]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Somebody at the core's API."""
    return Desk(monkeypatch)


def day(folder: Path, way: dict[str, Any], *what: Do) -> VirtualRun:
    """One order comes in this way only; it leaves at half past ten."""
    return run(
        quiet_day(folder, order(ARRIVES, (CUP, 2)), phases={"settle": "12h"}),
        design=intake(**way),
        prepare=happening(*what),
    )


def done(made: VirtualRun, system: str, kind: str) -> list[int]:
    """When it was done for the order: minutes since midnight."""
    facts = [fact for fact in books(made)[system] if (fact.kind, fact.order) == (kind, ORDER)]
    return [(fact.at_us - made.start_us) // MINUTE_US for fact in facts]


@pytest.mark.parametrize("way", [BY_WEBHOOK, BY_LIST], ids=["webhook", "list"])
def test_what_can_be_read_by_now_goes_on_when_it_is_replayed(tmp_path: Path, desk: Desk, way: dict[str, Any]) -> None:
    what = (desk.lists(ASKED), desk.mend("9:07"), desk.replay("9:08"), desk.replay("9:09"), desk.lists("9:10"))
    made = day(tmp_path, way, *what)
    assert (desk.first["name"], desk.first["state"], desk.first["failures"]) == (ORDER, "parked", 1)
    assert "a kind of address" in desk.first["cause"]
    assert desk.statuses == [202, 409], "a letter is taken once"
    assert desk.replays[0].body == {"letter": desk.first["letter"], "replayed": desk.first["message_id"]}
    assert desk.letters[-1].body == {"items": []}
    assert made.world is not None
    assert [row["state"] for row in made.world.store.rows(DEAD_LETTERS).values()] == ["replayed"]
    assert done(made, "erp", "sales_order.created") == [9 * 60 + 8]
    assert len(done(made, "desk", "exception.opened")) == len(done(made, "desk", "exception.closed")) == 1
    assert (violated(made), made.tallies.unfinished) == ([], 0)


def test_what_still_cannot_be_read_is_put_aside_again(tmp_path: Path, desk: Desk) -> None:
    what = (desk.lists(ASKED), desk.replay("9:08"), desk.lists("9:09"), desk.mend("9:10"), desk.replay("9:11"))
    made = day(tmp_path, BY_WEBHOOK, *what)
    assert desk.statuses == [422, 202], "and it can be replayed again"
    (again,) = desk.letters[-1].body["items"]
    assert (again["letter"], again["state"], again["failures"]) == (desk.first["letter"], "parked", 2)
    assert again["at_us"] < again["last_at_us"]
    assert done(made, "erp", "sales_order.created") == [9 * 60 + 11]
    assert len(done(made, "desk", "exception.opened")) == 1, "the same trouble is surfaced once"
    assert violated(made) == []


def test_two_people_at_once(tmp_path: Path, desk: Desk) -> None:
    made = day(tmp_path, BY_WEBHOOK, desk.lists(ASKED), desk.mend("9:07"), desk.replay("9:08"), desk.replay("9:08"))
    assert sorted(desk.statuses) == [202, 409]
    assert len(done(made, "erp", "sales_order.created")) == 1
    assert violated(made) == []


def test_a_letter_outlives_its_core(tmp_path: Path, desk: Desk) -> None:
    what = (desk.lists(ASKED), crashes("9:07"), desk.mend("9:07:30"), desk.replay("9:12"), crashes("9:12:01"))
    made = day(tmp_path, BY_WEBHOOK, *what)
    assert desk.statuses == [202]
    assert len(done(made, "erp", "sales_order.created")) == 1
    assert len(done(made, "desk", "exception.closed")) == 1
    assert (violated(made), made.tallies.unfinished) == ([], 0)


@pytest.mark.parametrize("way", [BY_WEBHOOK, BY_LIST], ids=["webhook", "list"])
@pytest.mark.parametrize("after_us", [1, 700, 1_700, 2_700])
def test_a_core_that_dies_during_a_replay_still_has_the_letter_or_the_order(
    tmp_path: Path, desk: Desk, after_us: int, way: dict[str, Any]
) -> None:
    cut = crashes(f"9h12m{after_us}us")
    made = day(tmp_path, way, desk.lists(ASKED), desk.mend("9:07"), desk.replay("9:12"), cut, desk.replay("9:15"))
    assert desk.statuses[-1] in (202, 409)
    assert len(done(made, "erp", "sales_order.created")) == 1
    assert done(made, "erp", "sales_order.created")[0] <= 9 * 60 + 16, "and not only when the core reads it again"
    assert len(done(made, "desk", "exception.closed")) == 1
    assert (violated(made), made.tallies.unfinished) == ([], 0)


def test_a_replay_that_needs_a_system_that_is_away(tmp_path: Path, desk: Desk) -> None:
    def nobody_knows(world: VirtualWorld) -> None:
        assert world.core is not None
        world.core.hub.parts.sellable.available.pop(CUP)  # type: ignore[union-attr,attr-defined]

    away = {"outage": {"system": "commerce", "at": "9:06:30", "for": "10m"}}
    what = (desk.lists(ASKED), desk.mend("9:07"), ("9:08", nobody_knows), desk.replay("9:08"), desk.replay("9:20"))
    made = run(
        quiet_day(tmp_path, order(ARRIVES, (CUP, 2)), faults=[away]),
        design=intake(**BY_WEBHOOK),
        prepare=happening(*what),
    )
    assert desk.statuses == [503, 202]
    assert desk.replays[0].body["type"] == "urn:problem:system-away"
    assert done(made, "erp", "sales_order.created") == [9 * 60 + 20]


def test_a_letter_whose_order_has_come_another_way_waits_for_nobody(tmp_path: Path, desk: Desk) -> None:
    made = day(tmp_path, BY_WEBHOOK, desk.lists(ASKED), desk.mend("9:07"), desk.replay("9:45"), desk.lists("9:46"))
    assert done(made, "erp", "sales_order.created") == [9 * 60 + 30], "read again by the core itself"
    assert (desk.statuses, desk.letters[-1].body) == ([409], {"items": []})
    assert violated(made) == []


def test_a_replay_of_what_the_sender_has_repeated_meanwhile(tmp_path: Path, desk: Desk) -> None:
    post = Post()
    sent_again: Do = post.again("9:07:30")
    what = (desk.lists(ASKED), desk.mend("9:07"), sent_again, desk.replay("9:07:30"), desk.replay("9:10"))
    scenario = quiet_day(tmp_path, order(ARRIVES, (CUP, 2)))

    def prepare(world: VirtualWorld) -> None:
        post.keep(world)
        happening(*what)(world)

    made = run(scenario, design=intake(**BY_WEBHOOK), prepare=prepare)
    assert desk.statuses in ([202, 409], [409, 409])
    assert len(done(made, "erp", "sales_order.created")) == 1
    assert violated(made) == []


def test_letters_that_nobody_has(tmp_path: Path, desk: Desk) -> None:
    desk.broken = False
    heard: list[HttpReply] = []
    day(tmp_path, BY_WEBHOOK, asks(ASKED, "POST", "/dead-letters/DL-0/replay", heard), desk.lists(ASKED))
    (reply,) = heard
    assert (reply.status, reply.body["type"]) == (409, "urn:problem:not-replayable")
    assert desk.letters[0].body == {"items": []}
