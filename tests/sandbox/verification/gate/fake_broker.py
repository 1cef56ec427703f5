"""A small Pact Broker: the paths, relations and bodies of the real one's HAL API that the gate uses."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class FakeBroker:
    """What was published, by pacticipant and number. `calls` are methods and paths; a `token` is asked for."""

    def __init__(self, token: str | None = None) -> None:
        self.url, self.token = "", token
        self.calls: list[str] = []
        self.versions: dict[tuple[str, str], str | None] = {}
        self.pacts: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.results: list[tuple[str, str, str, str, bool]] = []
        self.there: list[dict[str, Any]] = []
        self.environments = {"production": "8b1a"}

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """Status and body."""
        parts = urlsplit(target)
        path = [unquote(part) for part in parts.path.strip("/").split("/") if part]
        self.calls.append(f"{method} {parts.path}")
        match (method, *path):
            case ("GET",):
                return 200, {"_links": self._index()}
            case ("POST", "contracts", "publish"):
                return self._publish(body)
            case ("GET", "environments"):
                found = [
                    {"uuid": uuid, "name": name, **self._self(f"/environments/{uuid}")}
                    for name, uuid in self.environments.items()
                ]
                return 200, {"_embedded": {"environments": found}}
            case ("GET", "environments", uuid):
                own = f"{self.url}/environments/{uuid}"
                deployed, released = "deployed-versions/currently-deployed", "released-versions/currently-supported"
                return 200, {"_links": {
                    "pb:currently-deployed-deployed-versions": {"href": f"{own}/{deployed}"},
                    "pb:currently-supported-released-versions": {"href": f"{own}/{released}"},
                }}  # fmt: skip
            case ("GET", "environments", _, kind, _):
                released = kind == "released-versions"
                found = [one for one in self.there if one["now"] and one["released"] is released]
                return 200, {
                    "_embedded": {
                        "releasedVersions" if released else "deployedVersions": [self._told(one) for one in found]
                    }
                }
            case ("GET", "pacticipants", name):
                return 200, {"name": name, "mainBranch": "main"}
            case ("GET", "pacticipants", name, "versions", number) if (name, number) in self.versions:
                return 200, self._version(name, number)
            case ("PUT", "pacticipants", name, "branches", branch, "versions", number):
                self.versions[name, number] = branch
                return 201, {}
            case ("POST", "pacticipants", name, "versions", number, kind, "environment", _):
                return self._record(name, number, kind == "released-versions", body)
            case ("PATCH", "deployed-versions" | "released-versions", place):
                self.there[int(place)]["now"] = bool(body.get("currentlyDeployed", body.get("currentlySupported")))
                return 200, {}
            case ("GET", "pacts", "provider", provider, "consumer", consumer, "version", number) if (
                consumer,
                number,
                provider,
            ) in self.pacts:
                return 200, self._pact(consumer, number, provider)
            case ("POST", "pacts", _, provider, _, consumer, _, sha, "verification-results"):
                self.versions.setdefault((provider, body["providerApplicationVersion"]), None)
                self.results.append((consumer, provider, sha, body["providerApplicationVersion"], body["success"]))
                return 201, {}
            case ("GET", "matrix"):
                return 200, self._matrix(parse_qsl(parts.query))
        return 404, {"error": "not found"}

    def _index(self) -> dict[str, Any]:
        pacticipant = "/pacticipants/{pacticipant}"
        told = {
            "pb:publish-contracts": "/contracts/publish",
            "pb:publish-pact": "/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}",
            "pb:environments": "/environments",
            "pb:pacticipant": pacticipant,
            "pb:pacticipant-version": f"{pacticipant}/versions/{{version}}",
            "pb:pacticipant-branch-version": f"{pacticipant}/branches/{{branch}}/versions/{{version}}",
        }
        return {name: {"href": self.url + path, "templated": "{" in path} for name, path in told.items()}

    def _self(self, path: str) -> dict[str, Any]:
        return {"_links": {"self": {"href": self.url + path}}}

    def _publish(self, body: Any) -> tuple[int, Any]:
        name, number = body["pacticipantName"], body["pacticipantVersionNumber"]
        for one in body["contracts"]:
            assert (one["consumerName"], one["specification"], one["contentType"]) == (name, "pact", "application/json")
            told = json.loads(base64.b64decode(one["content"]))
            key = (name, number, one["providerName"])
            if self.pacts.get(key, told) != told:
                return 409, {"errors": {"contracts": [f"Cannot change the content of the pact for {name}"]}}
            self.pacts[key] = told
        self.versions[name, number] = body.get("branch")
        return 200, {"notices": [{"type": "success", "text": "Pact published"}]}

    def _record(self, name: str, number: str, released: bool, body: Any) -> tuple[int, Any]:
        instance = body.get("applicationInstance")
        for one in self.there:
            if not released and (one["name"], one["instance"], one["released"]) == (name, instance, False):
                one["now"] = False
        self.there.append({"name": name, "number": number, "released": released, "instance": instance, "now": True})
        return 201, self._told(self.there[-1])

    def _told(self, one: dict[str, Any]) -> dict[str, Any]:
        kind = "released-versions" if one["released"] else "deployed-versions"
        inside = {"version": {"number": one["number"]}, "pacticipant": {"name": one["name"]}}
        return {
            "applicationInstance": one["instance"], "_embedded": inside,
            **self._self(f"/{kind}/{self.there.index(one)}"),
        }  # fmt: skip

    def _version(self, name: str, number: str) -> dict[str, Any]:
        own = f"{self.url}/pacticipants/{name}/versions/{number}"
        pacts = [
            {"href": f"{self.url}/pacts/provider/{provider}/consumer/{name}/version/{number}"}
            for consumer, version, provider in self.pacts
            if (consumer, version) == (name, number)
        ]

        def offered(kind: str) -> list[dict[str, str]]:
            return [
                {"name": env, "href": f"{own}/{kind}/environment/{uuid}"} for env, uuid in self.environments.items()
            ]

        told = {"number": number, "branch": self.versions[name, number]}
        deployed, released = offered("deployed-versions"), offered("released-versions")
        return {
            **told,
            "_links": {"pb:pact-versions": pacts, "pb:record-deployment": deployed, "pb:record-release": released},
        }

    def _sha(self, key: tuple[str, str, str]) -> str:
        return hashlib.sha1(json.dumps(self.pacts[key]["interactions"], sort_keys=True).encode()).hexdigest()

    def _pact(self, consumer: str, number: str, provider: str) -> dict[str, Any]:
        sha = self._sha((consumer, number, provider))
        place = f"{self.url}/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/verification-results"
        links = {"pb:publish-verification-results": {"href": place}}
        return {**self.pacts[consumer, number, provider], "createdAt": "2026-01-01T00:00:00+00:00", "_links": links}

    def _matrix(self, query: list[tuple[str, str]]) -> dict[str, Any]:
        names = [value for key, value in query if key == "q[][pacticipant]"]
        number = next(value for key, value in query if key == "q[][version]")
        rows = [
            {
                "consumer": {"name": key[0], "version": {"number": key[1], "branch": self.versions.get(key[:2])}},
                "provider": {"name": key[2], "version": {"number": at, "branch": self.versions.get((key[2], at))}},
                "verificationResult": {"success": success, "_links": {"self": {"href": f"{self.url}/results/{at}"}}},
            }
            for key in self.pacts
            for consumer, provider, sha, at, success in self.results
            if (consumer, provider, sha) == (key[0], key[2], self._sha(key))
            and (key[0], key[1]) == (names[0], number)
        ]  # fmt: skip
        good = bool(rows) and all(row["verificationResult"]["success"] for row in rows)  # type: ignore[index]
        return {"summary": {"deployable": good, "reason": "as the rows say"}, "matrix": rows}


@contextmanager
def serving(fake: FakeBroker) -> Iterator[FakeBroker]:
    """The broker on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or "null")
            if fake.token is not None and self.headers.get("Authorization") != f"Bearer {fake.token}":
                status, told = 401, {"error": "who are you"}
            else:
                status, told = fake.answer(self.command, self.path, body)
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/hal+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = _do  # noqa: N815

        def log_message(self, *told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
