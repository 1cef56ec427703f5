"""Messages that come again when the inbox has long forgotten them: they still take effect once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.design import Design
from sandbox.core.journal.tables import INBOX, SIGNALS
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.at_the_core import Post
from tests.sandbox.runs.one_order import CUP, JAR, Do, cancels, crashes, happening, order, quiet_day
from tests.sandbox.runs.small_runs import books, run, violated

DAY_US = 86_400_000_000
ORDERS = (
    order("1d 9:00", (CUP, 2)),
    order("1d 9:10", (CUP, 1), (JAR, 3)),
    order("1d 9:20", (JAR, 12)),  # from two sites
    order("1d 9:30", (JAR, 1)),  # cancelled
)
NUMBERS = {f"W-{number:06d}" for number in range(1, 5)}


def remembering(days: int) -> Callable[[Design], Design]:
    """The reference, with so short a memory."""
    return lambda design: replace(design, intake=replace(design.intake, dedupe_window_us=days * DAY_US))


def six_days(folder: Path, *more: Any, days: int = 1, post: Post | None = None) -> VirtualRun:
    """Four orders on the second day, and time enough to forget them."""
    scenario = quiet_day(folder, *ORDERS, world={"start": "2011-11-14", "days": 2}, phases={"settle": "4d"})

    def prepare(world: VirtualWorld) -> None:
        if post is not None:
            post.keep(world)
        happening(cancels("1d 9:31", "W-000004"), *more)(world)

    return run(scenario, design=remembering(days), prepare=prepare)


def looks(at: str, remembered: set[str]) -> Do:
    """Which orders the inbox remembers then."""

    def look(world: VirtualWorld) -> None:
        keys = (key.rpartition("/")[2] for key in world.store.rows(INBOX) if key.startswith("commerce.order/"))
        remembered.update(keys)

    return at, look


def effects(made: VirtualRun) -> Counter[tuple[str, str, str | None]]:
    """What was done for each order, however often."""
    facts = [fact for ledger in books(made).values() for fact in ledger]
    return Counter((fact.system, fact.kind, fact.order) for fact in facts if fact.order is not None)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[str, str, str | None]]:
    """What is done when nothing comes twice."""
    made = six_days(tmp_path_factory.mktemp("undisturbed"))
    done = effects(made)
    assert violated(made) == []
    assert done["erp", "sales_order.created", "W-000003"] == 1
    assert done["commerce", "order.cancelled", "W-000004"] == 1
    return done


@pytest.mark.parametrize(
    ("days", "knows", "crash"), [(1, set(), False), (1, set(), True), (30, NUMBERS, False), (30, NUMBERS, True)]
)
def test_what_comes_again_changes_nothing_whether_remembered_or_not(
    tmp_path: Path, undisturbed: Any, days: int, knows: set[str], crash: bool
) -> None:
    post, remembered = Post(), set[str]()
    again = (looks("4d 11:59", remembered), post.again("4d 12:00"))
    made = six_days(tmp_path, *([crashes("4d 9:00")] if crash else []), *again, days=days, post=post)
    assert remembered == knows, "after its window, and only then, a message is forgotten"
    assert post.answers.count(200) > 20
    assert set(post.answers) <= {200, 204}, "taken, or of no interest"
    assert effects(made) == undisturbed
    assert violated(made) == []
    assert made.world is not None
    assert made.world.store.rows(SIGNALS) == {}, "no news is kept for orders that are done"


def test_what_comes_again_and_again_changes_nothing_at_any_stage_of_an_order(tmp_path: Path, undisturbed: Any) -> None:
    post = Post()
    times = [f"{day}d {clock}" for day in range(1, 6) for clock in ("9:05", "9:33", "11:00", "15:00", "19:00")]
    made = six_days(tmp_path, *map(post.again, times), post=post)
    assert effects(made) == undisturbed
    assert violated(made) == []
