"""`sandbox contracts record`, `gate`, `matrix` and `environments`: a vendor's new version, from the console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.verification.gate.team import READS_ALL, READS_STATUS, without
from tests.sandbox.verification.pacts_against_openapi.vendor import document, pact_of


class Console:
    """Commands in a folder with a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, code: int = 0) -> Result:
        options = ("--database", f"sqlite:///{self.folder}/gate.sqlite")
        result = CliRunner().invoke(app, ["contracts", *words, *options])
        assert result.exit_code == code, result.output + result.stderr
        return result

    def file(self, name: str, told: Any) -> str:
        """A file with a value as JSON."""
        path = self.folder / name
        path.write_text(json.dumps(told, indent=1))
        return str(path)


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """Production has an ERP of which a shop reads all and a label printer the status."""
    console = Console(tmp_path)
    console("record", "environment", "production", "--production")
    file = console.file("erp-1.json", document())
    console("record", "provider", "-a", "erp", "-e", "1", "--openapi", file, "--vendor")
    for name, pact in (("shop", READS_ALL), ("label", READS_STATUS)):
        file = console.file(f"{name}.json", pact_of(pact, consumer=name))
        console("record", "consumer", "--pact", file, "--version", "1", "--branch", "main", "--main-branch", "main")
    for name in ("erp", "shop", "label"):
        console("record", "deployment", "-a", name, "-e", "1", "--environment", "production")
    return console


def test_a_vendors_version_is_stopped_for_those_who_rely_on_what_it_changes(console: Console) -> None:
    console("record", "provider", "-a", "erp", "-e", "2", "--openapi", console.file("erp-2.json", without("total")))
    result = console("gate", "--environment", "production", "-a", "erp", "-e", "2", code=1)
    told = " ".join(result.stdout.split())
    assert "erp 2 may not be deployed to production" in told
    assert "no field 'total' is declared" in told
    asked = ("gate", "--environment", "production", "-a", "erp", "-e", "2")
    answer = json.loads(console(*asked, "--json", code=1).stdout)
    assert (answer["check"], answer["verdict"], answer["versions"]) == ("gate", "fail", {"erp": "2"})
    assert {row["consumer"]: row["answer"] for row in answer["verdicts"][0]["rows"]} == {"shop": "no", "label": "yes"}
    reports = {name: console.folder / "out" / f"gate.{name}" for name in ("junit", "sarif", "markdown", "html")}
    console(*asked, "--dry-run", *(word for name, path in reports.items() for word in (f"--{name}", str(path))))
    assert all("total" in path.read_text() for path in reports.values())
    console(*asked, "--ignore", "shop")


def test_everyone_is_asked_where_nobody_is_named(console: Console) -> None:
    answer = json.loads(console("gate", "--environment", "production", "--json").stdout)
    assert [(one["pacticipant"], one["answer"]) for one in answer["verdicts"]] == [
        ("erp", "yes"), ("label", "yes"), ("shop", "yes"),
    ]  # fmt: skip


def test_a_result_unblocks_and_the_gate_may_wait_for_it(console: Console) -> None:
    console("record", "provider", "-a", "erp", "-e", "3", "--branch", "main")
    asked = ("gate", "--environment", "production", "-a", "erp", "--branch", "main")
    waited = console(*asked, "--retry-while-unknown", "2", "--retry-interval", "0.01", code=1)
    assert waited.stderr.count("asking again") == 2
    for name in ("shop", "label"):
        outcome = {"check": "pact", "subject": f"{name}->erp", "verdict": "pass", "tested": 1, "versions": {name: "1"}}
        file = console.file("result.json", outcome)
        console("record", "result", file, "--version", "erp=3", "--dry-run")
        console(*asked, code=1)
        console("record", "result", file, "--version", "erp=3")
    console(*asked)
    told = " ".join(console("matrix", "-a", "shop").stdout.split())
    assert "shop 1 production erp 3 pass" in told
    assert len(json.loads(console("matrix", "--json").stdout)["matrix"]) == 2


def test_environments_tell_what_is_there(console: Console) -> None:
    console("record", "environment", "test")
    console("record", "release", "-a", "shop", "-e", "1", "--environment", "test")
    told = " ".join(console("environments").stdout.split())
    assert "production (production) erp 1" in told
    assert "test shop 1 released" in told
    console("record", "support-ended", "-a", "shop", "-e", "1", "--environment", "test")
    console("record", "undeployment", "-a", "erp", "--environment", "production")
    found = json.loads(console("environments", "--json").stdout)["environments"]
    assert [(one["name"], len(one["deployed"])) for one in found] == [("production", 2), ("test", 0)]


MISTAKES = (
    (("gate", "--environment", "prodution"), "did you mean 'production'"),
    (("gate", "--environment", "production", "-a", "erb"), "did you mean 'erp'"),
    (("gate", "--environment", "production", "-a", "erp", "--branch", "x"), "no version of the branch"),
    (("gate", "--environment", "production", "-e", "1"), "0 pacticipants and 1 versions"),
    (("gate", "--environment", "production", "--include-wip-since", "monday"), "is no date"),
    (("record", "deployment", "-a", "erp", "-e", "9", "--environment", "production"), "erp 9 is not recorded"),
)


def test_bad_input_ends_with_2(console: Console) -> None:
    for words, told in MISTAKES:
        assert told in console(*words, code=2).stderr


def test_documents_that_lean_on_others_and_results_of_nothing_are_refused(console: Console) -> None:
    leaning = document()
    leaning["components"]["schemas"]["Line"] = {"$ref": "other.json#/Line"}
    console.file("other.json", {"Line": {}})
    file = console.file("leaning.json", leaning)
    assert (
        "bundle the document" in console("record", "provider", "-a", "x", "-e", "1", "--openapi", file, code=2).stderr
    )
    file = console.file("result.json", {"check": "fuzz", "subject": "erp", "verdict": "pass", "tested": 0})
    assert "nothing was tested" in console("record", "result", file, "--version", "erp=1", code=2).stderr
