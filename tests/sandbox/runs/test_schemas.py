"""The JSON Schemas for editors are current, and agree with the loader about what is shipped."""

from __future__ import annotations

import json

import jsonschema
import pytest
from ruamel.yaml import YAML

from sandbox.runs import library
from sandbox.runs.schemas import MODELS, schema_text


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_schema_is_current(name: str) -> None:
    written = (library.shipped_folder() / "schemas" / name).read_text(encoding="utf-8")
    assert written == schema_text(name), "write it anew: sandbox scenarios --schemas scenarios/schemas"


def test_what_is_shipped_fits_its_schema() -> None:
    checked = 0
    for name, files in (("scenario", library.scenarios()), ("design", library.designs())):
        validator = jsonschema.Draft202012Validator(json.loads(schema_text(f"{name}.schema.json")))
        for path in files.values():
            data = json.loads(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8")), default=str))
            assert [error.message for error in validator.iter_errors(data)] == [], path
            checked += 1
    assert checked >= 7


@pytest.mark.parametrize(
    "wrong", [{"outge": {}}, {"outage": {"sytem": "erp"}}, {"slow": {"system": "erp", "by": "long"}}, {}]
)
def test_an_editor_sees_a_wrong_fault(wrong: object) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text("scenario.schema.json")))
    scenario = {"title": "T", "demand": {"orders_per_day": 5}, "faults": [wrong]}
    assert not validator.is_valid(scenario)
    assert validator.is_valid({**scenario, "faults": [{"slow": {"system": "erp", "by": "2s"}}]})
