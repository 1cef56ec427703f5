"""`python -m sandbox.verification.pacts.verifier_process`: pact's verifier in a process of its own.

The verifier prints to the file descriptor of stdout and cannot be interrupted; here it can print as it likes, and be
ended. Jobs come on stdin as JSON, one a line; for each, its results go out on what was stdout, as one line of JSON,
with what was printed meanwhile: there alone it says that results could not be published.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any, TextIO
from urllib.parse import urlsplit

SELECTORS = {
    "consumer": "consumer",
    "tag": "tag",
    "fallbackTag": "fallback_tag",
    "latest": "latest",
    "deployedOrReleased": "deployed_or_released",
    "deployed": "deployed",
    "released": "released",
    "environment": "environment",
    "mainBranch": "main_branch",
    "branch": "branch",
    "matchingBranch": "matching_branch",
    "fallbackBranch": "fallback_branch",
}
"""A Pact Broker's consumer version selectors, and pact-python's names for their keys."""


def main() -> int:
    """Do jobs until there are no more; 0."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with TemporaryFile() as said, warnings.catch_warnings():
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        warnings.simplefilter("ignore")
        _work(sys.stdin, answers, said)
    return 0


def _work(jobs: TextIO, answers: TextIO, said: IO[bytes]) -> None:
    for line in jobs:
        said.seek(0)
        said.truncate()
        answer = _done(json.loads(line))
        said.seek(0)
        answer["said"] = said.read().decode(errors="replace")
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _done(job: dict[str, Any]) -> dict[str, Any]:
    try:
        verifier = _verifier(job)
    except Exception as error:  # noqa: BLE001 - told as the job's result; the next job is another
        return {"error": f"{type(error).__name__}: {error}"}
    with suppress(RuntimeError):  # something failed: the results say what
        verifier.verify()
    try:
        return {"results": verifier.results}
    except RuntimeError as error:  # nothing was verified at all
        return {"error": str(error)}


def _verifier(job: dict[str, Any]) -> Any:
    from pact import Verifier

    parts = urlsplit(job["url"])
    verifier = Verifier(job["provider"], host=parts.hostname)
    verifier.add_transport(url=job["url"])
    message = job.get("message")
    if message:
        verifier.add_transport(protocol="message", port=parts.port, path=message, scheme=parts.scheme)
    for name, value in job["headers"].items():
        verifier.add_custom_header(name, value)
    if job.get("states"):
        verifier.state_handler(job["states"], body=True)
    if job.get("insecure"):
        verifier.disable_ssl_verification()
    verifier.set_request_timeout(job["timeout_ms"])
    verifier.set_error_on_empty_pact(enabled=False)
    publish = job.get("publish")
    if publish:
        verifier.set_publish_options(**publish)
    if job.get("pact"):
        return verifier.add_source(job["pact"])
    return _from_broker(verifier, job["broker"])


def _from_broker(verifier: Any, broker: dict[str, Any]) -> Any:
    login = {key: broker[key] for key in ("token", "username", "password") if broker.get(key)}
    builder = verifier.broker_source(broker["url"], selector=True, use_env=False, **login)
    try:
        if broker.get("include_pending"):
            builder.include_pending()
        if broker.get("include_wip_since"):
            builder.include_wip_since(broker["include_wip_since"])
        if broker.get("provider_branch"):
            builder.provider_branch(broker["provider_branch"])
        if broker.get("provider_tags"):
            builder.provider_tags(*broker["provider_tags"])
        for selector in broker.get("selectors", ()):
            builder.consumer_version(**{SELECTORS[key]: value for key, value in selector.items()})
    finally:
        builder.build()
    return verifier


if __name__ == "__main__":
    sys.exit(main())
