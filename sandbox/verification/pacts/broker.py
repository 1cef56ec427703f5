"""Pacts from a Pact Broker: which ones is asked by pact's verifier itself, which publishes the results there, too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.pacts.jobs import VerifierJobs, VerifierStopped
from sandbox.verification.pacts.results import Verified, VerifiedPact, verified_of
from sandbox.verification.pacts.verifier_process import SELECTORS
from sandbox.verification.pacts.verifying import How, Provider, job_of, taken

_FLAGS: Final = frozenset(("latest", "deployedOrReleased", "deployed", "released", "mainBranch", "matchingBranch"))
_UNPUBLISHED: Final = "Publishing of verification results failed"
_WITHIN_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker and what is asked of it. `selectors` are its consumer version selectors, as JSON objects."""

    url: str
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    include_pending: bool = False
    include_wip_since: str | None = None
    provider_branch: str | None = None
    provider_tags: tuple[str, ...] = ()
    selectors: tuple[Mapping[str, Any], ...] = ()
    publish: bool = False
    build_url: str | None = None


def login_of(token: str | None, user: str | None, password: str | None) -> dict[str, str]:
    """The login from the variables that are named. Raises InputError for one that is not set."""
    named = {"token": token, "username": user, "password": password}
    found = {}
    for key, variable in named.items():
        if variable is None:
            continue
        value = os.environ.get(variable)
        if not value:
            raise InputError(f"the environment variable {variable} is not set", field=f"--broker-{key}-env")
        found[key] = value
    if "token" in found and len(found) > 1:
        raise InputError("a token or a user's name and password, not both", field="--broker-token-env")
    return found


def selectors_of(told: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    """Consumer version selectors, each written as a JSON object. Raises InputError for what is none."""
    found = []
    for text in told:
        try:
            selector = json.loads(text)
        except ValueError:
            selector = None
        if not isinstance(selector, dict) or not selector:
            raise InputError(
                f"{text!r} is no JSON object",
                field="--consumer-version-selector",
                remedy="write '{\"mainBranch\": true}'",
            )
        for key, value in selector.items():
            if key not in SELECTORS:
                remedy = did_you_mean(key, SELECTORS)
                raise InputError(f"there is no selector {key!r}", field="--consumer-version-selector", remedy=remedy)
            if key in _FLAGS and value is not True:
                raise InputError(f"{key} is true or left out", field="--consumer-version-selector")
        found.append(selector)
    return tuple(found)


def since_of(told: str | None) -> str | None:
    """A day, as ISO 8601 writes it. Raises InputError for what is none."""
    if told is None:
        return None
    try:
        return date.fromisoformat(told).isoformat()
    except ValueError:
        raise InputError(f"{told!r} is no day", field="--include-wip-since", remedy="write 2026-01-31") from None


def verify_from_broker(broker: Broker, provider: Provider, jobs: VerifierJobs, how: How) -> list[VerifiedPact]:
    """What the broker names for a provider, verified; one result for each consumer, none where it names nothing.

    Raises InputError where the broker can't be asked.
    """
    if broker.publish and provider.version is None:
        raise InputError("results are published for a version", field="--provider-version", remedy="name it")
    asked = {
        "url": broker.url,
        **broker.login,
        "include_pending": broker.include_pending,
        "include_wip_since": broker.include_wip_since,
        "provider_branch": broker.provider_branch,
        "provider_tags": list(broker.provider_tags),
        "selectors": [dict(one) for one in broker.selectors],
    }
    publish = {
        "version": provider.version,
        "url": broker.build_url,
        "branch": broker.provider_branch,
        "tags": list(broker.provider_tags),
    }
    # Messages of a broker's pacts are told apart by their descriptions alone, so their topic is not in the path.
    job = {**job_of(provider, provider.name, how), "broker": asked, "publish": publish if broker.publish else None}
    try:
        answer = jobs.do({**job, "message": provider.messages}, _WITHIN_S)
    except VerifierStopped as stopped:
        raise InputError(f"the broker's pacts could not be verified: {stopped}", field="--broker") from None
    results = answer.get("results")
    if results is None:
        raise InputError(f"the broker can't be asked: {answer.get('error')}", field="--broker")
    unasked = [one for one in results.get("errors", ()) if not one.get("interaction")]
    listed = results.get("interactionResults", [])
    if not listed and (unasked or not results.get("result", True)):
        raise InputError(
            f"the broker can't be asked: {_why(results)}", field="--broker", remedy="look at its URL and login"
        )
    found = _by_consumer(listed, broker, provider, taken(provider.keeper), how)
    said = [line.strip() for line in answer.get("said", "").splitlines()]
    unpublished = next((line for line in said if line.startswith(_UNPUBLISHED)), None)
    return [replace(one, unpublished=unpublished) for one in found]


def _why(results: Mapping[str, Any]) -> str:
    told = [json.dumps(one.get("mismatch", one)) for one in results.get("errors", ())]
    return "; ".join(told) or " ".join(str(line).strip() for line in results.get("output", ())) or "it gives no pacts"


def _by_consumer(
    results: Iterable[Mapping[str, Any]], broker: Broker, provider: Provider, missed: list[str], how: How
) -> list[VerifiedPact]:
    by: dict[str, list[Verified]] = {}
    for result in results:
        found = verified_of(result, "unknown")
        wrong = [why for why in missed if any(repr(state) in why for state in found.states)]
        if wrong:
            found = found.failing("; ".join(wrong)) if provider.ours else found.untested("; ".join(wrong))
        by.setdefault(str(result.get("consumer")), []).append(found)
    told = {name: version for name, version in ((provider.name, provider.version),) if version is not None}
    return [VerifiedPact(consumer, provider.name, broker.url, tuple(found), told) for consumer, found in by.items()]
