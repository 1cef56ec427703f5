"""Whole runs: an API by its URL, a receiver of webhooks, or our own mock systems."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.behaviour.bench import Bench
from sandbox.verification.behaviour.mocks import served
from sandbox.verification.behaviour.operations import Api, read_api
from sandbox.verification.behaviour.profile import Profile
from sandbox.verification.behaviour.profile_file import ProfileFile
from sandbox.verification.behaviour.receiver import Receiver
from sandbox.verification.behaviour.result import outcome_of
from sandbox.verification.behaviour.suite import Suite
from sandbox.verification.behaviour.webhooks_taken import Target
from sandbox.verification.documents.text import is_url
from sandbox.verification.outcome import Outcome


@dataclass(slots=True)
class Checked:
    """One subject that is or was checked."""

    subject: str
    suite: Suite
    version: str = ""

    def outcome(self) -> Outcome:
        """What it comes to."""
        return outcome_of(self.subject, self.version, self.suite.results)


@dataclass(frozen=True, slots=True)
class Ways:
    """How we and the API reach each other.

    Webhooks come to a port of this machine (0: any), which the provider reaches by `url`. `ca` is a file with the
    certificates that are trusted when we call https (None: those of this machine).
    """

    port: int = 0
    url: str | None = None
    host: str = "127.0.0.1"
    ca: Path | None = None

    def trusted(self) -> ssl.SSLContext | None:
        """Whom to trust. Raises InputError where there are no certificates."""
        try:
            return None if self.ca is None else ssl.create_default_context(cafile=str(self.ca))
        except (OSError, ssl.SSLError) as error:
            raise InputError(f"no certificates in {self.ca} ({error})", field="--ca") from None


@dataclass(slots=True)
class Given:
    """An API to be checked: its document and profile, read and found to fit."""

    api: Api
    profile: Profile
    subject: str
    names: Mapping[str, Any] = field(default_factory=dict)


def given(openapi: str | None, profile: Path | None, names: Mapping[str, Any] | None = None) -> Given:
    """Read what is needed to check an API. Raises InputError with file, line and field."""
    more = names or {}
    read = None if profile is None else ProfileFile(profile, more)
    told = Profile() if read is None else read.profile
    where = openapi or _document_of(told, profile)
    if where is None:
        raise InputError("no OpenAPI document is named", field="--openapi", remedy="give a path or URL")
    api = read_api(where, told.key_header)
    if read is not None:
        read.check(api)
    return Given(api, told, told.subject or api.title, more)


async def check_provider(checked: Checked, what: Given, base: str, environment: Mapping[str, str], ways: Ways) -> None:
    """Check the API at `base`. Raises InputError before anything is called."""
    unknown = next((name for name in checked.suite.only if name not in what.api.operations), None)
    if unknown is not None:
        remedy = did_you_mean(unknown, what.api.operations)
        raise InputError(f"no operation of {what.api.file} is called {unknown!r}", field="--operation", remedy=remedy)
    if not is_url(base):
        raise InputError(f"{base!r} is no URL", field="--base-url", remedy="write one like https://erp.example.com/api")
    checked.version = what.api.version
    bench = Bench(what.api, what.profile, base, environment, what.names, ways.trusted())
    async with bench, Receiver(bench.clock, ways.port, ways.url, ways.host) as receiver:
        bench.names["receiver"] = receiver.url
        await checked.suite.provider(bench, receiver)


async def check_receiver(
    checked: Checked,
    profile: Path | None,
    url: str,
    variable: str,
    environment: Mapping[str, str],
    ways: Ways,
) -> None:
    """Check the endpoint for webhooks at `url`; `variable` has its secret. Raises InputError."""
    api = Api("", "", "", {})
    told = Profile()
    if profile is not None:
        read = ProfileFile(profile)
        read.check(api)
        told = read.profile
    if not is_url(url):
        raise InputError(f"{url!r} is no URL", field="--webhook-target", remedy="write one like https://…/webhooks")
    async with Bench(api, told, url, environment, {}, ways.trusted()) as bench:
        target = Target(bench, url, bench.secret(variable))
        try:
            target.headers("", b"")
        except ValueError as error:
            raise InputError(str(error), field=f"the variable {variable}") from None
        await checked.suite.receiver(target)


async def check_mock(checked: Checked, name: str, *, apart: bool = False) -> None:
    """Check one of our mock systems, served for it. Raises InputError and PartFailed."""
    async with served(name, apart=apart) as mock:
        what = given(None, mock.profile, {"admin": mock.admin_url})
        await check_provider(checked, what, mock.url, mock.environment, Ways())


def _document_of(profile: Profile, path: Path | None) -> str | None:
    if profile.openapi is None or path is None or is_url(profile.openapi):
        return profile.openapi
    return str(path.parent / profile.openapi)
