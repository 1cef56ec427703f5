"""The mocks keep what the core relies on; one that drifts is found out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts.jobs import VerifierJobs
from sandbox.verification.pacts.providers.bench import StateFailed
from sandbox.verification.pacts.providers.mocks import served_mock
from sandbox.verification.pacts.providers.served import Served, at_url
from sandbox.verification.pacts.providers.states import STATES
from sandbox.verification.pacts.results import VerifiedPact
from sandbox.verification.pacts.verifying import How, Provider, verify_pact
from sandbox.verification.pacts_against_openapi.pact_file import Pact, read_pact
from tests.sandbox.verification.pacts.provided import ITEM_2, STOCK_3, Renaming, reporting

PACTS = Path(__file__).resolve().parents[4] / "contracts" / "pacts"


@pytest.fixture(scope="module")
def jobs() -> Iterator[VerifierJobs]:
    with VerifierJobs() as found:
        yield found


def verified(provider: Provider, pact: Pact, jobs: VerifierJobs) -> VerifiedPact:
    return verify_pact(pact, provider, jobs, How(), lambda _: None)


def some_of(system: str, folder: Path, *descriptions: str) -> Pact:
    """These interactions of the core's pact with a system."""
    document = json.loads((PACTS / f"sync-core-{system}.json").read_text())
    document["interactions"] = [one for one in document["interactions"] if one["description"] in descriptions]
    assert len(document["interactions"]) == len(descriptions)
    path = folder / "some.json"
    path.write_text(json.dumps(document))
    return read_pact(str(path))


@pytest.mark.parametrize("system", STATES)
def test_a_mock_keeps_what_the_core_relies_on(system: str, jobs: VerifierJobs) -> None:
    pact = read_pact(str(PACTS / f"sync-core-{system}.json"))
    with served_mock(system) as provider:
        result = verified(provider, pact, jobs)
    assert [(one.title, one.problems, one.reason) for one in result.interactions if one.verdict != "pass"] == []
    assert result.outcome.tested == len(pact.interactions) > 15
    assert result.outcome.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("system", "does", "field"),
    [
        ("erp", "post an invoice", "total_minor"),
        ("wms", "reserve more than there is", "short"),
        ("commerce", "a shopper has ordered", "seq"),
    ],
)
def test_a_mock_that_renames_a_field_is_found_out(
    system: str, does: str, field: str, jobs: VerifierJobs, tmp_path: Path
) -> None:
    app = Served(system, STATES[system]())
    pact = some_of(system, tmp_path, does)
    with at_url(Renaming(app, field, f"{field}_v2")) as url:
        provider = Provider(system, url, states=f"{url}/_pact/state", keeper=app, messages="/_pact/message", ours=True)
        result = verified(provider, pact, jobs)
    assert result.outcome.verdict is Verdict.FAIL
    (found,) = result.interactions
    assert field in " ".join(found.problems)
    assert result.outcome.findings[0].message.startswith(does)


def test_a_state_that_a_mock_does_not_know_is_a_finding_and_takes_no_time(jobs: VerifierJobs, tmp_path: Path) -> None:
    unknown = {**ITEM_2, "providerState": "an account and items were there"}
    with served_mock("erp") as provider:
        result = verified(provider, read_pact(str(reporting(tmp_path, [unknown]))), jobs)
    (found,) = result.interactions
    assert found.verdict is Verdict.FAIL
    assert found.problems == (
        "the mock erp knows no state 'an account and items were there'; did you mean 'an account and items are there'?",
    )


def test_a_state_that_does_not_come_about_is_a_finding(jobs: VerifierJobs, tmp_path: Path) -> None:
    states = dict(STATES["erp"]())

    def fails(params: Any) -> Any:
        raise StateFailed("the ERP refuses")

    app = Served("erp", states | {"an account and items are there": fails})
    with at_url(app) as url:
        provider = Provider("erp", url, states=f"{url}/_pact/state", keeper=app, ours=True)
        result = verified(provider, read_pact(str(reporting(tmp_path, [ITEM_2]))), jobs)
    assert "StateFailed: the ERP refuses" in result.interactions[0].problems[0]


@pytest.mark.parametrize(("version", "interaction"), [("2.0.0", ITEM_2), ("3.0.0", STOCK_3)])
def test_pacts_of_other_consumers_are_verified_whatever_their_specification(
    version: str, interaction: dict[str, Any], jobs: VerifierJobs, tmp_path: Path
) -> None:
    right = reporting(tmp_path, [interaction], version=version)
    with served_mock("erp") as provider:
        assert verified(provider, read_pact(str(right)), jobs).outcome.verdict is Verdict.PASS
        response = {**interaction["response"], "body": {"no_such_field": 1}}
        wrong = reporting(tmp_path, [{**interaction, "response": response}], version=version)
        result = verified(provider, read_pact(str(wrong)), jobs)
    assert result.outcome.verdict is Verdict.FAIL
    assert "no_such_field" in " ".join(result.interactions[0].problems)


def test_a_message_of_specification_3_is_verified_too(jobs: VerifierJobs, tmp_path: Path) -> None:
    message = {
        "description": "a customer has changed",
        "providerStates": [{"name": "a customer has changed", "params": {"customer": "C-1"}}],
        "contents": {"type": "customer.changed", "data": {"customer": "C-1"}},
        "metaData": {"contentType": "application/json"},
    }
    path = tmp_path / "crm-erp.json"
    document = {"consumer": {"name": "crm"}, "provider": {"name": "erp"}, "messages": [message]}
    path.write_text(json.dumps({**document, "metadata": {"pactSpecification": {"version": "3.0.0"}}}))
    with served_mock("erp") as provider:
        result = verified(provider, read_pact(str(path)), jobs)
    assert [one.verdict for one in result.interactions] == [Verdict.PASS]


def test_every_state_of_the_published_pacts_is_one_that_its_mock_knows() -> None:
    for path in PACTS.glob("sync-core-*.json"):
        pact = read_pact(str(path))
        asked = {state for one in pact.interactions for state in one.states}
        assert asked <= set(STATES[pact.provider]()), pact.provider


def test_every_state_of_every_mock_is_told_in_the_docs() -> None:
    told = (PACTS.parents[1] / "docs" / "contracts" / "states.md").read_text()
    states = {state for known in STATES.values() for state in known() if state}
    assert [state for state in sorted(states) if f"| {state} |" not in told] == []
