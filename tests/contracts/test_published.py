"""What is published is what runs, in a version that says what has changed since the last release."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v31

from mock_systems.__main__ import main
from sandbox.verification.published.checking import check, unspoken
from sandbox.verification.published.contract import Contract, Kind
from sandbox.verification.published.index import State, read_index
from sandbox.verification.published.previous import last_released
from sandbox.verification.published.running import running

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"


@cache
def spoken() -> tuple[Contract, ...]:
    return running()


def of_kind(kind: Kind) -> list[Contract]:
    return [contract for contract in spoken() if contract.kind is kind]


def test_every_contract_runs_as_it_is_published_and_has_the_version_that_it_needs() -> None:
    index = read_index(CONTRACTS)
    found = check(spoken(), index, CONTRACTS, last_released(CONTRACTS))
    assert len(found) >= 36
    assert not [f"{one.contract.title} {finding}" for one in found for finding in one.findings]
    assert not unspoken(spoken(), index), "nobody speaks it: retire it"


def test_every_contract_is_released_and_none_is_a_draft() -> None:
    assert not [entry.name for entry in read_index(CONTRACTS).contracts if entry.state is State.DRAFT]
    known = last_released(CONTRACTS)
    assert not [contract.title for contract in spoken() if known(contract.kind, contract.name) is None]


def test_nothing_lies_in_the_folder_that_the_index_does_not_name() -> None:
    named = {CONTRACTS / entry.path for entry in read_index(CONTRACTS).contracts}
    for folder in ("openapi", "asyncapi", "events"):
        assert set((CONTRACTS / folder).rglob("*.json")) <= named


@pytest.mark.parametrize("contract", of_kind(Kind.OPENAPI), ids=lambda one: one.name)
def test_each_openapi_document_keeps_to_the_specification(contract: Contract) -> None:
    document = json.loads(contract.text())
    assert not [error.message for error in jsonschema_rs.validator_for(dict(schema_v31)).iter_errors(document)]
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


@pytest.mark.campaign
@pytest.mark.parametrize("contract", of_kind(Kind.OPENAPI), ids=lambda one: one.name)
def test_each_openapi_document_passes_the_validator_of_the_field(contract: Contract) -> None:
    assert not [error.message for error in OpenAPIV31SpecValidator(json.loads(contract.text())).iter_errors()]


def test_the_asyncapi_document_keeps_to_the_specification() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own models warn of their field names
        from asyncapi3 import AsyncAPI3
    (events,) = of_kind(Kind.ASYNCAPI)
    AsyncAPI3.model_validate(json.loads(events.text()))


@pytest.mark.parametrize("contract", of_kind(Kind.EVENT), ids=lambda one: one.name)
def test_each_event_schema_is_a_json_schema_that_knows_its_version(contract: Contract) -> None:
    Draft202012Validator.check_schema(contract.document)
    assert contract.document["$id"] == f"urn:sandbox:event:{contract.name.replace('/', ':')}:{contract.version}"


def test_each_webhook_of_a_system_is_an_event_with_a_schema() -> None:
    systems = [one for one in of_kind(Kind.OPENAPI) if "webhooks" in one.document]
    webhooks = {f"{system.name}/{topic}" for system in systems for topic in system.document["webhooks"]}
    assert webhooks == {one.name for one in of_kind(Kind.EVENT) if not one.name.startswith("core/")}


def test_every_reference_leads_somewhere() -> None:
    for contract in spoken():
        for reference in references_in(contract.document):
            assert reference.startswith("#/"), f"{contract.title} is not self-contained: {reference}"
            value: Any = contract.document
            for part in reference[2:].split("/"):
                value = value[part.replace("~1", "/").replace("~0", "~")]


def references_in(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for each in value for found in references_in(each)]
    if not isinstance(value, Mapping):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for each in value.values() for found in references_in(each)]


def test_the_command_of_the_mocks_writes_them_and_refuses_a_wrong_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "made")]) == 0
    assert len(list((tmp_path / "made").glob("*.json"))) == 5
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
