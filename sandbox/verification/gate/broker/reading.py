"""A broker's pacts, verifications and deployments, laid beside what is recorded here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sandbox.verification.gate.broker.hal import Broker, Json, Query, link
from sandbox.verification.gate.broker.publishing import deployed_in, number_of, pacticipant_of
from sandbox.verification.gate.model import Book, Deployment, Environment, Published, Result, Version
from sandbox.verification.outcome import Check, Verdict
from sandbox.verification.pacts_against_openapi.pact_file import parse_pact

_ADDED = ("_links", "createdAt", "_embedded")  # what a broker adds to a pact


@dataclass(slots=True)
class _Found:
    versions: dict[tuple[str, str], str | None] = field(default_factory=dict)
    main_branches: dict[str, str] = field(default_factory=dict)
    pacts: dict[tuple[str, str, str], Published] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def read_broker(broker: Broker, environment: str, candidates: Mapping[str, str], book: Book) -> Book:
    """`book` with what the broker knows of the candidates and of all that is deployed to an environment.

    What the broker says is deployed there counts beside what is recorded here. Raises InputError as `Broker` does.
    """
    there = [
        Deployment(
            pacticipant_of(one), number_of(one), environment, str(one.get("applicationInstance") or ""), released
        )
        for released in (False, True)
        for one in deployed_in(broker, environment, released=released)
    ]
    found = _Found()
    asked = dict.fromkeys([*candidates.items(), *((one.pacticipant, one.version) for one in there)])
    for name, version in asked:
        _version(broker, name, version, candidates, found)
    last = max((one.order for one in book.results), default=0)
    for pact in found.pacts.values():
        found.results += _results(broker, pact, last + len(found.results), found)
    for name in dict.fromkeys(one.provider for one in found.pacts.values()):
        told = broker.get(broker.relation("pb:pacticipant", pacticipant=name))
        if isinstance(told.get("mainBranch"), str):
            found.main_branches[name] = told["mainBranch"]
    return _beside(book, found, there, environment)


def _version(broker: Broker, name: str, version: str, candidates: Mapping[str, str], found: _Found) -> None:
    """A version with those of its pacts that are asked about: all of a candidate's, and with candidates."""
    place = broker.relation("pb:pacticipant-version", pacticipant=name, version=version)
    told = broker.get(place)
    found.versions[name, version] = told["branch"] if isinstance(told.get("branch"), str) else None
    for one in told.get("_links", {}).get("pb:pact-versions") or []:
        pact = broker.get(str(one["href"]))
        text = json.dumps({key: value for key, value in pact.items() if key not in _ADDED}, indent=1)
        parsed = parse_pact(text, str(one["href"]))
        if name in candidates or parsed.provider in candidates:
            text_hash = hashlib.sha256(text.encode()).hexdigest()
            found.texts[text_hash] = text
            found.pacts[name, version, parsed.provider] = Published(
                parsed.consumer, version, parsed.provider, parsed.content_hash, text_hash, str(one["href"])
            )


def _results(broker: Broker, pact: Published, order: int, found: _Found) -> Iterator[Result]:
    """The verifications of a pact by all versions of its provider: those of its main branch tell what is pending."""
    query: Query = [
        ("q[][pacticipant]", pact.consumer), ("q[][version]", pact.version), ("q[][pacticipant]", pact.provider),
        ("latestby", "cvpv"), ("limit", "1000"),
    ]  # fmt: skip
    for row in broker.get(f"{broker.url}/matrix", query).get("matrix") or []:
        version, result = row["provider"].get("version"), row.get("verificationResult")
        if version is None or result is None:
            continue
        number = str(version["number"])
        found.versions.setdefault((pact.provider, number), version.get("branch"))
        order += 1
        verdict = Verdict.PASS if result.get("success") else Verdict.FAIL
        yield Result(
            order, Check.PACT, pact.provider, number, pact.consumer, pact.content_hash, verdict, 1, 0,
            () if verdict is Verdict.PASS else ({"message": f"the broker has it as failed: {_where(result)}"},), 0,
        )  # fmt: skip


def _where(result: Json) -> str:
    return link(result, "self", "") if "self" in result.get("_links", {}) else "no details"


def _beside(book: Book, found: _Found, there: list[Deployment], environment: str) -> Book:
    known = {(one.pacticipant, one.number) for one in book.versions}
    last = max((one.order for one in book.versions), default=0)
    more = [
        Version(name, number, branch, last + place, 0)
        for place, ((name, number), branch) in enumerate(found.versions.items(), 1)
        if (name, number) not in known
    ]
    mine = {(one.consumer, one.version, one.provider) for one in book.pacts}
    environments = {one.name: one for one in book.environments}
    return replace(
        book,
        versions=(*book.versions, *more),
        main_branches={**found.main_branches, **book.main_branches},
        pacts=(*book.pacts, *(one for key, one in found.pacts.items() if key not in mine)),
        results=(*book.results, *found.results),
        deployments=tuple(dict.fromkeys((*book.deployments, *there))),
        environments=tuple({environment: Environment(environment, False), **environments}.values()),
        texts={**found.texts, **book.texts},
    )


def broker_says(broker: Broker, environment: str, name: str, version: str) -> str:
    """The broker's own answer in a line, to be told beside ours."""
    query: Query = [
        ("q[][pacticipant]", name), ("q[][version]", version), ("latestby", "cvp"), ("environment", environment),
        ("limit", "1000"),
    ]  # fmt: skip
    summary = broker.get(f"{broker.url}/matrix", query).get("summary") or {}
    deployable = summary.get("deployable")
    told = "yes" if deployable else "unknown" if deployable is None else "no"
    return f"the broker says {told}: {' '.join(str(summary.get('reason', '')).split())}"
