"""`sandbox contracts events`, and `sandbox run --contracts`: what they say, and how they end."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.verification.messages.test_reading import milestone


def events(*words: str) -> Result:
    return CliRunner().invoke(app, ["contracts", "events", *words])


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "recorded.ndjson"
    unknown = milestone(type="a.b", source="/x", dataschema="urn:y")
    wrong = milestone(data={"order": 1, "status": "received", "version": 1})
    path.write_text("\n".join(map(json.dumps, (milestone(), wrong, unknown))))
    return path


def test_it_tells_what_is_wrong_and_what_was_not_tested(recorded: Path) -> None:
    result = events(str(recorded))
    said = " ".join(result.stdout.split())
    assert result.exit_code == 1
    assert "recorded.ndjson:2 core/order.milestone 1.0.0 /data/order" in said
    assert "not tested: 1 (there is no type a.b)" in said
    assert "2 messages tested: 1 findings" in said


def test_json_has_the_common_shape(recorded: Path) -> None:
    told = json.loads(events(str(recorded), "--json").stdout)
    assert (told["check"], told["verdict"], told["tested"], told["not_tested"]) == ("events", "fail", 2, 1)
    assert told["findings"][0]["pointer"] == "/data/order"
    assert told["events"] == {"core/order.milestone 1.0.0": 2}


def test_how_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(milestone()))
    assert events(str(path)).exit_code == 0
    path.write_text("[]")
    nothing = events(str(path))
    assert (nothing.exit_code, "nothing was tested" in nothing.stdout) == (1, True)
    path.write_text('{"a": \n oh}')
    broken = events(str(path))
    assert (broken.exit_code, "one.json, line 2" in broken.stderr or ":2" in broken.stderr) == (2, True)
    assert events(str(tmp_path / "none.json")).exit_code == 2


def test_without_the_extra_it_says_what_to_install(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    result = events(str(recorded))
    assert result.exit_code == 2
    assert "pip install 'distribution-erp-sandbox[contracts]'" in " ".join(result.stderr.split())


def tiny_run(tmp_path: Path, **more: Any) -> tuple[Path, Result]:
    path, place = tmp_path / "tiny.yaml", tmp_path / "run"
    blocks = {
        "title": "A tiny day",
        "world": {"start": "2011-11-14", "days": 1},
        "demand": {"orders_per_day": 5, "skus": 3, "customers": 2},
        "phases": {"settle": "6h"},
        **more,
    }
    with path.open("w") as file:
        YAML(typ="safe").dump(blocks, file)
    return place, CliRunner().invoke(app, ["run", str(path), "--contracts", "--out", str(place)])


def test_what_a_run_excuses_is_excused_where_its_folder_is_checked(tmp_path: Path) -> None:
    """And what is wrong besides has the line of the file that the run keeps."""
    place, result = tiny_run(tmp_path, faults=[{"webhook_poisoned": {"system": "commerce", "topic": "order.created"}}])
    assert result.exit_code == 0, result.output
    checked = events(str(place))
    assert checked.exit_code == 0, checked.output
    assert "(commerce/order.created, spoilt by F1)" in checked.stdout
    assert "all others fit" in checked.stdout
    kept = place / "messages.ndjson"
    lines = kept.read_text().splitlines()
    drifted = json.loads(next(line for line in lines if '"order.milestone"' in line))
    del drifted["body"]["data"]["status"]
    kept.write_text("\n".join([*lines, json.dumps(drifted)]))
    checked = events(str(place), "--json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["verdict"]) == (1, "fail")
    (finding,) = told["findings"]
    assert (finding["file"], finding["line"]) == (str(kept), len(lines) + 1)
    assert list(told["excused"]) == ["commerce/order.created, spoilt by F1"]


def test_a_run_checks_and_keeps_its_messages(tmp_path: Path) -> None:
    place, result = tiny_run(tmp_path)
    assert result.exit_code == 0
    assert "all keep their schema" in result.stdout
    assert "--contracts" in result.stdout.partition("Repeat:")[2]
    assert events(str(place)).exit_code == 0
    (place / "messages.ndjson").unlink()
    without = events(str(place))
    assert (without.exit_code, "--contracts" in without.stderr) == (2, True)
