"""What the stages try, and in which order, over the sites of a made-up run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

from mock_systems.kit.streams import Streams
from sandbox.faults.atoms import KINDS, Atom, CallAtom, CrashAtom
from sandbox.faults.plan import FaultPlan, plan_of
from sandbox.faults.written import FaultEntry
from sandbox.hunt.outcome import Outcome, Site
from sandbox.hunt.stages.busy_times import BusyTimes
from sandbox.hunt.stages.coverage import variant
from sandbox.hunt.stages.groups import Groups
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.nemesis import Nemesis
from sandbox.hunt.stages.rounds import rounds_of
from sandbox.hunt.stages.shots import class_of, shots_of
from sandbox.hunt.stages.singles import Singles
from sandbox.hunt.trial import Trial
from sandbox.runs.landscape import default_landscape

MINUTE, HOUR = 60_000_000, 3_600_000_000
MIDNIGHT = 1_321_228_800_000_000
PLACED = {"W-1": 9 * HOUR, "W-2": 12 * HOUR, "W-3": 12 * HOUR + MINUTE, "W-4": 18 * HOUR}


def day() -> list[Site]:
    """Four orders: each is told, entered in two calls, written down and published; a list is read every hour."""
    sites = [Site("call", "shop", "listOrders", None, n + 1, MIDNIGHT + n * HOUR) for n in range(24)]
    for order, since_us in PLACED.items():
        parts = [("webhook", "shop", "order.created", 1), ("commit", "store", "inbox", 1), ("call", "erp", "create", 1)]
        parts += [("call", "erp", "create", 2), ("message", "bus", "order.milestone", 1)]
        for late, (kind, where, name, step) in enumerate(parts):
            sites.append(Site(kind, where, name, order, step, MIDNIGHT + since_us + late * 1_000))
    return sorted(sites, key=lambda site: site.at_us)


def known() -> Knowledge:
    outcome = Outcome((), "0" * 64, "quiet", {}, sites=tuple(day()))
    return Knowledge(1, outcome, MIDNIGHT, 24 * HOUR, {"erp": 15_000_000}, HOUR)


def singles() -> list[Aimed]:
    return [aimed for each in Singles().rounds(known()) for aimed in each]


def test_a_round_takes_no_more_trials_than_it_has_room_for() -> None:
    made: list[int] = []

    def wanted() -> Iterator[Aimed]:
        for seed in range(10):
            made.append(seed)
            yield Aimed(Trial(seed))

    rounds = rounds_of(wanted(), 4)
    assert [aimed.trial.seed for aimed in next(rounds)] == [0, 1, 2, 3]
    assert made == [0, 1, 2, 3]
    assert [len(each) for each in rounds] == [4, 2]


def test_each_class_gets_its_gravest_fault_before_any_gets_its_second() -> None:
    tried = [(class_of(aimed.struck[0]), aimed.trial.atoms[0]) for aimed in singles()]
    first = list(islice(tried, 5))
    assert len({name for name, _ in first}) == 5
    assert {name[2] for name, _ in first} == {"order.created", "inbox", "create", "order.milestone", "listOrders"}
    assert isinstance(first[1][1], CrashAtom)
    assert next(atom.kind for name, atom in tried if name[2] == "create") == "lost_reply"
    steps = [name[3] for name, _ in tried]
    assert set(steps[: steps.index(2)]) == {0, 1}


def test_a_fault_is_judged_from_an_hour_after_its_strike() -> None:
    for aimed in singles():
        (atom,), (site,) = aimed.trial.atoms, aimed.struck
        met_us = site.at_us - MIDNIGHT
        assert atom.window.from_us <= met_us < atom.window.until_us <= met_us + HOUR
        assert atom.window.until_us <= 24 * HOUR


def test_what_is_late_is_tried_where_another_follows_the_soonest() -> None:
    slow = [aimed for aimed in singles() if aimed.trial.atoms[0].kind == "store_slow"]
    assert [aimed.struck[0].order for aimed in slow] == ["W-2", "W-4", "W-1"]
    lost = [aimed for aimed in singles() if aimed.trial.atoms[0].kind == "webhook_lost"]
    assert [aimed.struck[0].order for aimed in lost] == ["W-4", "W-1", "W-3"]


def test_what_lasts_leaves_the_calls_before_alone() -> None:
    (lasting, *_) = [
        atom
        for aimed in singles()
        for atom in aimed.trial.atoms
        if isinstance(atom, CallAtom) and atom.occurrence is None and aimed.struck[0].step == 2 and atom.order
    ]
    assert lasting.kind == "error"
    assert lasting.window.from_us == PLACED[lasting.order or ""] + 2_000 + 1


def test_the_nemesis_tries_every_kind_of_fault_within_the_day() -> None:
    plans = [aimed.trial.atoms for each in Nemesis().rounds(known()) for aimed in each]
    assert {atom.kind for plan in plans for atom in plan} == set(KINDS)
    for plan in plans:
        assert [atom.id for atom in plan] == [f"F{n}" for n in range(1, len(plan) + 1)]
        assert all(0 <= atom.window.from_us < atom.window.until_us <= 24 * HOUR for atom in plan)


def test_the_nemesis_can_be_written() -> None:
    for each in Nemesis().rounds(known()):
        for aimed in each:
            entries = tuple(FaultEntry.model_validate(entry) for entry in FaultPlan(aimed.trial.atoms).as_written())
            assert (
                plan_of(entries, 24 * HOUR, default_landscape(), Streams(1)).as_written()
                == aimed.trial.plan.as_written()
            )


def test_nothing_is_tried_where_nothing_was_met() -> None:
    empty = Knowledge(1, Outcome((), "0" * 64, "quiet", {}), MIDNIGHT, 24 * HOUR, {}, HOUR)
    assert list(Nemesis().rounds(empty)) == []
    assert list(Singles().rounds(empty)) == []


def test_the_busiest_hour_has_the_most_sites_that_are_meant() -> None:
    times = BusyTimes(day(), MIDNIGHT, 24 * HOUR)
    busiest = times.busiest(HOUR)
    assert busiest is not None
    assert (busiest.from_us, busiest.until_us) == (12 * HOUR, 13 * HOUR)
    assert times.busiest(HOUR, lambda site: site.where == "nowhere") is None
    half = times.first_half()
    assert half is not None
    assert (half.from_us, half.until_us) == (9 * HOUR, 13 * HOUR + 15 * MINUTE)
    crest_us = times.crest(10_000)
    assert crest_us is not None
    assert 9 * HOUR < crest_us < 9 * HOUR + 10_000


def test_groups_have_each_single_fault_once_and_leave_orders_and_crashes_apart() -> None:
    groups = [aimed for each in Groups().rounds(known()) for aimed in each]
    grouped = Counter((class_of(site), variant(atom)) for aimed in groups for atom, site in pairs_of(aimed))
    assert grouped == Counter((class_of(shot.sites[0]), variant(shot.example)) for shot in shots_of(known()))
    for aimed in groups:
        orders = [site.order for site in aimed.struck if site.order is not None]
        assert len(set(orders)) == len(orders)
        crashes = sorted(site.at_us for atom, site in pairs_of(aimed) if isinstance(atom, CrashAtom))
        assert all(after - before >= HOUR // 2 for before, after in pairwise(crashes))
        assert [atom.id for atom in aimed.trial.atoms] == [f"F{n + 1}" for n in range(len(aimed.struck))]
    assert len(groups) < len(grouped) / 2


def pairs_of(aimed: Aimed) -> list[tuple[Atom, Site]]:
    return list(zip(aimed.trial.atoms, aimed.struck, strict=True))
