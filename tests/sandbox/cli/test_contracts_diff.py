"""`sandbox contracts diff`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.verification.diff.pairs import answering, api

ORDER: dict[str, Any] = {"type": "object", "properties": {"id": {"type": "string"}, "total": {"type": "number"}}}
TEXT_TOTAL = {**ORDER, "properties": {**ORDER["properties"], "total": {"type": "string"}}}


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    """Two versions: the second has the total as text."""
    for name, schema in (("old.json", ORDER), ("new.json", TEXT_TOTAL)):
        (tmp_path / name).write_text(json.dumps(answering(schema), indent=1))
    return str(tmp_path / "old.json"), str(tmp_path / "new.json")


def diff(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["contracts", "diff", *words])


def test_a_breaking_change_is_listed_and_ends_with_1(pair: tuple[str, str]) -> None:
    result = diff(*pair)
    assert result.exit_code == 1
    assert "response-property-type-changed" in result.stdout
    assert "GET /orders" in result.stdout
    assert "application~1json/schema/properties/total/type" in "".join(result.stdout.split())
    assert "1 breaking, 1 dangerous, 0 safe" in " ".join(result.stdout.split())


def test_nothing_changed_ends_with_0(pair: tuple[str, str]) -> None:
    result = diff(pair[0], pair[0])
    assert result.exit_code == 0
    assert "nothing changed" in result.stdout


def test_json_has_every_part_of_a_change(pair: tuple[str, str]) -> None:
    told = json.loads(diff(*pair, "--json").stdout)
    assert (told["check"], told["verdict"], told["tested"]) == ("diff", "fail", 1)
    assert [finding["rule"] for finding in told["findings"]] == ["response-property-type-changed"]
    assert told["counts"] == {"breaking": 1, "dangerous": 1, "safe": 0}
    change = told["changes"][0]
    assert change["rule"] == "response-property-type-changed"
    assert (change["severity"], change["direction"]) == ("breaking", "response")
    assert change["subjects"] == ["200/total"]
    assert change["operations"] == ["GET /orders"]
    assert change["place"]["file"] == pair[1]
    assert change["place"]["pointer"].endswith("/schema/properties/total/type")
    line = Path(pair[1]).read_text().splitlines()[change["place"]["line"] - 1]
    assert line.strip() == '"type": "string"'


def test_when_to_fail_and_how_bad_a_rule_is_can_be_set(pair: tuple[str, str]) -> None:
    milder = ("--severity", "response-property-type-changed=dangerous")
    assert diff(*pair, "--fail-on", "never").exit_code == 0
    assert diff(*pair, *milder).exit_code == 0
    assert diff(*pair, *milder, "--fail-on", "dangerous").exit_code == 1


def test_a_mistake_in_a_severity_is_told(pair: tuple[str, str]) -> None:
    wrong = diff(*pair, "--severity", "response-property-type-change=safe")
    assert wrong.exit_code == 2
    assert "did you mean 'response-property-type-changed'?" in wrong.stderr
    assert diff(*pair, "--severity", "endpoint-added=harmless").exit_code == 2


def test_a_broken_document_ends_with_2_and_its_place(pair: tuple[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("openapi: 3.1.0\npaths:\n  /orders:\n    get: [1]\n")
    result = diff(pair[0], str(broken))
    assert result.exit_code == 2
    assert f"{broken}:4: /paths/~1orders/get: keys and values were expected" in result.stderr
    assert json.loads(diff(pair[0], str(broken), "--json").stdout)["errors"][0]["line"] == 4


def test_documents_of_two_kinds_are_not_compared(pair: tuple[str, str], tmp_path: Path) -> None:
    other = tmp_path / "schema.yaml"
    other.write_text("type: object\n")
    assert diff(pair[0], str(other)).exit_code == 2


def test_consumers_are_named_by_what_they_use(pair: tuple[str, str], tmp_path: Path) -> None:
    usage = tmp_path / "usage.yaml"
    usage.write_text("consumers:\n  shop: {operations: [GET /orders]}\n  label: {reads: {GET /orders: [id]}}\n")
    pacts = tmp_path / "pacts"
    pacts.mkdir()
    body = {"contentType": "application/json", "content": {"total": 1.5}}
    interaction = {"request": {"method": "GET", "path": "/orders"}, "response": {"status": 200, "body": body}}
    (pacts / "a.json").write_text(
        json.dumps({"consumer": {"name": "billing"}, "provider": {"name": "erp"}, "interactions": [interaction]})
    )
    told = json.loads(diff(*pair, "--usage", str(usage), "--pacts", str(pacts), "--json").stdout)
    assert [hit["consumer"] for hit in told["changes"][0]["hits"]] == ["billing", "shop"]
    assert told["unknown_uses"] == []
    usage.write_text("consumers:\n  shop: {operations: [GET /order]}\n  label: {reads: {'GET /orders/': [id]}}\n")
    told = json.loads(diff(*pair, "--usage", str(usage), "--pacts", str(pacts), "--json").stdout)
    assert told["unknown_uses"] == [{"consumer": "shop", "operation": "GET /order"}]
    words = " ".join(diff(*pair, "--usage", str(usage)).stdout.split())
    assert "shop uses 'GET /order', which neither has: did you mean 'GET /orders'?" in words
    assert "label uses" not in words


def test_a_rule_that_is_like_none_is_told_where_the_others_are_listed(pair: tuple[str, str]) -> None:
    result = diff(*pair, "--severity", "foo=safe")
    assert result.exit_code == 2
    assert result.stderr == "error: no rule is called 'foo'; sandbox contracts rules lists them\n"


def test_an_added_operation_is_shown_when_asked_for(tmp_path: Path) -> None:
    told = api()
    (tmp_path / "old.json").write_text(json.dumps({**told, "paths": {}}))
    (tmp_path / "new.json").write_text(json.dumps(told))
    files = str(tmp_path / "old.json"), str(tmp_path / "new.json")
    assert "endpoint-added" not in diff(*files).stdout
    assert "endpoint-added" in diff(*files, "--show", "safe").stdout


def test_a_rule_tells_its_reason(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["contracts", "rules", "response-property-enum-value-added"])
    assert told.exit_code == 0
    assert "a switch without a default" in " ".join(told.stdout.split())
    assert CliRunner().invoke(app, ["contracts", "rules", "nothing-of-the-kind"]).exit_code == 2
    assert len(json.loads(CliRunner().invoke(app, ["contracts", "rules", "--json"]).stdout)["rules"]) > 100
    assert CliRunner().invoke(app, ["contracts", "rules", "--pages", str(tmp_path)]).exit_code == 0
    assert (tmp_path / "README.md").exists()
