"""Providers verified against pacts: each interaction by itself, so that what was found is kept whenever it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

from sandbox.verification.pacts.credentials import AUTHORIZATION, shows_basic
from sandbox.verification.pacts.exchanges.table import CONSUMER
from sandbox.verification.pacts.jobs import VerifierJobs, VerifierStopped
from sandbox.verification.pacts.results import Verified, VerifiedPact, verified_of
from sandbox.verification.pacts_against_openapi.pact_file import Interaction, Pact

_SYNC_MESSAGES: Final = "Synchronous/Messages"
NO_LOGIN: Final = "it shows a client's name and secret, and none were given"
NO_STATE_URL: Final = "it has states, and no state-change URL was given"


class Missing(Protocol):
    """Whoever sets states, and notes those that it could not."""

    missed: list[str]


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider at a URL. `states` is where its states are set, `keeper` who notes those that could not be; `messages`
    is the path below which it gives out its messages by topic.

    Of `ours` we know that it should know every state: one that it does not is its fault. `headers` go with each
    request; `basic` stands in for a client's name and secret where a pact shows some.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    basic: str | None = None
    states: str | None = None
    keeper: Missing | None = None
    messages: str | None = None
    version: str | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class How:
    """`timeout_s` is what a provider may take for one answer; `skip_stateless`: what has states is not run without."""

    timeout_s: float = 30.0
    skip_stateless: bool = False
    insecure: bool = False
    consumer_version: str | None = None

    def version_of(self, consumer: str) -> str | None:
        """The consumer's version: as told; the core's own is the sandbox's."""
        if self.consumer_version is None and consumer == CONSUMER:
            return version("distribution-erp-sandbox")
        return self.consumer_version

    @property
    def within_s(self) -> float:
        """How long one interaction may take in all: its state, its request, and the verifier's own start."""
        return 3 * self.timeout_s + 30.0


def verify_pact(
    pact: Pact, provider: Provider, jobs: VerifierJobs, how: How, told: Callable[[Verified], None]
) -> VerifiedPact:
    """The pact's interactions, verified one after another; `told` hears of each. Ctrl-C keeps those that are done."""
    done: list[Verified] = []
    stopped: str | None = None
    try:
        with TemporaryDirectory() as folder:
            for interaction in pact.interactions:
                found = _verified(interaction, pact, provider, jobs, how, Path(folder))
                done.append(found)
                told(found)
    except KeyboardInterrupt:
        stopped = f"stopped after {len(done)} of {len(pact.interactions)} interactions"
    left = [plain(one).untested(stopped) for one in pact.interactions[len(done) :] if stopped]
    return VerifiedPact(
        pact.consumer,
        pact.provider,
        pact.root.document.file,
        (*done, *left),
        _versions((pact.consumer, how.version_of(pact.consumer)), (provider.name, provider.version)),
        pact.content_hash,
        stopped,
    )


def _versions(*known: tuple[str, str | None]) -> dict[str, str]:
    return {name: told for name, told in known if told is not None}


def _verified(
    interaction: Interaction, pact: Pact, provider: Provider, jobs: VerifierJobs, how: How, folder: Path
) -> Verified:
    bare = plain(interaction)
    topic = _topic(interaction)
    if interaction.kind == "message":
        if interaction.node.text("type") == _SYNC_MESSAGES:
            return bare.untested("a synchronous message needs a transport of its own")
        if provider.messages is None:
            return bare.untested("it is a message, which this provider does not give out on request")
        if topic is None:
            return bare.untested("its contents name no type, so nobody knows which webhook is meant")
    stateless = bool(interaction.states) and provider.states is None
    if stateless and how.skip_stateless:
        return bare.untested(NO_STATE_URL)
    headers = dict(provider.headers)
    if interaction.request is not None and shows_basic(interaction.request.node.value) and not provider.ours:
        if provider.basic is None:
            return bare.untested(NO_LOGIN)
        headers[AUTHORIZATION] = provider.basic
    path = folder / "pact.json"
    path.write_text(json.dumps(_alone(interaction, pact)), encoding="utf-8")
    message = f"{provider.messages}/{topic}" if topic and interaction.kind == "message" else None
    job = {**job_of(provider, pact.provider, how), "pact": str(path), "message": message, "headers": headers}
    return replace(_carried_out(job, bare, provider, jobs, how), stateless=stateless)


def job_of(provider: Provider, name: str, how: How) -> dict[str, Any]:
    """What the verifier has to know of a provider, which the pact calls `name`."""
    return {
        "provider": name,
        "url": provider.url,
        "headers": dict(provider.headers),
        "states": provider.states,
        "timeout_ms": round(how.timeout_s * 1_000),
        "insecure": how.insecure,
    }


def _carried_out(job: dict[str, Any], bare: Verified, provider: Provider, jobs: VerifierJobs, how: How) -> Verified:
    try:
        answer = jobs.do(job, how.within_s)
    except VerifierStopped as stopped:
        return bare.untested(str(stopped))
    missed = taken(provider.keeper)
    results = answer.get("results", {}).get("interactionResults", [])
    if not results:
        return bare.untested(f"pact does not verify it: {answer.get('error') or 'it found nothing to verify'}")
    found = replace(verified_of(results[0], bare.kind), states=bare.states, line=bare.line)
    if not missed:
        return found
    return found.failing("; ".join(missed)) if provider.ours else found.untested("; ".join(missed))


def taken(keeper: Missing | None) -> list[str]:
    """The states that could not be set since this was asked last."""
    if keeper is None:
        return []
    missed, keeper.missed = keeper.missed, []
    return missed


def plain(interaction: Interaction) -> Verified:
    """An interaction of which nothing is known yet but what its pact says."""
    pending = interaction.node.flag("pending")
    found = verified_of({"description": interaction.description, "result": "OK", "pending": pending}, interaction.kind)
    return replace(found, states=interaction.states, line=interaction.node.line)


def _topic(interaction: Interaction) -> str | None:
    """The webhook's type, as the message's contents have it."""
    contents = interaction.node.value.get("contents")
    if isinstance(contents, Mapping) and "content" in contents:
        contents = contents["content"]
    topic = contents.get("type") if isinstance(contents, Mapping) else None
    return topic if isinstance(topic, str) else None


def _alone(interaction: Interaction, pact: Pact) -> dict[str, Any]:
    """The pact with this interaction and no other."""
    rest: Iterable[tuple[str, Any]] = pact.root.value.items()
    kept = {key: value for key, value in rest if key not in ("interactions", "messages")}
    return {**kept, str(interaction.node.pointer[0]): [interaction.node.value]}
