"""A finding on its way from the find to the small one: whenever somebody stops it, it is kept, whoever asked for it."""

from __future__ import annotations

import functools
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.finding_steps import made_small as made_small_after_a_hunt
from sandbox.cli.main import app
from sandbox.hunt import making_small
from sandbox.hunt.finding import Finding, read_finding, write_finding
from sandbox.hunt.making_small import Small, made_small
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.request import HuntRequest, HuntResult
from sandbox.hunt.shrinking.attempts import LUCKS, Progress, unheard
from sandbox.hunt.shrinking.shrinker import NotReproduced
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from tests.campaign import kills
from tests.sandbox.hunt.shrinking.toys import REFERENCES, Toy, drawn, finding_of
from tests.sandbox.hunt.small_targets import CANARY

ATOMS = drawn(11)


def toy() -> Toy:
    """A failure by one fault, for two orders."""
    return Toy(frozenset({ATOMS[2].kind}), frozenset(REFERENCES[4:6]))


def big() -> Finding:
    """Its finding by a core of somebody's, with seven faults too many."""
    return replace(finding_of(Trial(1, ATOMS)), target=CANARY, stage="swarm")


@dataclass
class Runs:
    """Carries the toy's trials out, counts them, and does something in the middle of one."""

    at: int = 0
    then: Callable[[], object] = unheard
    count: int = 0

    def __call__(self, target: Target, trial: Trial) -> Outcome:
        self.count += 1
        if self.count == self.at:
            self.then()
        outcome = toy()(target, trial)
        return outcome if target.core is not None else replace(outcome, violations=())


@functools.cache
def runs_in_all() -> int:
    """How many there are when nobody stops it; the last one is the reference core's."""
    runs = Runs()
    found = big()
    attempts = [Progress("", 0, 0, None)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making_small, "write_finding", lambda folder, finding: folder / finding.name)
        small = made_small(found, Path(), None, attempts.append, runs)
    assert small.finding.reference == "passes"
    assert small.finding.minimality is not None
    assert small.finding.minimality.runs == runs.count - 1
    return runs.count


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard() -> Iterator[None]:
    """As in the foreground: a shell has what it starts in the background ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted() -> None:
    """Somebody presses Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def only_finding(folder: Path) -> Finding:
    """The one finding in a folder, in which there is nothing else."""
    (file,) = (path for path in folder.rglob("*") if path.is_file())
    return read_finding(file)


def test_it_takes_the_place_of_the_file_with_the_answer_of_the_reference_core(tmp_path: Path) -> None:
    path = write_finding(tmp_path, big())
    small = made_small(big(), tmp_path, None, unheard, Runs(), instead_of=path)
    assert not small.stopped
    assert only_finding(tmp_path) == small.finding
    assert (small.finding.reference, small.finding.stage) == ("passes", "swarm")
    again = made_small(small.finding, tmp_path, None, unheard, Runs(), instead_of=small.file)
    assert (again.file, again.finding.trial) == (small.file, small.finding.trial)
    assert only_finding(tmp_path) == again.finding


def test_without_a_file_to_replace_the_finding_stays(tmp_path: Path) -> None:
    path = write_finding(tmp_path, big())
    small = made_small(big(), tmp_path, None, unheard, Runs())
    assert sorted(tmp_path.iterdir()) == sorted([path, small.file])


def test_a_stop_at_any_run_keeps_the_smallest_so_far(tmp_path: Path) -> None:
    sizes = []
    for at in range(1, runs_in_all() + 1):
        folder = tmp_path / str(at)
        path = write_finding(folder, big())
        small = made_small(big(), folder, None, unheard, Runs(at, interrupted), instead_of=path)
        assert small.stopped
        assert only_finding(folder) == small.finding
        assert toy()(CANARY, small.finding.trial).failures == (("I2", "single"),)
        assert small.finding.reference is None
        sizes.append(len(small.finding.trial.atoms))
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (len(ATOMS), 1)
    told = small.finding.minimality
    assert told is not None
    assert told.complete


@pytest.mark.parametrize("at", ["first", "before the reference core", "after it"])
def test_a_stop_that_is_heard_between_two_runs_keeps_all_that_is_known(at: str, tmp_path: Path) -> None:
    heard: list[Progress] = []
    last = {"first": 1, "before the reference core": runs_in_all(), "after it": runs_in_all() + 1}[at]

    def hear(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == last:
            raise KeyboardInterrupt

    path = write_finding(tmp_path, big())
    runs = Runs()
    small = made_small(big(), tmp_path, None, hear, runs, instead_of=path)
    assert small.stopped
    assert only_finding(tmp_path) == small.finding
    assert small.finding.reference == ("passes" if at == "after it" else None)
    assert runs.count == min(last, runs_in_all() - (at != "after it"))


def test_what_does_not_come_about_any_more_stays_as_it_was(tmp_path: Path) -> None:
    path = write_finding(tmp_path, big())
    mended = Toy(frozenset({"nothing"}))
    with pytest.raises(NotReproduced):
        made_small(big(), tmp_path, None, unheard, mended, instead_of=path)
    assert only_finding(tmp_path) == big()


def test_a_disk_that_is_full_costs_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_finding(tmp_path, big())

    def full(folder: Path, finding: Finding) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(making_small, "write_finding", full)
    with pytest.raises(OSError, match="no space"):
        made_small(big(), tmp_path, None, unheard, Runs(), instead_of=path)
    assert only_finding(tmp_path) == big()


def by_shrink(path: Path, folder: Path) -> None:
    """`sandbox shrink`, as somebody stops it."""
    done = CliRunner().invoke(app, ["shrink", str(path), "--out", str(folder), "--json"])
    assert done.exit_code == 130, done.output
    assert "Stopped" in done.stderr
    told = json.loads(done.stdout)
    assert (Path(told["file"]).parent, told["page"]) == (folder, None)


def by_hunt(path: Path, folder: Path) -> None:
    """The end of `sandbox hunt`, as somebody stops it."""
    result = HuntResult(HuntRequest(target=CANARY))
    result.findings["I2", "single"] = read_finding(path), path
    assert made_small_after_a_hunt(result, quiet=True)
    ((found, kept),) = result.findings.values()
    assert read_finding(kept) == found
    kept.rename(folder / kept.name)


def by_campaign(path: Path, folder: Path) -> None:
    """A row of the kill matrix, as somebody stops it."""
    with pytest.raises(KeyboardInterrupt):
        kills._made_small(kills.Row("B08", kills.KILLED), read_finding(path), path, kills.Limits(), folder)


@pytest.mark.parametrize("caller", [by_shrink, by_hunt, by_campaign])
@pytest.mark.parametrize("back", [12, LUCKS, 0])
def test_whoever_asks_the_same_is_kept_when_it_is_stopped(
    caller: Callable[[Path, Path], None], back: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: object, instead_of: Path | None = None) -> Small:
        finding, folder, budget_s, *hear = args[:4]
        runs = Runs(runs_in_all() - back, interrupted)
        return made_small(finding, folder, budget_s, *hear, carry_out=runs, instead_of=instead_of)  # type: ignore[arg-type]

    monkeypatch.setattr(making_small, "made_small", stopped)
    monkeypatch.setattr(kills, "made_small", stopped)
    folder = tmp_path / "small"
    folder.mkdir()
    caller(write_finding(tmp_path / "found", big()), folder)
    kept = only_finding(folder)
    assert toy()(CANARY, kept.trial).failures == (("I2", "single"),)
    assert len(kept.trial.atoms) < len(ATOMS)
    told = kept.minimality
    assert told is not None
    assert told.complete == (back <= LUCKS)
