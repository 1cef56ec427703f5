"""Parameters of an operation compared."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.findings import Findings, Spot
from sandbox.verification.diff.http.model import Operation, Parameter
from sandbox.verification.diff.schemas.view import Schema


def compare_parameters(before: Operation, after: Operation, findings: Findings, title: str, asked: Direction) -> None:
    """Note what differs. Where the provider calls (`asked` is response), consumers read parameters like headers."""
    if asked is Direction.RESPONSE:
        for key in before.parameters.keys() & after.parameters.keys():
            old, new = before.parameters[key], after.parameters[key]
            spot = Spot(asked, title, "response-header", _subject(old))
            findings.schemas(spot, old.schema, new.schema, old.media_type is None)
        return
    for key in dict.fromkeys((*before.parameters, *after.parameters)):
        old_one, new_one = before.parameters.get(key), after.parameters.get(key)
        if old_one is None and new_one is not None:
            _added(new_one, after, findings, title)
        elif new_one is None and old_one is not None:
            _removed(old_one, findings, title)
        elif old_one is not None and new_one is not None:
            _kept(old_one, new_one, findings, title)


def _subject(parameter: Parameter) -> str:
    return f"{parameter.place} {parameter.name}"


def _added(new: Parameter, after: Operation, findings: Findings, title: str) -> None:
    spot = Spot(Direction.REQUEST, title, "request-parameter", _subject(new))
    if new.place == "path":  # it was in the template all along, undeclared
        findings.schemas(spot, (), new.schema, True)
    elif new.required:
        findings.add(
            "new-required-request-parameter", spot, "the parameter was added and is required", after.node, new.node
        )
    else:
        findings.add("new-optional-request-parameter", spot, "the parameter was added", after.node, new.node)


def _removed(old: Parameter, findings: Findings, title: str) -> None:
    spot = Spot(Direction.REQUEST, title, "request-parameter", _subject(old))
    if old.place == "path":
        findings.schemas(spot, old.schema, (), True)
        return
    rule = "request-parameter-removed-with-deprecation" if old.deprecated else "request-parameter-removed"
    findings.add(rule, spot, "the parameter was removed", old.node, None)


def _kept(old: Parameter, new: Parameter, findings: Findings, title: str) -> None:
    spot = Spot(Direction.REQUEST, title, "request-parameter", _subject(old))
    if new.required != old.required:
        rule, told = (
            ("became-required", "it became required") if new.required else ("became-optional", "it became optional")
        )
        findings.add(rule, spot, told, old.node.get("required") or old.node, new.node.get("required") or new.node)
    if new.deprecated != old.deprecated:
        rule, told = (
            ("deprecated", "it is deprecated now") if new.deprecated else ("reactivated", "it is deprecated no more")
        )
        findings.add(rule, spot, told, old.node, new.node)
    if new.style != old.style and (
        _several(old, findings) or {old.style, new.style} - {"form", "spaceDelimited", "pipeDelimited", "tabDelimited"}
    ):
        told = f"style went from {old.style} to {new.style}"
        findings.add(
            "request-parameter-style-changed",
            spot,
            told,
            old.node.get("style") or old.node,
            new.node.get("style") or new.node,
        )
    elif new.explode != old.explode:
        told = f"explode went from {_word(old.explode)} to {_word(new.explode)}"
        rule = f"request-parameter-explode-{'changed' if _several(old, findings) else 'without-effect'}"
        findings.add(rule, spot, told, old.node.get("explode") or old.node, new.node.get("explode") or new.node)
    if new.empty_allowed != old.empty_allowed and old.place == "query":
        rule = f"request-parameter-allow-empty-value-{'added' if new.empty_allowed else 'removed'}"
        told = "it may be empty now" if new.empty_allowed else "it may not be empty any more"
        findings.add(
            rule, spot, told, old.node.get("allowEmptyValue") or old.node, new.node.get("allowEmptyValue") or new.node
        )
    if new.media_type != old.media_type:
        told = f"the value went from {old.media_type or 'plain text'} to {new.media_type or 'plain text'}"
        findings.add("request-parameter-media-type-changed", spot, told, old.node, new.node)
    findings.schemas(spot, old.schema, new.schema, old.media_type is None)


def _word(value: bool) -> str:
    return "true" if value else "false"


def _several(parameter: Parameter, findings: Findings) -> bool:
    """Whether a value may be a list or an object: `explode` means nothing to others, says OpenAPI."""
    return may_be_several(parameter.schema, findings)


def may_be_several(schema: Schema, findings: Findings) -> bool:
    """Whether a schema of the old document takes lists or objects."""
    types = findings.pairs[Direction.REQUEST].old_types(schema)
    return types is None or bool(types & {"array", "object"})
