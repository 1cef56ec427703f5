"""`sandbox contracts fuzz`: what it prints and writes, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.verification.fuzz.shelf import DOCUMENT, Shelves

SHORT = ("--examples", "3", "--phase", "fuzzing", "--seed", "5", "--operation", "putOnShelf")


class Served(BaseHTTPRequestHandler):
    """The shelves over HTTP, for who shows the token; its contract says nothing of 401."""

    shelves = Shelves()
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, answer = self.shelves._put(body)
        if self.headers.get("authorization") != "Bearer s3cret":
            status, answer = 401, {}
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_request(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Where the shelves answer."""
    Served.shelves = Shelves()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The shelves' contract; the token is in the environment."""
    monkeypatch.setenv("SHELF_TOKEN", "s3cret")
    path = tmp_path / "shelves.json"
    path.write_text(json.dumps(DOCUMENT, indent=1))
    return str(path)


def fuzz(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["contracts", "fuzz", *words])


def test_an_api_that_keeps_its_contract_ends_with_0(url: str, contract: str) -> None:
    result = fuzz("--openapi", contract, "--base-url", url, "--token", "SHELF_TOKEN", *SHORT)
    assert result.exit_code == 0, result.output
    assert "POST /shelves" in result.stdout
    assert "pass: 1 pass; 0 new findings, 0 known" in result.stdout
    assert "s3cret" not in result.output


def test_findings_end_with_1_until_the_baseline_has_them(url: str, contract: str, tmp_path: Path) -> None:
    Served.shelves = Shelves("fails on odd input")
    asked = (
        "--openapi",
        contract,
        "--base-url",
        url,
        "--name",
        "shelves",
        "-H",
        "Authorization: Bearer ${SHELF_TOKEN}",
    )
    more = ("--examples", "30", "--seed", "5", "--operation", "putOnShelf", "--phase", "fuzzing")
    result = fuzz(*asked, *more, "--json", "--junit", str(tmp_path / "j.xml"), "--har", str(tmp_path / "h.har"))
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["check"], told["subject"], told["verdict"]) == ("fuzz", "shelves", "fail")
    assert told["versions"] == {"shelves": "3"}
    finding = next(one for one in told["findings"] if one["check"] == "not_a_server_error")
    assert (finding["code"], finding["operation"], finding["status"]) == ("ST101", "POST /shelves", 500)
    assert finding["curl"].startswith("curl -X POST")
    assert "s3cret" not in result.stdout
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert (suite.get("name"), suite.get("failures")) == ("fuzz shelves", "1")
    assert json.loads((tmp_path / "h.har").read_text())["log"]["entries"]

    known = tmp_path / "known.yaml"
    assert fuzz(*asked, *more, "--baseline", str(known), "--update-baseline").exit_code == 1
    again = fuzz(*asked, *more, "--baseline", str(known))
    assert again.exit_code == 0, again.output
    assert "known findings" in again.stdout


def test_nothing_tested_ends_with_1(url: str, contract: str, tmp_path: Path) -> None:
    result = fuzz("--openapi", contract, "--base-url", url, *SHORT, "--junit", str(tmp_path / "j.xml"))
    assert result.exit_code == 1
    assert "1 new findings, 0 known" in " ".join(result.stdout.split())
    assert ElementTree.parse(tmp_path / "j.xml").getroot().get("errors") == "1"
    assert "nothing was tested, so it fails" in result.stdout


def test_our_own_are_named(contract: str) -> None:
    result = fuzz("desk", "--operation", "listExceptions", "--examples", "2", "--phase", "fuzzing")
    assert result.exit_code == 0, result.output
    assert "desk: pass: 1 pass" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ehp",), "there is no system 'ehp'; did you mean 'erp'?"),
        (("erp", "--openapi", "x.yaml"), "name our own systems, or --openapi, not both"),
        (("--base-url", "http://x.test"), "--base-url needs --openapi"),
        (("erp", "--workers", "2"), "--workers: is for an API that is reached over HTTP"),
        (("--update-baseline",), "--update-baseline needs --baseline FILE"),
        (("--check", "ignored_outh"), "did you mean 'ignored_auth'?"),
        (("--openapi", "nowhere.yaml", "--base-url", "http://x.test"), "nowhere.yaml: "),
    ],
)
def test_bad_input_ends_with_2_and_says_what(words: tuple[str, ...], told: str) -> None:
    result = fuzz(*words)
    assert result.exit_code == 2
    assert told in result.output


def test_who_does_not_fuzz_need_not_have_schemathesis() -> None:
    code = "import sys, sandbox.cli.contracts_fuzz; print([name for name in sys.modules if 'schemathesis' in name])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
