"""Documents that people give: broken ones are told with file, line and reason, or their operations are."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.verification.fuzz.baseline import Baseline
from sandbox.verification.fuzz.foreign import filled, foreign_target, read_values
from sandbox.verification.fuzz.fuzzing import fuzz
from sandbox.verification.fuzz.operations import operations_of
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.result import outcome_of
from tests.sandbox.verification.fuzz.shelf import DOCUMENT, Shelves

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("openapi: 3.1.0\npaths: {'/a': {get: {\n", "api.yaml:3"),
        ("- just\n- a list\n", "api.yaml:1: keys and values were expected"),
        ("title: no contract\n", "api.yaml:1: this is no OpenAPI document"),
        ("info: {}\nopenapi: 4.0.0\npaths: {}\n", "api.yaml:2: OpenAPI 4.0.0 can't be fuzzed"),
        (HEAD + "paths:\n  /a:\n    - get\n", "api.yaml:4: /paths/~1a: keys and values were expected"),
        (HEAD + "paths:\n  /a:\n    get: 3\n", "api.yaml:5: /paths/~1a/get: keys and values were expected"),
        (HEAD + "paths: {}\n", "it has no operations"),
    ],
)
def test_a_broken_document_is_told_with_file_line_and_reason(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        foreign_target(str(path), "http://shelves.test", {}, {})
    assert told in str(error.value)


def test_an_operation_that_is_broken_is_not_testable_and_the_others_are_tested(tmp_path: Path) -> None:
    document = deepcopy(DOCUMENT)
    document["paths"]["/broken"] = {
        "post": {
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nowhere"}}}},
            "responses": {"200": {"description": "never"}},
        }
    }
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document, indent=1))
    target = replace(foreign_target(str(path), "http://shelves.test", {}, {}, "shelves"), app=Shelves())
    found = outcome_of(fuzz(target, FuzzPlan(examples=3), lambda *_: None), Baseline((), date(2026, 11, 21)))
    broken = next(one for one in found.operations if one.operation == "POST /broken")
    assert broken.verdict.value == "not testable"
    line = path.read_text().splitlines().index('        "$ref": "#/components/schemas/Nowhere"')  # of the key above
    assert broken.why is not None
    assert broken.why.startswith(f"{path}:{line}: ")
    assert "refers to #/components/schemas/Nowhere, which is not there" in broken.why
    assert (found.tested, found.not_tested) == (2, 1)
    made = next(one for one in found.operations if one.operation_id == "putOnShelf")
    assert path.read_text().splitlines()[made.line - 1].strip() == '"post": {'  # type: ignore[operator]


def test_the_methods_are_those_of_openapi_3_2() -> None:
    paths = {"/search": {"query": {"operationId": "search"}, "summary": "None of its methods"}}
    assert [one.names for one in operations_of({"paths": paths})] == [("QUERY /search", "search")]


def test_the_first_server_of_the_document_is_called_unless_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps({**DOCUMENT, "servers": [{"url": "https://shelves.example.com/v3/"}]}))
    assert foreign_target(str(path), None, {}, {}).base_url == "https://shelves.example.com/v3"
    assert foreign_target(str(path), None, {}, {}).subject == "shelves.example.com"
    path.write_text(json.dumps({**DOCUMENT, "servers": [{"url": "/v3"}]}))
    with pytest.raises(InputError, match="give --base-url"):
        foreign_target(str(path), None, {}, {})
    with pytest.raises(InputError, match="no http or https URL"):
        foreign_target(str(path), "shelves.test:80", {}, {})


def test_known_values_are_texts_and_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text("sku: [CUP, LAMP]\nline: 1\n")
    assert read_values(path) == {"sku": ("CUP", "LAMP"), "line": (1,)}
    path.write_text("sku: [CUP]\nprice: [1.5]\n")
    with pytest.raises(InputError, match=r"values.yaml:2: price: texts and whole numbers"):
        read_values(path)


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELF_TOKEN", "s3cret")
    assert filled("Bearer ${SHELF_TOKEN}", "--header") == "Bearer s3cret"
    with pytest.raises(InputError, match="--header: the environment variable NO_SUCH is not set"):
        filled("${NO_SUCH}", "--header")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"checks": ("not_a_server_eror",)}, "did you mean 'not_a_server_error'"),
        ({"phases": ("fuzz",)}, "did you mean 'fuzzing'"),
        ({"examples": 0}, "--examples: is 1 or more"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as error:
        FuzzPlan(**given)  # type: ignore[arg-type]
    assert told in str(error.value)


def test_an_operation_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(DOCUMENT))
    target = foreign_target(str(path), "http://shelves.test", {}, {})
    with pytest.raises(InputError, match="no operation is chosen; there are putOnShelf, getShelf"):
        fuzz(target, FuzzPlan(operations=("POST /nowhere",)), lambda *_: None)
