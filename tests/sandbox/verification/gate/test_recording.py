"""What is recorded is read back, in both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from sandbox.errors import InputError
from sandbox.verification.gate.database import Database, open_database
from sandbox.verification.gate.matrix import matrix
from sandbox.verification.gate.recording import Recorder
from sandbox.verification.gate.tables import layout
from sandbox.verification.outcome import Check, Outcome, Verdict
from sandbox.verification.pacts_against_openapi.pact_file import parse_pact
from tests.sandbox.verification.gate.team import PRODUCTION, READS_ALL, READS_STATUS, Team
from tests.sandbox.verification.pacts_against_openapi.vendor import document, pact_of


def test_a_whole_history_is_read_back(database: Database) -> None:
    team = Team(database)
    team.consumer("shop", "1", READS_ALL)
    team.consumer("shop", "1", READS_ALL)  # a build that runs twice
    team.consumer("shop", "2", READS_STATUS, branch="feature")
    team.provider("1", document())
    team.verified("shop", "1", "1")
    team.verified("shop", "2", "1", Verdict.FAIL)
    team.deployed("erp", "1")
    book = team.book
    assert [(one.pacticipant, one.number, one.branch) for one in book.versions] == [
        ("shop", "1", "main"), ("shop", "2", "feature"), ("erp", "1", "main"),
    ]  # fmt: skip
    assert book.main_branches == {"shop": "main", "erp": "main"}
    assert len(book.pacts) == 2
    assert json.loads(book.texts[book.documents[0].text_hash]) == document()
    assert book.results[1].findings == ({"message": "total was missing"},)
    cells = [(one.consumer_version, one.provider_version, one.verdict, one.provider_in) for one in matrix(book, "shop")]
    assert cells == [("1", "1", "pass", (PRODUCTION,)), ("2", "1", "fail", (PRODUCTION,))]
    assert matrix(book, "crm") == []
    assert len(matrix(book, environment=PRODUCTION)) == 2


def test_deployments_replace_and_end_and_releases_stay(database: Database) -> None:
    team = Team(database)
    for version in ("1", "2", "3"):
        team.provider(version)
    team.deployed("erp", "1")
    team.deployed("erp", "2", "blue")
    team.deployed("erp", "2")
    assert team.book.deployed("erp", PRODUCTION) == ["2"]
    team.write(lambda recorder: recorder.undeployment("erp", PRODUCTION))
    team.write(lambda recorder: recorder.undeployment("erp", PRODUCTION, "blue"))
    assert team.book.deployments == ()
    for version in ("1", "3", "3"):
        team.write(lambda recorder, version=version: recorder.release("erp", version, PRODUCTION))
    assert team.book.deployed("erp", PRODUCTION) == ["1", "3"]
    team.write(lambda recorder: recorder.support_ended("erp", "1", PRODUCTION))
    assert team.book.deployed("erp", PRODUCTION) == ["3"]
    with pytest.raises(InputError, match="nothing of that"):
        team.write(lambda recorder: recorder.undeployment("erp", PRODUCTION))


def test_what_cannot_be_is_refused_and_leaves_nothing(database: Database) -> None:
    team = Team(database)
    team.consumer("shop", "1", READS_ALL)
    text = json.dumps(pact_of(READS_STATUS))
    before = team.book
    result = Outcome(check=Check.PACT, subject="shop->erp", verdict=Verdict.PASS, tested=1)
    for work, told in (
        (lambda r: r.consumer("1", [(parse_pact(text, "p.json"), text)]), "another pact with erp"),
        (lambda r: r.deployment("shop", "2", PRODUCTION), "shop 2 is not recorded"),
        (lambda r: r.deployment("shop", "1", "test"), "no environment 'test'"),
        (lambda r: r.result(result), "version of erp"),
        (lambda r: r.result(result.model_copy(update={"versions": {"erp": "1"}})), "version of shop"),
        (lambda r: r.result(result.model_copy(update={"versions": {"erp": "1", "shop": "9"}})), "no pact of shop 9"),
        (lambda r: r.result(result.model_copy(update={"subject": "erp"})), "tells no pair"),
    ):
        with pytest.raises(InputError, match=told):
            team.write(work)
    assert team.book == before


def test_a_result_that_tells_the_content_needs_no_version_of_the_consumer(database: Database) -> None:
    team = Team(database)
    team.consumer("shop", "1", READS_ALL)
    told = {"check": "pact", "subject": "shop->erp", "verdict": "pass", "tested": 1, "versions": {"erp": "1"}}
    content_hash = team.book.pacts[0].content_hash
    team.write(lambda recorder: recorder.result(Outcome.model_validate({**told, "content_hash": content_hash})))
    assert team.book.results[0].content_hash == content_hash


def test_what_is_not_to_be_kept_is_not(database: Database) -> None:
    def write(connection: sa.Connection) -> int:
        Recorder(connection, 1).environment("test", False)
        return 7

    assert database.transact(write, keep=False) == 7
    assert Team(database).book.environments[0].name == PRODUCTION
    assert len(Team(database).book.environments) == 1


def test_another_layout_and_what_is_no_database_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gate.sqlite"
    open_database(url).transact(lambda connection: connection.execute(sa.update(layout).values(number=99)))
    (tmp_path / "text.sqlite").write_text("this is no database, and long enough to be taken for a header of one" * 20)
    for wrong, told in (
        (url, "layout 99"),
        (f"sqlite:///{tmp_path}/text.sqlite", "not a database"),
        ("mysql://localhost/gate", "no gate in 'mysql'"),
        ("gate", "URL is none"),
        ("postgresql://nobody:secret@127.0.0.1:1/gate", r"\*\*\*"),
    ):
        with pytest.raises(InputError, match=told):
            open_database(wrong)
    with pytest.raises(InputError, match="nothing is recorded"):
        open_database(f"sqlite:///{tmp_path}/none.sqlite", existing=True)
