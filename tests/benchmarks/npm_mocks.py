"""Mock servers that a team would reach for, from npm: each serves the shop's `POST /orders`, with what state it can.

Prism checks requests against the OpenAPI document and answers with its example: it keeps nothing. Mockoon keeps each
order in a data bucket, and checks nothing. Mountebank runs a script, which keeps orders by Idempotency-Key and checks
what has to be there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.missing import Missing
from tests.benchmarks.server_process import free_port

ROOT = Path(__file__).parents[2]
PACKAGES = {"@stoplight/prism-cli": "5", "@mockoon/cli": "9", "@mbtest/mountebank": "2"}
_INSTALLED = ROOT / "build" / "npm"
_DOCUMENT = ROOT / "contracts" / "openapi" / "commerce.json"

Command = Callable[[Path, int], Sequence[str]]


def needs_npm() -> None:
    """Have the packages in build/npm, from the first time on. Raises Missing."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Missing("npm is not here: install Node.js 20 or newer")
    if all((_INSTALLED / "node_modules" / name).is_dir() for name in PACKAGES):
        return
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@^{major}" for name, major in PACKAGES.items()]
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(_INSTALLED), *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"npm could not install {', '.join(PACKAGES)}: {done.stderr.strip()[-500:]}")


def commands() -> dict[str, Command]:
    """How each is started, given a folder for its files and a port."""
    return {"prism-cli": _prism, "mockoon-cli": _mockoon, "mountebank": _mountebank}


def _binary(name: str) -> str:
    return str(_INSTALLED / "node_modules" / ".bin" / name)


def _prism(folder: Path, port: int) -> list[str]:
    document = json.loads(_DOCUMENT.read_text())
    document["paths"] = {"/orders": {"post": document["paths"]["/orders"]["post"]}}
    file = folder / "orders.json"
    file.write_text(json.dumps(document))
    return [_binary("prism"), "mock", str(file), "--port", str(port), "--verboseLevel", "silent"]


def _mockoon(folder: Path, port: int) -> list[str]:
    file = folder / "mockoon.json"
    file.write_text(json.dumps(_mockoon_environment(port)))
    start = ["start", "--data", str(file), "--disable-log-to-file", "--disable-admin-api"]
    return [_binary("mockoon-cli"), *start, "--max-transaction-logs", "1", "--hostname", "127.0.0.1"]


def _mockoon_environment(port: int) -> dict[str, Any]:
    response = {
        "uuid": "00000000-0000-4000-8000-000000000003",
        "body": "{}",
        "latency": 0,
        "statusCode": 200,
        "label": "",
        "headers": [],
        "bodyType": "DATABUCKET",
        "filePath": "",
        "databucketID": "ords",
        "sendFileAsBody": False,
        "rules": [],
        "rulesOperator": "OR",
        "disableTemplating": True,
        "fallbackTo404": False,
        "default": True,
        "crudKey": "id",
        "callbacks": [],
    }
    route = {
        "uuid": "00000000-0000-4000-8000-000000000002",
        "type": "crud",
        "documentation": "",
        "method": "",
        "endpoint": "orders",
        "responses": [response],
        "responseMode": None,
        "streamingMode": None,
        "streamingInterval": 0,
    }
    bucket = {"uuid": "00000000-0000-4000-8000-000000000004", "id": "ords", "name": "orders", "documentation": ""}
    return {
        "uuid": "00000000-0000-4000-8000-000000000001",
        "lastMigration": 33,
        "name": "commerce",
        "endpointPrefix": "",
        "latency": 0,
        "port": port,
        "hostname": "127.0.0.1",
        "folders": [],
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": route["uuid"]}],
        "proxyMode": False,
        "proxyHost": "",
        "proxyRemovePrefix": False,
        "tlsOptions": {
            "enabled": False,
            "type": "CERT",
            "pfxPath": "",
            "certPath": "",
            "keyPath": "",
            "caPath": "",
            "passphrase": "",
        },
        "cors": False,
        "headers": [],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": [{**bucket, "value": "[]"}],
        "callbacks": [],
    }


_ON_ORDER = """
(config) => {
  const state = config.state, body = JSON.parse(config.request.body);
  const key = config.request.headers['Idempotency-Key'] || config.request.headers['idempotency-key'];
  state.orders = state.orders || {};
  state.count = state.count || 0;
  const json = { 'content-type': 'application/json' };
  if (!body.reference || !Array.isArray(body.lines) || body.lines.some(l => !l.sku || !(l.quantity > 0)))
    return { statusCode: 422, headers: json, body: { type: 'urn:problem:invalid-request' } };
  if (!state.orders[key]) {
    state.count += 1;
    state.orders[key] = { order: 'W-' + String(state.count).padStart(6, '0'), state: 'open', ...body };
  }
  return { statusCode: 201, headers: json, body: state.orders[key] };
}
"""


def _mountebank(folder: Path, port: int) -> list[str]:
    stub = {
        "predicates": [{"equals": {"method": "POST", "path": "/orders"}}],
        "responses": [{"inject": _ON_ORDER}],
    }
    imposter = {"port": port, "protocol": "http", "host": "127.0.0.1", "stubs": [stub]}
    file = folder / "mountebank.json"
    file.write_text(json.dumps({"imposters": [imposter]}))
    options = ["--allowInjection", "--localOnly", "--nologfile", "--loglevel", "error", "--port", str(free_port())]
    return [_binary("mb"), "start", "--configfile", str(file), "--pidfile", str(folder / "mb.pid"), *options]
