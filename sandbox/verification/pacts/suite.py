"""A whole verification: every provider that is named, or every mock, against the pacts that are theirs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.pacts.broker import Broker, verify_from_broker
from sandbox.verification.pacts.jobs import VerifierJobs
from sandbox.verification.pacts.providers.mocks import served_mock
from sandbox.verification.pacts.providers.relay import StateRelay
from sandbox.verification.pacts.providers.served import at_url
from sandbox.verification.pacts.providers.states import STATES
from sandbox.verification.pacts.results import Verified, VerifiedPact
from sandbox.verification.pacts.verifying import How, Provider, plain, verify_pact
from sandbox.verification.pacts_against_openapi.pact_file import Pact

_REACHED_WITHIN_S = 10.0
_PORTS = {"http": 80, "https": 443}
Told = Callable[[Pact, Verified], None]


@dataclass(frozen=True, slots=True)
class Suite:
    """What is verified: `providers` by URL and `mocks` of ours; neither: every mock. `broker` in place of `pacts`.

    `mock_version` stands in for the sandbox's own version.
    """

    providers: Sequence[Provider]
    mocks: Sequence[str]
    pacts: Sequence[Pact]
    broker: Broker | None
    how: How
    mock_version: str | None = None

    def run(self, told: Told) -> list[VerifiedPact]:
        """Verify; `told` hears of each interaction of a file. Ctrl-C keeps what was found.

        Raises InputError for a provider that no pact names, or that nobody answers for.
        """
        every_mock = not self.providers and not self.mocks
        mocks = list(STATES) if every_mock else list(self.mocks)
        self._expect_pacts([*[one.name for one in self.providers], *self.mocks])
        done: list[VerifiedPact] = []
        with VerifierJobs() as jobs:
            for name in mocks:
                if self._stopped(done):
                    break
                if self.broker is not None or any(pact.provider == name for pact in self.pacts):
                    with served_mock(name) as mock:
                        version = self.mock_version or mock.version
                        done += self._verify(replace(mock, version=version), jobs, told)
            for provider in self.providers:
                if self._stopped(done):
                    break
                with _reached(provider, self.how) as reached:
                    done += self._verify(reached, jobs, told)
        return [*done, *self._without_provider(mocks if every_mock else [])]

    def _verify(self, provider: Provider, jobs: VerifierJobs, told: Told) -> Iterator[VerifiedPact]:
        if self.broker is not None:
            yield from verify_from_broker(self.broker, provider, jobs, self.how)
            return
        for pact in self.pacts:
            if pact.provider == provider.name:
                result = verify_pact(pact, provider, jobs, self.how, partial(told, pact))
                yield result
                if result.stopped:
                    return

    def _stopped(self, done: Sequence[VerifiedPact]) -> bool:
        return any(one.stopped for one in done)

    def _expect_pacts(self, names: Sequence[str]) -> None:
        if self.broker is not None:
            return
        known = {pact.provider for pact in self.pacts}
        for name in names:
            if name not in known:
                raise InputError(f"no pact is with the provider {name!r}", remedy=did_you_mean(name, known))

    def _without_provider(self, mocks: Sequence[str]) -> Iterator[VerifiedPact]:
        """Of all pacts, those with a provider that is no mock of ours: nobody was asked."""
        if not mocks or self.broker is not None:
            return
        for pact in self.pacts:
            if pact.provider not in mocks:
                why = f"no mock is called {pact.provider}: name the provider, --provider {pact.provider}=URL"
                yield _untested(pact, why)


def _untested(pact: Pact, why: str) -> VerifiedPact:
    untested = tuple(plain(one).untested(why) for one in pact.interactions)
    return VerifiedPact(pact.consumer, pact.provider, pact.root.document.file, untested, {}, pact.content_hash)


@contextmanager
def _reached(provider: Provider, how: How) -> Iterator[Provider]:
    """The provider, once somebody answers at its URL; its state-change URL is called through a relay of ours."""
    _reach(provider.name, provider.url, "--provider")
    if provider.states is None:
        yield provider
        return
    _reach(provider.name, provider.states, "--states")
    relay = StateRelay(provider.states, provider.headers, how.timeout_s, insecure=how.insecure)
    with ExitStack() as stack:
        url = stack.enter_context(at_url(relay))
        yield replace(provider, states=url, keeper=relay)


def _reach(name: str, url: str, field: str) -> None:
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
        if not parts.hostname:
            raise KeyError(parts.scheme)
    except (KeyError, ValueError):
        raise InputError(f"{url!r} is no http or https URL", field=f"{field} {name}") from None
    try:
        socket.create_connection((parts.hostname, port), _REACHED_WITHIN_S).close()
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"nobody answers at {url} ({why})", field=f"{field} {name}") from None
