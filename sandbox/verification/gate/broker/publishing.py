"""What is recorded here, told to a broker as well."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sandbox.errors import InputError
from sandbox.verification.gate.broker.hal import Broker, embedded, link, named_link
from sandbox.verification.gate.recording import parties
from sandbox.verification.outcome import Check, Outcome, Verdict
from sandbox.verification.pacts_against_openapi.pact_file import Pact


def publish_pacts(broker: Broker, version: str, pacts: Sequence[tuple[Pact, str]], branch: str | None) -> None:
    """Publish a version's pacts, one call for each consumer. Raises InputError as `Broker` does."""
    for consumer in dict.fromkeys(pact.consumer for pact, _ in pacts):
        contracts = [
            {
                "consumerName": pact.consumer, "providerName": pact.provider, "specification": "pact",
                "contentType": "application/json", "content": base64.b64encode(text.encode()).decode(),
            }
            for pact, text in pacts
            if pact.consumer == consumer
        ]  # fmt: skip
        body = {"pacticipantName": consumer, "pacticipantVersionNumber": version, "contracts": contracts}
        broker.post(broker.relation("pb:publish-contracts"), {**body, **({"branch": branch} if branch else {})})


def publish_verification(broker: Broker, outcome: Outcome, branch: str | None = None) -> bool:
    """Publish the result of a pact's verification; whether it is one that a broker knows: passed or failed.

    Raises InputError where a version is not told, and as `Broker` does.
    """
    if outcome.check is not Check.PACT or outcome.verdict is Verdict.UNKNOWN:
        return False
    consumer, provider = parties(outcome)
    versions = [outcome.versions.get(name or "") for name in (consumer, provider)]
    if versions[0] is None or versions[1] is None:
        raise InputError("a broker needs the versions of both", field="versions", remedy="say them: --version NAME=…")
    place = broker.relation(
        "pb:publish-pact", provider=provider, consumer=consumer or "", consumerApplicationVersion=versions[0]
    )
    if branch:
        broker.put(
            broker.relation("pb:pacticipant-branch-version", pacticipant=provider, branch=branch, version=versions[1]),
            {},
        )
    results = {"tested": outcome.tested, "findings": [one.message for one in outcome.findings[:50]]}
    body = {
        "success": outcome.verdict is Verdict.PASS, "providerApplicationVersion": versions[1], "testResults": results,
        "verifiedBy": {"implementation": "distribution-erp-sandbox"},
    }  # fmt: skip
    broker.post(link(broker.get(place), "pb:publish-verification-results", place), body)
    return True


def record_deployment(broker: Broker, name: str, version: str, environment: str, instance: str = "") -> None:
    """Record a deployment. Raises InputError as `Broker` does, and for an environment that it does not know."""
    body = {"applicationInstance": instance} if instance else {}
    _record(broker, "pb:record-deployment", name, version, environment, body)


def record_release(broker: Broker, name: str, version: str, environment: str) -> None:
    """Record a release. Raises InputError as `record_deployment` does."""
    _record(broker, "pb:record-release", name, version, environment, {})


def _record(broker: Broker, relation: str, name: str, version: str, environment: str, body: dict[str, str]) -> None:
    place = broker.relation("pb:pacticipant-version", pacticipant=name, version=version)
    broker.post(named_link(broker.get(place), relation, environment, place), body)


def record_undeployment(broker: Broker, name: str, environment: str, instance: str = "") -> None:
    """Record that nothing is deployed any more. Raises InputError where nothing was."""
    found = [
        one
        for one in deployed_in(broker, environment, released=False)
        if pacticipant_of(one) == name and (one.get("applicationInstance") or "") == instance
    ]
    if not found:
        raise InputError(f"the broker has no deployment of {name} in {environment}", file=broker.url)
    for one in found:
        broker.patch(link(one, "self", broker.url), {"currentlyDeployed": False})


def record_support_ended(broker: Broker, name: str, version: str, environment: str) -> None:
    """Record that a released version is no longer supported. Raises InputError where it was not released."""
    for one in deployed_in(broker, environment, released=True):
        if (pacticipant_of(one), number_of(one)) == (name, version):
            broker.patch(link(one, "self", broker.url), {"currentlySupported": False})
            return
    raise InputError(f"the broker has no release of {name} {version} in {environment}", file=broker.url)


def deployed_in(broker: Broker, environment: str, *, released: bool) -> list[dict[str, object]]:
    """The deployed, or the released and supported, versions of an environment, as the broker tells them."""
    place = broker.relation("pb:environments")
    known = embedded(broker.get(place), "environments")
    one = next((one for one in known if one.get("name") == environment), None)
    if one is None:
        names = ", ".join(str(one.get("name")) for one in known)
        raise InputError(f"the broker has no environment {environment!r}", file=place, remedy=f"known: {names}")
    own = link(one, "self", place)
    relation, path, key = (
        ("pb:currently-supported-released-versions", "released-versions/currently-supported", "releasedVersions")
        if released
        else ("pb:currently-deployed-deployed-versions", "deployed-versions/currently-deployed", "deployedVersions")
    )
    resource = broker.get(own)
    address = link(resource, relation, own) if relation in resource.get("_links", {}) else f"{own}/{path}"
    return embedded(broker.get(address), key)


def number_of(deployed: dict[str, object]) -> str:
    """The version's number of what is deployed."""
    return str(_inside(deployed, "version").get("number", ""))


def pacticipant_of(deployed: dict[str, object]) -> str:
    """The pacticipant's name of what is deployed."""
    return str(_inside(deployed, "pacticipant").get("name", ""))


def _inside(deployed: dict[str, object], name: str) -> dict[str, object]:
    """What is embedded, or embedded in the version, as older brokers have it."""
    found = deployed.get("_embedded")
    parts = found if isinstance(found, dict) else {}
    version = parts.get("version") if isinstance(parts.get("version"), dict) else {}
    one = parts.get(name) or (version or {}).get("_embedded", {}).get(name) or {}
    return one if isinstance(one, dict) else {}
