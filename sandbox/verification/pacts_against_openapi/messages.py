"""Messages against the webhooks of a document: what a provider sends of its own accord."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.verification.diff.changes import Severity
from sandbox.verification.diff.http.model import Operation
from sandbox.verification.pacts_against_openapi.fitting import Fitting, Mark
from sandbox.verification.pacts_against_openapi.misfits import Misfit, place_of
from sandbox.verification.pacts_against_openapi.operations import Api
from sandbox.verification.pacts_against_openapi.pact_file import Interaction, Part
from sandbox.verification.pacts_against_openapi.reliance import Rules
from sandbox.verification.pacts_against_openapi.requests import media_for

Meant = tuple[str, Operation, list[Mark], list[str]]


def message_misfits(interaction: Interaction, api: Api, untested: list[str]) -> Iterator[Misfit]:
    """What a message relies on and no webhook promises. Pacts name no channel: the webhook that fits best is meant."""
    meant = webhook_of(interaction, api)
    if meant is None:
        untested.append("it is a message, of which the document says nothing")
        return
    name, operation, marks, unjudged = meant
    untested.extend(unjudged)
    for mark in marks:
        field = "/".join(map(str, mark.path))
        yield Misfit(
            mark.rule, mark.severity, interaction.title, f"webhook {name}", f"message {field}".strip(),
            f"{mark.text} (by the nearest webhook, {name})", place_of(mark.value),
            place_of(mark.declared or operation.node),
        )  # fmt: skip


def webhook_of(interaction: Interaction, api: Api) -> Meant | None:
    """The webhook whose body fits a message best: its name, what does not fit, and what could not be judged."""
    part = interaction.response
    if part is None or part.body is None or part.opaque:
        return None
    tried = [found for name, one in api.http.webhooks.items() if (found := _tried(name, one, part, api)) is not None]
    return min(tried, key=lambda one: (_broken(one[2]), len(one[2])), default=None)


def _tried(name: str, operation: Operation, part: Part, api: Api) -> Meant | None:
    media = media_for(part.content_type, operation.body.content) if operation.body is not None else None
    if media is None or not media.schema or part.body is None:
        return None
    unjudged: list[str] = []
    fitting = Fitting(
        api.views,
        Rules(part.rules),
        lambda node: unjudged.append(f"line {node.line}: {node.pointer[-1]} is not judged"),
    )
    return name, operation, list(fitting.marks(part.body, media.schema)), unjudged


def _broken(marks: list[Mark]) -> int:
    return sum(mark.severity is Severity.BREAKING for mark in marks)
