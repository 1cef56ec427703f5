"""What holds of the gate whatever was recorded."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import sqlalchemy as sa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandbox.errors import InputError
from sandbox.verification.gate.answers import Answer, Standing, Verdict
from sandbox.verification.gate.asking import Question, ask_each
from sandbox.verification.gate.database import Database, open_database
from sandbox.verification.gate.model import Book
from sandbox.verification.gate.reading import read_book
from sandbox.verification.gate.recording import Recorder
from sandbox.verification.outcome import Check, Outcome
from sandbox.verification.outcome import Verdict as Came
from sandbox.verification.pacts_against_openapi.pact_file import parse_pact
from sandbox.worlds.live.parts import PostgresServer
from tests.sandbox.verification.gate.team import PRODUCTION, READS_ALL, READS_STATUS, without
from tests.sandbox.verification.pacts_against_openapi.vendor import document, pact_of, reading
from tests.sandbox.worlds.ports.store_arms import emptied

Step = tuple[Any, ...]
PACTS = (READS_ALL, READS_STATUS, reading({"state": "open"}))
DOCUMENTS = (None, document(), without("total"), without("placed_at"))
CONSUMERS, VERSIONS = ("shop", "label"), ("1", "2", "3")

consumers, versions = st.sampled_from(CONSUMERS), st.sampled_from(VERSIONS)
steps = st.one_of(
    st.tuples(st.just("consumer"), consumers, versions, st.integers(0, 2)),
    st.tuples(st.just("provider"), versions, st.integers(0, 3), st.sampled_from(("main", "feature"))),
    st.tuples(st.just("result"), consumers, versions, versions, st.sampled_from((Came.PASS, Came.FAIL))),
    st.tuples(st.just("deploy"), st.sampled_from((*CONSUMERS, "erp")), versions),
    st.tuples(st.just("undeploy"), st.sampled_from((*CONSUMERS, "erp"))),
    st.just(("vendor",)),
)
HISTORY: list[Step] = [
    *(("provider", one, number, "main") for number, one in enumerate(VERSIONS)),
    *(("consumer", name, one, number) for name in CONSUMERS for number, one in enumerate(VERSIONS)),
    ("deploy", "erp", "2"),
    ("deploy", "shop", "1"),
]
histories = st.lists(steps, min_size=3, max_size=10).map(lambda more: HISTORY + more)


def take(recorder: Recorder, step: Step) -> None:
    """Do a step; what is refused is left out."""
    with contextlib.suppress(InputError):
        _take(recorder, *step)


def _take(recorder: Recorder, kind: str, *told: Any) -> None:
    if kind == "consumer":
        name, version, number = told
        text = json.dumps(pact_of(PACTS[number], consumer=name))
        recorder.consumer(version, [(parse_pact(text, f"{name}.json"), text)], "main")
    elif kind == "provider":
        version, number, branch = told
        recorder.version("erp", version, branch, "main")
        if DOCUMENTS[number] is not None:
            recorder.provider("erp", version, "http", json.dumps(DOCUMENTS[number]), "erp.json")
    elif kind == "result":
        name, version, against, came = told
        recorder.result(
            Outcome(
                check=Check.PACT, subject=f"{name}->erp", verdict=came, tested=1,
                versions={name: version, "erp": against},
            )
        )  # fmt: skip
    elif kind == "deploy":
        recorder.deployment(*told, PRODUCTION)
    elif kind == "undeploy":
        recorder.undeployment(*told, PRODUCTION)
    else:
        recorder.vendor("erp")


def recorded(database: Database, history: list[Step]) -> Book:
    """The book after a history."""

    def write(connection: sa.Connection) -> None:
        recorder = Recorder(connection, 1)
        recorder.environment(PRODUCTION, True)
        for step in history:
            take(recorder, step)

    database.transact(write)
    return database.transact(read_book)


def kept(history: list[Step]) -> Book:
    """The same in memory."""
    return recorded(open_database("sqlite://"), history)


def answers(book: Book) -> dict[tuple[str, str], Verdict]:
    """The verdict for each version that is known."""
    known = [(one.pacticipant, one.number) for one in book.versions]
    return dict(zip(known, ask_each(book, Question(PRODUCTION, {}), known), strict=True))


@settings(max_examples=5)
@given(histories, consumers, versions, versions)
def test_a_success_takes_no_yes_away_but_where_it_ends_a_grace(
    history: list[Step], name: str, version: str, against: str
) -> None:
    before, after = kept(history), kept([*history, ("result", name, version, against, Came.PASS)])
    later = answers(after)
    for key, verdict in answers(before).items():
        if verdict.answer is Answer.YES and not any(row.standing is Standing.PENDING for row in verdict.rows):
            assert later[key].answer is Answer.YES


@settings(max_examples=3)
@given(histories, st.integers(0, 2))
def test_a_consumer_of_somebody_else_changes_nothing(history: list[Step], number: int) -> None:
    database = open_database("sqlite://")
    before = answers(recorded(database, history))
    text = json.dumps(pact_of(PACTS[number], consumer="stranger", provider="crm"))

    def write(connection: sa.Connection) -> None:
        recorder = Recorder(connection, 2)
        recorder.consumer("1", [(parse_pact(text, "stranger.json"), text)])
        recorder.deployment("stranger", "1", PRODUCTION)

    database.transact(write)
    after = answers(database.transact(read_book))
    assert {key: after[key] for key in before} == before


@settings(max_examples=5)
@given(histories, st.sampled_from((*CONSUMERS, "erp")), versions)
def test_a_deployment_that_is_taken_back_leaves_all_as_it_was(history: list[Step], name: str, version: str) -> None:
    before = kept(history)
    assume(before.version(name, version) is not None)
    there = before.deployed(name, PRODUCTION)
    back: Step = ("deploy", name, there[0]) if there else ("undeploy", name)
    after = kept([*history, ("deploy", name, version), back])
    assert sorted(map(str, after.deployments)) == sorted(map(str, before.deployments))
    assert {key: one.answer for key, one in answers(after).items()} == {
        key: one.answer for key, one in answers(before).items()
    }


@settings(max_examples=5)
@given(histories)
def test_a_yes_rests_on_something_for_each_pair_that_meets(history: list[Step]) -> None:
    book = kept(history)
    for (name, version), verdict in answers(book).items():
        if verdict.answer is Answer.YES:
            for pact in book.pacts_of(name, version):
                there = book.deployed(pact.provider, PRODUCTION)
                assert there
                served = {row.provider_version for row in verdict.rows if row.answer is Answer.YES}
                assert set(there) <= served


@settings(max_examples=2)
@given(history=histories)
def test_both_databases_agree(postgres: PostgresServer, history: list[Step]) -> None:
    asyncio.run(emptied(postgres.url))
    other, own = recorded(open_database(postgres.url), history), kept(history)
    assert answers(other) == answers(own)
    assert (other.deployments, other.pacts, other.documents) == (own.deployments, own.pacts, own.documents)
