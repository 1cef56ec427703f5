"""Documents as they really are: large, in cycles, with what nobody can send. They load and are fuzzed to the end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from sandbox.verification.fuzz.baseline import Baseline
from sandbox.verification.fuzz.foreign import foreign_target
from sandbox.verification.fuzz.fuzzing import fuzz
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.result import FuzzOutcome, outcome_of
from tests.sandbox.verification.diff.test_documents_of_size import large

# No part of the project: public documents, kept beside it.
SPECS = Path(__file__).resolve().parents[5] / "shared/data/specs"
REAL = ("sap_API_SALES_ORDER_SRV.json", "sap_CE_SALESORDER_0001.json", "ups_Shipping.yaml")


async def yes_to_all(scope: Scope, receive: Receive, send: Send) -> None:
    """A server that answers anything with an empty object."""
    if scope["type"] != "http":
        raise RuntimeError("this app has no life span")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


def fuzzed(path: Path, plan: FuzzPlan) -> FuzzOutcome:
    target = replace(foreign_target(str(path), "http://any.test", {}, {}, path.stem), app=yes_to_all)
    return outcome_of(fuzz(target, plan, lambda *_: None), Baseline((), date(2026, 11, 21)))


def test_schemas_that_all_refer_to_each_other(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps(large(40, "string")))
    found = fuzzed(path, FuzzPlan(examples=1, phases=("fuzzing",)))
    assert (len(found.operations), found.errors) == (40, [])
    assert found.tested == 40


@pytest.mark.campaign
@pytest.mark.parametrize("name", REAL)
def test_real_documents_of_vendors(name: str) -> None:
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"{name} is not there: put public OpenAPI documents into {SPECS}")
    found = fuzzed(path, FuzzPlan(examples=1, phases=("fuzzing",)))
    assert found.cases > 0
    assert found.tested + found.not_tested == len(found.operations)
    assert not [error for error in found.errors if "Internal" in error]
