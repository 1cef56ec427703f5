"""A write that asks for the version that was read: to refuse it without one (428) or with another (412) is no fault."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.verification.fuzz.baseline import Baseline
from sandbox.verification.fuzz.fuzzing import fuzz
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.result import outcome_of
from sandbox.verification.fuzz.target import Target

PROBLEM = {"description": "refused", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
COUNT = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer", "minimum": 0}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "stock", "version": "1"},
    "paths": {
        "/stock": {
            "put": {
                "operationId": "count",
                "parameters": [{"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"required": True, "content": {"application/json": {"schema": COUNT}}},
                "responses": {
                    "200": {"description": "counted", "content": {"application/json": {"schema": COUNT}}},
                    **dict.fromkeys(("400", "412", "422", "428"), PROBLEM),
                },
            }
        }
    },
}


def stock(*, asks: bool = True) -> Starlette:
    """The API: conditions come before the body. Where it does not ask, a write without If-Match is taken."""

    async def count(request: Request) -> Response:
        condition = request.headers.get("if-match")
        if condition is None and asks:
            return problem(428)
        if condition not in (None, '"1"'):
            return problem(412)
        try:
            counted = json.loads(await request.body())["count"]
        except (ValueError, KeyError, TypeError):
            return problem(422)
        whole = type(counted) in (int, float) and counted >= 0 and counted % 1 == 0
        return JSONResponse({"count": int(counted)}) if whole else problem(422)

    return Starlette(routes=[Route("/stock", count, methods=["PUT"])])


def problem(status: int) -> Response:
    return JSONResponse({"status": status}, status, media_type="application/problem+json")


@pytest.mark.parametrize(
    ("asks", "found"), [(True, set()), (False, {"missing_required_header", "negative_data_rejection"})]
)
def test_only_a_write_that_is_taken_without_its_condition_is_found(asks: bool, found: set[str]) -> None:
    checks = ("positive_data_acceptance", "negative_data_rejection", "missing_required_header")
    target = Target("stock", deepcopy(DOCUMENT), "http://stock.test", app=stock(asks=asks))
    run = fuzz(target, FuzzPlan(seed=1, examples=20, checks=checks), lambda *_: None)
    outcome = outcome_of(run, Baseline((), date(2026, 11, 21)))
    assert {finding.check for finding in outcome.new} == found
    assert outcome.operations[0].checks["missing_required_header"] > 0
