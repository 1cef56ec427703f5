"""What a pact expects back, against what the operation promises."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.verification.diff.changes import Severity
from sandbox.verification.diff.http.model import Response
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.pacts_against_openapi.fitting import Fitting, Mark
from sandbox.verification.pacts_against_openapi.operations import Called, answer
from sandbox.verification.pacts_against_openapi.pact_file import Interaction, Part
from sandbox.verification.pacts_against_openapi.requests import Found, header_node, media_for

_USUAL = frozenset((
    "content-type", "content-length", "date", "connection", "server", "vary", "cache-control", "transfer-encoding",
    "access-control-allow-origin", "keep-alive", "content-encoding",
))  # fmt: skip


def answer_marks(
    interaction: Interaction, part: Part, called: Called, fitting: Fitting, views: Views
) -> Iterator[Found]:
    """Everything that is relied on in a response and not promised."""
    declared = answer(called.operation, interaction.status)
    where = part.node.get("status") or part.node
    if declared is None:
        known = ", ".join(name.lower() for name in called.operation.responses) or "none"
        told = f"status {interaction.status} is not declared (declared: {known})"
        node = called.operation.node.get("responses") or called.operation.node
        yield "", Mark("status-undeclared", Severity.BREAKING, (), told, where, node)
        return
    yield from _headers(part, declared, fitting, views)
    yield from _body(part, declared, fitting)


def _headers(part: Part, declared: Response, fitting: Fitting, views: Views) -> Iterator[Found]:
    where = header_node(part)
    for name, text in part.headers.items():
        known = declared.headers.get(name)
        if known is None:
            if name not in _USUAL:
                told = f"no header {name!r} is declared"
                mark = Mark("response-header-undeclared", Severity.DANGEROUS, (), told, where, declared.node)
                yield f"header {name}", mark
            continue
        types = views.of(known.schema).types if known.schema else None
        if types and not types & {"string", "array", "object"} and not _number(text) and text not in ("true", "false"):
            told = f"{text!r} is expected, declared is {' or '.join(sorted(types))}"
            yield f"header {name}", Mark("response-header-value", Severity.BREAKING, (), told, where, known.node)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _body(part: Part, declared: Response, fitting: Fitting) -> Iterator[Found]:
    if part.body is None:
        return
    if not declared.content:
        told = "a body is expected and none is declared"
        yield "body", Mark("response-body-undeclared", Severity.BREAKING, (), told, part.body, declared.node)
        return
    media = media_for(part.content_type, declared.content)
    if media is None:
        told = f"{part.content_type} is expected, declared is {', '.join(declared.content)}"
        yield "body", Mark("response-media-type", Severity.BREAKING, (), told, part.body, declared.node)
    elif not part.opaque and media.schema:
        for mark in fitting.marks(part.body, media.schema):
            yield "body", mark
