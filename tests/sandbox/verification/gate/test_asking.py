"""Who may be deployed, and why."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.verification.gate.answers import Answer, By, Standing
from sandbox.verification.gate.asking import Question, ask
from sandbox.verification.outcome import Check, Verdict
from tests.sandbox.verification.gate.team import ORDER, PRODUCTION, READS_ALL, READS_STATUS, Team, without
from tests.sandbox.verification.pacts_against_openapi.vendor import document, reading


def test_what_was_verified_with_what_is_there_may_be_deployed(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.verified("shop", "1", "1")
    team.deployed("erp", "1")
    assert team.ask("shop", "1").answer is Answer.YES
    team.deployed("shop", "1")
    assert team.ask("erp", "1").rows[0].by is By.VERIFICATION


def test_what_was_never_verified_is_unknown_and_never_yes(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.deployed("erp", "1")
    found = team.ask("shop", "1")
    assert found.answer is Answer.UNKNOWN
    assert "verify the pact of shop 1 with erp 1" in found.blocking[0].remedy
    assert found.sentence.endswith("so it may not")


def test_a_failed_verification_is_a_no_with_its_findings(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.deployed("erp", "1")
    team.verified("shop", "1", "1", Verdict.FAIL)
    found = team.ask("shop", "1")
    assert (found.answer, found.rows[0].details[0].text) == (Answer.NO, "total was missing")
    team.verified("shop", "1", "1")
    assert team.ask("shop", "1").answer is Answer.YES


def test_the_same_content_needs_no_verification_of_its_own(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.consumer("shop", "2", READS_ALL)
    team.consumer("shop", "3", READS_STATUS)
    team.provider("1")
    team.deployed("erp", "1")
    team.verified("shop", "1", "1")
    assert team.ask("shop", "2").answer is Answer.YES
    assert team.ask("shop", "3").answer is Answer.UNKNOWN


def test_a_provider_that_is_not_there_is_unknown_and_an_empty_environment_takes_providers(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.verified("shop", "1", "1")
    found = team.ask("shop", "1")
    assert found.answer is Answer.UNKNOWN
    assert "no version of erp is deployed" in found.rows[0].reason
    nobody = team.ask("erp", "1")
    assert (nobody.answer, nobody.rows) == (Answer.YES, ())
    assert nobody.notes


def test_all_versions_that_are_there_at_once_have_to_agree(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.provider("2")
    team.deployed("erp", "1", "blue")
    team.deployed("erp", "2", "green")
    team.verified("shop", "1", "1")
    assert team.ask("shop", "1").answer is Answer.UNKNOWN
    team.verified("shop", "1", "2")
    assert team.ask("shop", "1").answer is Answer.YES


def test_what_is_deployed_together_counts_instead_of_what_is_there(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.provider("2")
    team.verified("shop", "1", "2")
    team.deployed("erp", "1")
    assert team.ask("shop", "1").answer is Answer.UNKNOWN
    both = ask(team.book, Question(PRODUCTION, {"shop": "1", "erp": "2"}))
    assert [one.answer for one in both] == [Answer.YES, Answer.YES]


def _served(team: Team, *pacts: Any) -> None:
    """A deployed ERP that verified each consumer's pact, each of them deployed."""
    team.provider("1", document())
    team.deployed("erp", "1")
    for number, pact in enumerate(pacts):
        team.consumer(f"c{number}", "1", pact)
        team.verified(f"c{number}", "1", "1")
        team.deployed(f"c{number}", "1")


def test_a_change_breaks_only_those_who_rely_on_it(team: Team) -> None:
    _served(team, READS_ALL, READS_STATUS)
    team.provider("2", without("total"))
    found = team.ask("erp", "2")
    assert {row.consumer: row.answer for row in found.rows} == {"c0": Answer.NO, "c1": Answer.YES}
    detail = found.blocking[0].details[0]
    assert (detail.interaction, detail.field) == ("an order", "response 200 body total")
    assert [place.file for place in detail.places] == ["pacts/c0-erp.json", "openapi/erp.json"]
    assert {row.by for row in found.rows} == {By.DOCUMENT, By.COMPARISON}


def test_a_breaking_change_that_nobody_relies_on_is_told_and_does_not_block(team: Team) -> None:
    _served(team, READS_STATUS)
    team.provider("2", without("total"))
    found = team.ask("erp", "2")
    assert found.answer is Answer.YES
    where = "GET /orders/{id}, POST /orders: 200/total"
    told = f"breaks since 1, and nobody deployed relies on it: {where}: total was removed, and was required"
    assert found.notes == (told,)


def test_a_type_that_widens_is_found_by_comparison_alone(team: Team) -> None:
    _served(team, READS_ALL, READS_STATUS)
    told = document()
    told["components"]["schemas"]["Order"]["properties"]["total"]["type"] = ["number", "string"]
    team.provider("2", told)
    found = team.ask("erp", "2")
    assert {row.consumer: (row.answer, row.by) for row in found.rows} == {
        "c0": (Answer.NO, By.COMPARISON), "c1": (Answer.YES, By.COMPARISON),
    }  # fmt: skip
    assert team.ask("erp", "2", only_verified=True).answer is Answer.UNKNOWN


def test_documents_alone_do_not_serve_unless_the_provider_is_a_vendor(team: Team) -> None:
    _served(team, READS_ALL)
    team.consumer("new", "1", READS_STATUS)
    assert team.ask("new", "1").answer is Answer.UNKNOWN
    team.vendor()
    assert team.ask("new", "1").answer is Answer.YES


def test_a_clean_comparison_with_what_was_never_verified_serves_for_a_vendor_alone(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1", document())
    team.provider("2", document())
    team.deployed("shop", "1")
    team.deployed("erp", "1")
    assert team.ask("erp", "2").answer is Answer.UNKNOWN
    team.vendor()
    assert (team.ask("erp", "2").answer, team.ask("erp", "2").rows[0].by) == (Answer.YES, By.COMPARISON)


def test_one_version_that_verified_the_pact_and_breaks_nothing_since_is_enough(team: Team) -> None:
    _served(team, READS_ALL)
    team.provider("2", document())
    assert team.ask("erp", "2").answer is Answer.YES
    told = document()
    told["components"]["schemas"]["Order"]["properties"]["total"]["type"] = "integer"
    team.provider("odd", told)
    team.verified("c0", "1", "odd")
    assert team.ask("erp", "2").answer is Answer.YES
    team.deployed("erp", "odd")
    assert team.ask("erp", "2").answer is Answer.YES


def test_a_vendor_who_never_runs_pact_is_judged_by_the_document(team: Team) -> None:
    team.provider("1", document())
    team.vendor()
    team.deployed("erp", "1")
    team.consumer("shop", "1", READS_ALL)
    team.consumer("odd", "1", reading({"state": "open"}))
    assert team.ask("shop", "1").rows[0].by is By.DOCUMENT
    assert team.ask("shop", "1").answer is Answer.YES
    assert team.ask("odd", "1").answer is Answer.NO
    message = {"type": "Asynchronous/Messages", "description": "shipped"}
    team.consumer("listener", "1", message)
    assert team.ask("listener", "1").answer is Answer.UNKNOWN


def test_messages_are_judged_by_webhooks_and_a_change_hits_who_reads_the_field(team: Team) -> None:
    def hooked(kind: str) -> Any:
        told = document()
        schema = {
            "type": "object",
            "required": ["id", "site"],
            "properties": {"id": {"type": "string"}, "site": {"type": kind}},
        }
        body = {"content": {"application/json": {"schema": schema}}}
        return {**told, "webhooks": {"shipped": {"post": {"requestBody": body, "responses": {}}}}}

    team.provider("1", hooked("string"))
    team.provider("2", hooked("integer"))
    team.vendor()
    team.deployed("erp", "1")
    for name, content in (("one", {"id": "1"}), ("two", {"id": "1", "site": "LDS"})):
        message = {
            "type": "Asynchronous/Messages",
            "description": "shipped",
            "contents": {"content": content, "encoded": False},
        }
        team.consumer(name, "1", message)
        assert team.ask(name, "1").answer is Answer.YES
        team.deployed(name, "1")
    assert {row.consumer: row.answer for row in team.ask("erp", "2").rows} == {"one": Answer.YES, "two": Answer.NO}


def test_what_the_deployed_vendor_lacks_already_is_told_and_does_not_block_the_next(team: Team) -> None:
    team.provider("1", document())
    team.provider("2", document())
    team.consumer("odd", "1", reading({"state": "open"}))
    team.deployed("erp", "1")
    team.deployed("odd", "1")
    found = team.ask("erp", "2")
    assert (found.answer, found.rows[0].standing) == (Answer.YES, Standing.AS_DEPLOYED)
    team.provider("3", without("status"))
    team.consumer("odd", "2", reading({"state": "open", "status": "open"}))
    team.deployed("odd", "2")
    assert [one.field for one in team.ask("erp", "3").blocking[0].details] == ["response 200 body status"]


def test_a_pact_that_the_main_branch_never_verified_is_pending_for_the_provider_alone(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.deployed("shop", "1")
    team.deployed("erp", "1")
    team.verified("shop", "1", "1", Verdict.FAIL)
    found = team.ask("erp", "1")
    assert (found.answer, found.rows[0].standing) == (Answer.YES, Standing.PENDING)
    assert team.ask("shop", "1").answer is Answer.NO
    team.provider("b", branch="feature")
    team.verified("shop", "1", "b")
    assert team.ask("erp", "1").answer is Answer.YES
    team.provider("2")
    team.verified("shop", "1", "2")
    assert team.ask("erp", "1").answer is Answer.NO


def test_a_failure_that_documents_foresaw_or_forbid_is_not_pending(team: Team) -> None:
    """What is deployed serves the pact as far as its vendor's document says, so the provider knows what it breaks."""
    team.consumer("shop", "1", READS_ALL)
    team.provider("1", document())
    team.vendor()
    team.deployed("erp", "1")
    team.deployed("shop", "1")
    team.provider("2", document())
    team.provider("3", without("total"))
    assert team.ask("erp", "2").answer is Answer.YES
    assert team.ask("erp", "3").answer is Answer.NO
    for version, told in (("2", "though nothing that shop uses breaks"), ("3", "does not promise")):
        team.verified("shop", "1", version, Verdict.FAIL)
        found = team.ask("erp", version)
        assert (found.answer, found.rows[0].by, told in found.rows[0].reason) == (Answer.NO, By.VERIFICATION, True)


def test_work_in_progress_is_told_and_does_not_block(team: Team) -> None:
    team.provider("1")
    team.consumer("shop", "9", reading(ORDER, status=404), branch="feature")
    assert team.ask("erp", "1").rows == ()
    found = team.ask("erp", "1", in_progress_since_us=0)
    assert (found.answer, found.rows[0].standing) == (Answer.YES, Standing.IN_PROGRESS)
    assert team.ask("erp", "1", in_progress_since_us=team.now_us + 1).rows == ()
    team.verified("shop", "9", "1")
    assert team.ask("erp", "1", in_progress_since_us=0).rows == ()


def test_one_that_is_ignored_is_told_and_does_not_block(team: Team) -> None:
    team.consumer("shop", "1", READS_ALL)
    team.provider("1")
    team.deployed("erp", "1")
    found = team.ask("shop", "1", ignored=frozenset({"erp"}))
    assert (found.answer, found.rows[0].standing) == (Answer.YES, Standing.IGNORED)


def test_checks_of_the_version_itself_count(team: Team) -> None:
    team.provider("1", document())
    team.checked(Check.FUZZ, "1", Verdict.PASS)
    assert team.ask("erp", "1").answer is Answer.YES
    assert team.ask("erp", "1", required=(Check.FUZZ, Check.BEHAVIOUR)).answer is Answer.UNKNOWN
    team.checked(Check.BEHAVIOUR, "1", Verdict.FAIL)
    assert team.ask("erp", "1").answer is Answer.NO
    team.checked(Check.BEHAVIOUR, "1", Verdict.PENDING)
    assert team.ask("erp", "1").answer is Answer.YES


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question("prodcution", {"erp": "1"}), "did you mean 'production'"),
        (Question(PRODUCTION, {"erb": "1"}), "did you mean 'erp'"),
        (Question(PRODUCTION, {"erp": "7"}), "erp has no version 7"),
        (Question(PRODUCTION, {"erp": "1"}, frozenset({"crm"})), "no pacticipant 'crm'"),
    ],
)
def test_what_is_not_known_is_refused(team: Team, question: Question, told: str) -> None:
    team.provider("1")
    with pytest.raises(InputError) as refused:
        ask(team.book, question)
    assert told in str(refused.value)
