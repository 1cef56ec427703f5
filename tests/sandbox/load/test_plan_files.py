"""What Locust's processes are told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.load.plan_files import write_plan
from sandbox.load.request import LoadRequest
from sandbox.load.shapes import SHAPES
from sandbox.runs.library import find_scenario
from sandbox.runs.scenario import load_scenario


@pytest.mark.parametrize(
    ("asked", "core_url"),
    [({}, "core"), ({"host": "10.0.0.1"}, None), ({"expect_workers": 2}, None)],
)
def test_the_core_is_asked_by_those_alone_who_have_its_token(
    asked: dict[str, Any], core_url: str | None, tmp_path: Path
) -> None:
    scenario = load_scenario(find_scenario("normal_day"))
    rest: dict[str, Any] = {"stack": "light", "folder": tmp_path, "repeat": "", **asked}
    request = LoadRequest(scenario, SHAPES["steady"], 0.1, None, 2.0, 1, 60.0, **rest)
    landscape: Any = SimpleNamespace(
        folder=SimpleNamespace(path=tmp_path),
        systems=[SimpleNamespace(name=name, url=name) for name in ("commerce", "wms")],
        core=SimpleNamespace(url="core"),
    )
    plan, path = write_plan(request, [], landscape, 100.0)
    assert plan.core_url == core_url
    assert path.is_file()
