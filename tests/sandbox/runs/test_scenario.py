"""Scenario files: sound ones mean what they say; each broken one gets its line, its key and the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.faults.moments import DAY_US
from sandbox.runs import library
from sandbox.runs.scenario import History, load_scenario
from sandbox.yaml_files import SeveralInputErrors

GOOD = """\
title: Mine
world: {start: 2011-11-14T00:00Z, days: 2}
demand: {orders_per_day: 50}
systems: {erp: {slots: 5, service_ms: 300, credit_clerks: 1}, wms: {pickers: 2}}
faults:
  - outage: {system: erp, at: 1d 10:00, for: 2h}
  - drawn: {atoms: 3, kinds: [slow, core_crash]}
phases: {settle: 2d}
expect: [no violations, "I1 I2 exercised"]
"""
HEAD = "title: Mine\nworld: {start: 2011-11-14, days: 1}\ndemand: {orders_per_day: 50}\n"
FAULTS = HEAD + "faults:\n"

# What stands in the file, the line and the key that the error names, and words that it says.
BROKEN = [
    ("", 1, None, "nothing is in it; it needs at least: title, demand"),
    (HEAD.replace("title", "titel"), 1, "titel", "unknown key; did you mean 'title'?"),
    (HEAD + "title: Twice\n", 4, None, "the key stands twice"),
    (HEAD + "faults:\n\t- outage: {}\n", 5, None, "indent with spaces"),
    (HEAD + "desgin: hybrid\n", 4, "desgin", "did you mean 'design'?"),
    (HEAD + "design: hybird\n", 4, "design", "there is no design 'hybird'; did you mean 'hybrid'?"),
    (HEAD + "design: mine/other.yaml\n", 4, "design", "there is no design file 'mine/other.yaml'"),
    (HEAD + "seed: many\n", 4, "seed", "a whole number was expected, not 'many'"),
    (HEAD + "phases: {settle: -3d}\n", 4, "phases.settle", "'-3d' is negative"),
    (HEAD + "phases: {warm_up: 9d}\n", 4, "phases.warm_up", "no time is left for faults"),
    (
        HEAD + "phases: {warm_up: 4h}\nfaults:\n  - core_crash: {at: 3h, down_for: 60s}\n",
        6,
        "faults[0].core_crash.at",
        "3:00 lies in the warm-up, which ends at",
    ),
    (HEAD + "phases: {settle: 3}\n", 4, "phases.settle", "3 is not a duration"),
    (HEAD + "systems: {erpp: {slots: 3}}\n", 4, "systems.erpp", "did you mean 'erp'?"),
    (HEAD + "systems:\n  wms:\n    picker: 3\n", 6, "systems.wms.picker", "did you mean 'pickers'?"),
    (
        HEAD + "systems:\n  carrier: {delivers_within: 3d}\n",
        5,
        "systems.carrier.delivers_within",
        "a courier takes from 1m to 1d; leave it out",
    ),
    (HEAD + "systems: {erp: {slots: 0}}\n", 4, "systems.erp.slots", "must be at least 1, not 0"),
    (HEAD.replace("days: 1", "days: 0"), 2, "world.days", "must be at least 1, not 0"),
    (HEAD.replace("2011-11-14", "2011-11-14T08:00Z"), 2, "world.start", "a run starts at a midnight in UTC"),
    (HEAD.replace("2011-11-14", "monday"), 2, "world.start", "'monday' is no day; write a day such as 2011-11-14"),
    (HEAD.replace(", days: 1", ""), 2, "world.days", "is missing; write world:"),
    (HEAD.replace(", days", ", fidelity: wired, days"), 2, "world.fidelity", "did you mean 'wire'?"),
    (HEAD.replace("orders_per_day", "order_per_day"), 3, "demand.order_per_day", "did you mean 'orders_per_day'?"),
    (HEAD.replace("50", "-50"), 3, "demand.orders_per_day", "must be more than 0, not -50"),
    (HEAD.replace("{orders_per_day: 50}", "{history: x.csv}"), 3, "demand.mapping", "is missing"),
    (
        HEAD.replace("{orders_per_day: 50}", "{history: uci_peak_weak.csv, mapping: online_retail.yaml}"),
        3,
        "demand.history",
        "there is no file 'uci_peak_weak.csv'; did you mean 'uci_peak_week.csv.gz'?",
    ),
    (FAULTS + "  - outge: {system: erp, at: 10:00, for: 2h}\n", 5, "faults[0].outge", "did you mean 'outage'?"),
    (FAULTS + "  - outage: {system: epr, at: 10:00, for: 2h}\n", 5, "faults[0].outage.system", "did you mean 'erp'?"),
    (FAULTS + "  - outage: {system: crm, at: 10:00, for: 2h}\n", 5, "faults[0].outage.system", "no system 'crm'"),
    (FAULTS + "  - outage: {system: erp, at: 10:00, for: -2h}\n", 5, "faults[0].outage.for", "'-2h' is negative"),
    (FAULTS + "  - outage:\n      system: erp\n      at: 10h\n", 7, "faults[0].outage.at", "comes without 'for'"),
    (FAULTS + "  - outage: {system: erp}\n", 5, "faults[0].outage", "does not say when"),
    (FAULTS + "  - outage: {system: erp, at: 25:00, for: 2h}\n", 5, "faults[0].outage.at", "is no time of day"),
    (
        FAULTS + "  - outage: {system: erp, at: noon, for: 2h}\n",
        5,
        "faults[0].outage.at",
        "'noon' is no moment of a run",
    ),
    (FAULTS + "  - outage: {system: erp, at: 2d, for: 1h}\n", 5, "faults[0].outage.at", "lies outside of the run"),
    (FAULTS + "  - outage: {system: erp, at: 23:00, for: 2h}\n", 5, "faults[0].outage.for", "end at 1d 00:00"),
    (
        FAULTS + "  - slow: {system: erp, from: 10:00, to: 09:00, by: 1s}\n",
        5,
        "faults[0].slow.to",
        "does not lie after from",
    ),
    (FAULTS + "  - slow: {system: erp}\n", 5, "faults[0].slow", "does not say how slow; add by: 2s"),
    (
        FAULTS + "  - lost_reply: {system: erp, operation: postInvoise}\n",
        5,
        "faults[0].lost_reply.operation",
        "erp has no operation 'postInvoise'; did you mean 'postInvoice'?",
    ),
    (
        FAULTS + "  - webhook_lost: {system: commerce, topic: order.create}\n",
        5,
        "faults[0].webhook_lost.topic",
        "did you mean 'order.created'?",
    ),
    (FAULTS + "  - lost_reply: {system: erp, share: 140%}\n", 5, "faults[0].lost_reply.share", "out of range"),
    (
        FAULTS + "  - lost_reply: {system: erp, share: 5%, occurrence: 2}\n",
        5,
        "faults[0].lost_reply.share",
        "excludes occurrence",
    ),
    (FAULTS + "  - error: {system: erp, status: 404}\n", 5, "faults[0].error.status", "must be at least 500, not 404"),
    (
        FAULTS + "  - core_crash: {down_for: 60s}\n",
        5,
        "faults[0].core_crash",
        "needs either a moment, a call or a commit",
    ),
    (FAULTS + "  - core_crash: {at: 10:00}\n", 5, "faults[0].core_crash.down_for", "is missing"),
    (FAULTS + "  - demand_spike: {at: 1h, for: 1h, factor: 1}\n", 5, "faults[0].demand_spike.factor", "more than 1"),
    (FAULTS + "  - drawn: {atoms: 3, kinds: [slwo]}\n", 5, "faults[0].drawn.kinds[0]", "did you mean 'slow'?"),
    (
        FAULTS + "  - slow: {system: erp, by: 1s}\n    error: {system: erp}\n",
        5,
        "faults[0]",
        "one entry has 2 kinds: slow, error; begin one entry",
    ),
    (FAULTS + "  - id: F1\n", 5, "faults[0]", "an entry without a kind"),
    (FAULTS + "  - outage:\n", 5, "faults[0].outage", "says nothing more"),
    (FAULTS + "  outage: {system: erp}\n", 4, "faults", "a list (items that begin with '- ') was expected"),
    (
        FAULTS + "  - {id: A, slow: {system: erp, by: 1s}}\n  - {id: A, error: {system: erp}}\n",
        6,
        "faults[1].id",
        "'A' names an earlier fault, too",
    ),
    (
        HEAD + "systems:\n  erp: {customers_pay: {early: 70%, late: 60%}}\n",
        5,
        "systems.erp.customers_pay",
        "early and late are at most all orders together, got 0.7 and 0.6",
    ),
    (HEAD + "expect: [no violation]\n", 4, "expect[0]", "did you mean 'no violations'?"),
    (HEAD + "expect:\n  - no violations\n  - I99 exercised\n", 6, "expect[1]", "there is no invariant 'I99'"),
    (HEAD + "expect: [orders acepted >= 3]\n", 4, "expect[0]", "did you mean 'orders accepted'?"),
    (HEAD + "expect: [orders accepted >= many]\n", 4, "expect[0]", "'many' is no number for orders accepted"),
    (HEAD + "expect: [order to ship p95 <= 26]\n", 4, "expect[0]", "order to ship p95 is a time"),
    (HEAD + "expect: no violations\n", 4, "expect", "a list (items that begin with '- ') was expected"),
]


@pytest.mark.parametrize(("text", "line", "field", "words"), BROKEN)
def test_a_broken_scenario_names_line_key_and_fix(
    tmp_path: Path, text: str, line: int, field: str | None, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    errors = caught.value.errors if isinstance(caught.value, SeveralInputErrors) else (caught.value,)
    assert (line, field) in [(error.line, error.field) for error in errors]
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_sound_scenario_means_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD)
    scenario = load_scenario(tmp_path / "mine.yaml")
    assert (scenario.name, scenario.title, scenario.seed, scenario.days) == ("mine", "Mine", 1, 2)
    assert scenario.start_us == 1_321_228_800_000_000
    assert scenario.settle_us == 2 * DAY_US
    assert scenario.design.name == "hybrid"
    assert scenario.systems.wms.floor().pickers == 2
    assert scenario.systems.erp.credit_desk().office.people == 1
    plan = scenario.plan(seed=1)
    assert [atom.id for atom in plan.atoms] == ["F1", "F2", "F3", "F4"]
    assert plan == scenario.plan(seed=1)
    assert plan != scenario.plan(seed=2)


def test_a_history_may_tell_the_days(tmp_path: Path) -> None:
    demand = "demand: {history: uci_peak_week.csv, mapping: online_retail.yaml, from: 2011-11-15, to: 2011-11-18}\n"
    (tmp_path / "mine.yaml").write_text("title: Mine\n" + demand)
    scenario = load_scenario(tmp_path / "mine.yaml")
    assert (scenario.start_us, scenario.days) == (1_321_315_200_000_000, 3)
    assert isinstance(scenario.demand, History)
    assert scenario.demand.csv.name == "uci_peak_week.csv.gz"
    (tmp_path / "mine.yaml").write_text("title: Mine\nworld: {start: 2011-11-14}\n" + demand)
    with pytest.raises(InputError, match=r"mine\.yaml:3: demand\.from: world\.start tells it, too; keep one"):
        load_scenario(tmp_path / "mine.yaml")


def test_ones_own_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = library.find_scenario("normal_day")
    (tmp_path / "scenarios" / "designs").mkdir(parents=True)
    (tmp_path / "scenarios" / "normal_day.yaml").write_text(HEAD)
    (tmp_path / "scenarios" / "designs" / "ours.yaml").write_text("name: ours\n")
    monkeypatch.chdir(tmp_path)
    assert library.find_scenario("normal_day") == tmp_path / "scenarios" / "normal_day.yaml"
    assert library.find_design("ours") == tmp_path / "scenarios" / "designs" / "ours.yaml"
    assert library.find_scenario("peak_week").parent == shipped.parent
    assert library.find_scenario(str(shipped)) == shipped
    with pytest.raises(InputError, match="there is no scenario 'normal_dya'; did you mean 'normal_day'"):
        library.find_scenario("normal_dya")
    with pytest.raises(InputError, match=r"did you mean 'normal_day\.yaml'"):
        library.find_scenario("scenarios/normal_dya.yaml")


@pytest.mark.parametrize("name", sorted(library.scenarios()))
def test_what_is_shipped_is_sound(name: str) -> None:
    path = library.find_scenario(name)
    scenario = load_scenario(path)
    assert scenario.about
    assert scenario.expectations
    assert path.read_text().startswith("# yaml-language-server: $schema=schemas/scenario.schema.json\n")
