"""What a pact sends, against the operation that it is sent to: it has to be valid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from sandbox.verification.diff.changes import Severity
from sandbox.verification.diff.http.model import Media, Parameter
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node
from sandbox.verification.pacts_against_openapi.fitting import Fitting, Mark
from sandbox.verification.pacts_against_openapi.operations import Called
from sandbox.verification.pacts_against_openapi.pact_file import Interaction, Part

Found = tuple[str, Mark]  # where in the request, as `query`, and what does not fit


def request_marks(
    interaction: Interaction, part: Part, called: Called, fitting: Fitting, views: Views
) -> Iterator[Found]:
    """Everything in a request that the operation does not take."""
    yield from _parameters(interaction, part, called, fitting, views)
    yield from _body(part, called, fitting, views)


def _parameters(
    interaction: Interaction, part: Part, called: Called, fitting: Fitting, views: Views
) -> Iterator[Found]:
    declared = called.operation.parameters
    texts: dict[tuple[str, str], list[str]] = {
        ("path", str(index)): [value] for index, value in enumerate(called.values)
    }
    for name, value in interaction.query:
        texts.setdefault(("query", _query_name(name, declared)), []).append(value)
    for name, value in part.headers.items():
        texts[("header", name)] = [value]
    where = part.node.get("query") or part.node
    for key, parameter in declared.items():
        if key not in texts and parameter.required and parameter.place in ("query", "header"):
            rule = "header-missing" if parameter.place == "header" else "parameter-missing"
            told = f"the {parameter.place} parameter {parameter.name!r} is required and not sent"
            yield f"{parameter.place} {parameter.name}", Mark(rule, Severity.BREAKING, (), told, where, parameter.node)
    for (place, name), values in texts.items():
        known = declared.get((place, name))
        if known is not None:
            yield from _value(known, values, part, fitting, views)
        elif place == "query":
            told = f"no query parameter {name!r} is declared"
            mark = Mark("query-undeclared", Severity.BREAKING, (), told, where, called.operation.node)
            yield f"query {name}", mark


def _query_name(name: str, declared: dict[tuple[str, str], Parameter]) -> str:
    """`status[]` and `filter[status]` may be declared by their bare names."""
    bare = name.split("[")[0]
    return bare if ("query", name) not in declared and ("query", bare) in declared else name


def _value(parameter: Parameter, texts: list[str], part: Part, fitting: Fitting, views: Views) -> Iterator[Found]:
    if parameter.media_type is not None or not parameter.schema or parameter.style == "deepObject":
        return
    view = views.of(parameter.schema)
    types = view.types or frozenset({"string"})
    value: Any = _typed(texts[0], types)
    if "array" in types and "string" not in types:
        inner = (views.of(view.items).types if view.items else None) or frozenset({"string"})
        split = texts if len(texts) > 1 or parameter.explode else texts[0].split(_SEPARATORS.get(parameter.style, ","))
        value = [_typed(text, inner) for text in split]
    where = part.node.get({"query": "query", "header": "headers"}.get(parameter.place, "path")) or part.node
    for mark in fitting.marks(replace(where, value=value), parameter.schema):
        if mark.rule == "request-value":
            yield f"{parameter.place} {parameter.name}", replace(mark, rule="parameter-value")


_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def _typed(text: str, types: frozenset[str]) -> Any:
    """What a text in a URL or header means, where a type is declared."""
    if "string" in types:
        return text
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    for kind, name in ((int, "integer"), (float, "number")):
        if types & {name, "number"}:
            try:
                return kind(text)
            except ValueError:
                continue
    return text


def _body(part: Part, called: Called, fitting: Fitting, views: Views) -> Iterator[Found]:
    declared = called.operation.body
    if part.body is None:
        if declared is not None and declared.required:
            told = "a body is required and none is sent"
            yield "body", Mark("request-body-missing", Severity.BREAKING, (), told, part.node, declared.node)
        return
    if declared is None or not declared.content:
        told = "a body is sent and none is declared"
        mark = Mark("request-body-undeclared", Severity.DANGEROUS, (), told, part.body, called.operation.node)
        yield "body", mark
        return
    media = media_for(part.content_type, declared.content)
    if media is None:
        told = f"{part.content_type} is sent, declared is {', '.join(declared.content)}"
        yield "body", Mark("request-media-type", Severity.BREAKING, (), told, part.body, declared.node)
    elif media.schema and (not part.opaque or is_form(part)):
        body = _form(part.body, media, views) if part.opaque else part.body
        for mark in fitting.marks(body, media.schema):
            yield "body", mark


def is_form(part: Part) -> bool:
    """Whether a body is a form's, whose fields are values as those of a query."""
    plain = (part.content_type or "").split(";")[0].strip().lower()
    return plain == "application/x-www-form-urlencoded" and part.body is not None and isinstance(part.body.value, str)


def _form(body: Node, media: Media, views: Views) -> Node:
    properties = views.of(media.schema).properties
    fields: dict[str, Any] = {}
    for name, text in parse_qsl(str(body.value), keep_blank_values=True):
        view = views.of(properties[name]) if name in properties else None
        value = _typed(text, (view.types if view else None) or frozenset({"string"}))
        listed = view is not None and view.types is not None and "array" in view.types
        fields[name] = [*fields.get(name, []), value] if listed else value
    return replace(body, value=fields)


def media_for(content_type: str | None, content: dict[str, Media]) -> Media | None:
    """What is declared for a media type, which may be a range (`*/*`); where none is told, JSON or the only one."""
    plain = (content_type or "").split(";")[0].strip().lower()
    if not plain:
        known = next((one for name, one in content.items() if "json" in name), None)
        return known or next(iter(content.values()), None)
    bare = {name.split(";")[0]: one for name, one in reversed(list(content.items()))}
    wide = (plain, f"{plain.split('/')[0]}/*", "*/*")
    found = next((bare[name] for name in wide if name in bare), None)
    if found is None and plain.endswith("json"):
        found = next(
            (one for name, one in bare.items() if name.endswith("+json") and plain == "application/json"), None
        )
    return found


def header_node(part: Part) -> Node:
    """Where the headers of a part are."""
    return part.node.get("headers") or part.node
