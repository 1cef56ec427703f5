"""Trials and findings are plain data: written, read back, and carried out to the same outcome."""

from __future__ import annotations

import pickle
from pathlib import Path
from random import Random

import pytest

from sandbox.errors import InputError
from sandbox.faults.atoms import KINDS, WebhookAtom, Window
from sandbox.faults.drawing import draw
from sandbox.faults.moments import DAY_US
from sandbox.hunt.finding import found_in, read_finding, write_finding
from sandbox.hunt.outcome import Outcome, Violation
from sandbox.hunt.scheduling import Scheduling
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial, TrialBlock
from sandbox.hunt.trying import tried
from sandbox.runs.landscape import default_landscape

TARGET = Target("hunting_day", overrides={"demand": {"orders_per_day": 6}})


def drawn(seed: int) -> Trial:
    """A trial with faults of a few kinds."""
    names = [f"F{number}" for number in range(1, 9)]
    atoms = draw(names, KINDS, default_landscape(), DAY_US, Random(seed))
    return Trial(seed, tuple(atoms), ("R-1", "R-2"), Scheduling("pct", seed=seed, depth=2), luck=seed % 3)


def test_a_trial_is_read_back_as_it_was_written() -> None:
    for seed in range(40):
        trial = drawn(seed)
        assert TrialBlock.model_validate(trial.as_written()).trial(DAY_US) == trial
        assert pickle.loads(pickle.dumps(trial)) == trial
    assert drawn(1).name == drawn(1).name != drawn(2).name


def test_a_finding_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    violation = Violation("I2", "open", "W-000003", "SO-3", 1_321_264_800_000_000, "two sales orders: 'a' and \"b\"")
    outcome = Outcome((violation,), "0" * 64, "quiet", {})
    finding = found_in(TARGET, drawn(3), outcome, violation, "singles")
    path = write_finding(tmp_path / "found", finding)
    assert path.name == finding.name
    assert read_finding(path) == finding
    assert [file.name for file in path.parent.iterdir()] == [finding.name]


def test_a_scenario_is_no_finding_and_is_told_so_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    for text in ("title: a day\ndemand: {orders_per_day: 6}\n", "- a list\n", ""):
        path.write_text(text)
        with pytest.raises(InputError, match=r"mine\.yaml: this is no finding; .*sandbox check") as refused:
            read_finding(path)
        assert "\n" not in str(refused.value)


def test_faults_of_the_day_strike_tracking_and_the_core_asks_by_itself() -> None:
    more = Target("hunting_day", overrides={"demand": {"orders_per_day": 16}})
    lost = WebhookAtom(id="F1", kind="webhook_lost", system="carrier", window=Window(0, DAY_US))
    outcome = tried(more, Trial(atoms=(lost,)))
    assert (outcome.failures, outcome.ended) == ((), "quiet")
    labelled = {site.order for site in outcome.sites if site.name == "buyLabel"}
    assert len(labelled) > 4
    assert outcome.fired["F1"] >= len(labelled)
    assert {site.order for site in outcome.sites if site.name == "getTracking"} == labelled
    assert outcome.virtual_us < 2 * DAY_US


def test_the_same_trial_comes_to_the_same_outcome() -> None:
    first, second = tried(TARGET, Trial()), tried(TARGET, Trial())
    assert first.failures == ()
    assert first.ended == "quiet"
    assert first.orders
    assert {site.kind for site in first.sites} == {"call", "webhook", "commit", "message"}
    assert first.fingerprint == second.fingerprint
    other = tried(TARGET, Trial(luck=1))
    assert (other.orders, other.failures) == (first.orders, ())
    assert other.fingerprint != first.fingerprint
    fewer = tried(TARGET, Trial(orders=tuple(first.orders)[:2]))
    assert tuple(fewer.orders) == tuple(first.orders)[:2]
    assert fewer.failures == ()
