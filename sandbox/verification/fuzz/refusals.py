"""Refusals that a contract announces.

A schema says how a request must look, not which SKUs there are. So a well-formed request may be refused, where the
contract says with which problem: the answer's `type` (RFC 9457) stands in an enum (`x-extensible-enum` for an open one)
or const of that status' schema. Not so where the problem's `errors` point into the request: that says that the request
itself is wrong, which a request that fits the contract is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sandbox.verification.fuzz.references import resolved

_DEEPEST: Final = 4
Announced = frozenset[tuple[str, str, str]]
"""Label of the operation, status, `type` of the problem."""


def announced_refusals(document: dict[str, Any], labels: dict[str, dict[str, Any]]) -> Announced:
    """What the operations (`labels`: label to definition) announce."""
    return frozenset(
        (label, str(status), kind)
        for label, definition in labels.items()
        for status, reply in (definition.get("responses") or {}).items()
        if str(status).startswith("4")
        for kind in _kinds(document, reply)
    )


def is_announced(body: Any, operation: str, status: int, announced: Announced) -> bool:
    """Whether an answer's body is a problem that the contract announces for this operation and status."""
    if not isinstance(body, dict) or body.get("errors"):
        return False
    return (operation, str(status), body.get("type")) in announced


def _kinds(document: dict[str, Any], reply: Any) -> Iterator[str]:
    content = resolved(document, resolved(document, reply).get("content"))
    for media in content.values():
        yield from _types(document, resolved(document, media).get("schema"), 0)


def _types(document: dict[str, Any], schema: Any, depth: int) -> Iterator[str]:
    schema = resolved(document, schema)
    kind = resolved(document, resolved(document, schema.get("properties")).get("type"))
    yield from (one for one in (*_listed(kind), kind.get("const")) if isinstance(one, str))
    for part in ("allOf", "anyOf", "oneOf") if depth < _DEEPEST else ():
        for branch in schema.get(part) or ():
            yield from _types(document, branch, depth + 1)


def _listed(kind: dict[str, Any]) -> list[Any]:
    return [*(kind.get("enum") or ()), *(kind.get("x-extensible-enum") or ())]
