"""What the gate knows, as it was recorded: frozen values, whatever database they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.verification.outcome import Check, Verdict


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a pacticipant. `order` grows as versions come; `at_us` is the wall's time in microseconds UTC."""

    pacticipant: str
    number: str
    branch: str | None
    order: int
    at_us: int


@dataclass(frozen=True, slots=True)
class Published:
    """A consumer's version with a pact. `content_hash` is what verifications are about, `text_hash` finds the file."""

    consumer: str
    version: str
    provider: str
    content_hash: str
    text_hash: str
    file: str


@dataclass(frozen=True, slots=True)
class Described:
    """A provider's version with a document: its `family` is http or events."""

    provider: str
    version: str
    family: str
    text_hash: str
    file: str


@dataclass(frozen=True, slots=True)
class Result:
    """A check's result for a provider's version; for a pact, of the one with this hash. `order` grows."""

    order: int
    check: Check
    provider: str
    version: str
    consumer: str | None
    content_hash: str | None
    verdict: Verdict
    tested: int
    not_tested: int
    findings: tuple[dict[str, Any], ...]
    at_us: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """A version that is in an environment now. A release stays beside others; a deployment replaces its instance's."""

    pacticipant: str
    version: str
    environment: str
    instance: str = ""
    released: bool = False


@dataclass(frozen=True, slots=True)
class Environment:
    """Somewhere to deploy to."""

    name: str
    production: bool


@dataclass(frozen=True, slots=True)
class Book:
    """All that is recorded. `main_branches` by pacticipant; `vendors` never verify pacts; `texts` by their hash."""

    versions: tuple[Version, ...] = ()
    main_branches: dict[str, str] = field(default_factory=dict)
    pacts: tuple[Published, ...] = ()
    documents: tuple[Described, ...] = ()
    results: tuple[Result, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    environments: tuple[Environment, ...] = ()
    vendors: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def pacticipants(self) -> list[str]:
        """All names, those included that are known from a pact alone."""
        named = {one.pacticipant for one in self.versions} | {one.provider for one in self.pacts}
        return sorted(named)

    def version(self, pacticipant: str, number: str) -> Version | None:
        """A version by its number."""
        return next((one for one in self.versions if (one.pacticipant, one.number) == (pacticipant, number)), None)

    def latest(self, pacticipant: str, branch: str | None = None) -> Version | None:
        """The version that came last, of a branch where one is named."""
        found = [one for one in self.versions if one.pacticipant == pacticipant and branch in (None, one.branch)]
        return max(found, key=lambda one: one.order, default=None)

    def deployed(self, pacticipant: str, environment: str) -> list[str]:
        """The versions of a pacticipant that are in an environment, each once."""
        found = (one for one in self.deployments if (one.pacticipant, one.environment) == (pacticipant, environment))
        return list(dict.fromkeys(one.version for one in found))

    def pacts_of(self, consumer: str, version: str) -> list[Published]:
        """The pacts of a consumer's version."""
        return [one for one in self.pacts if (one.consumer, one.version) == (consumer, version)]

    def document(self, provider: str, version: str) -> Described | None:
        """The OpenAPI document of a provider's version."""
        found = (
            one for one in self.documents if (one.provider, one.version, one.family) == (provider, version, "http")
        )
        return next(found, None)

    def verification(self, content_hash: str, provider: str, version: str) -> Result | None:
        """The last result of a pact's content with exactly this version of the provider."""
        found = [
            one
            for one in self.results
            if (one.content_hash, one.provider, one.version) == (content_hash, provider, version)
        ]
        return max(found, key=lambda one: one.order, default=None)

    def own_checks(self, provider: str, version: str) -> list[Result]:
        """The last result of each check that is about a version by itself."""
        last: dict[Check, Result] = {}
        for one in sorted(self.results, key=lambda one: one.order):
            if one.content_hash is None and (one.provider, one.version) == (provider, version):
                last[one.check] = one
        return list(last.values())

    def ever_verified(self, content_hash: str, provider: str) -> bool:
        """Whether the provider's main branch ever verified this content; where none is known, any version of it."""
        main = self.main_branches.get(provider)
        for one in self.results:
            if (one.content_hash, one.provider, one.verdict) == (content_hash, provider, Verdict.PASS):
                version = self.version(provider, one.version)
                if main is None or (version is not None and version.branch == main):
                    return True
        return False
