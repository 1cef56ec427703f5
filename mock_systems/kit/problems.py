"""The codes of problem details, by HTTP status: the last part of `urn:problem:<code>`.

Callers act on codes, so they are part of a system's contract; each system lists its own beside these. The list is open:
a code that a caller does not know is to be read by its status alone (RFC 9457, 3.1.1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import BaseModel

Codes = Mapping[int, tuple[str, ...]]
Members = Mapping[str, type[BaseModel]]
"""By code, the members that its problem details have beside the usual ones, and that callers may rely on."""

# What each system may answer, whatever the operation.
COMMON: Final[Codes] = {
    400: ("malformed-json",),
    401: ("token-expired", "unauthenticated"),
    403: ("forbidden",),
    404: ("not-found", "unknown-subscription"),
    405: ("method-not-allowed",),
    409: ("wrong-token",),
    413: ("content-too-large",),
    422: ("idempotency-key-reused", "invalid-cursor", "invalid-request", "unknown-topic"),
    429: ("concurrency-limit", "rate-limited", "throttled"),
    500: ("system-error",),
    503: ("restoring", "system-error"),
}


def problem_schema(
    status: int, codes: Collection[str], base: str, members: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The schema of problem details with this status: those at the reference `base`, and which codes there are.

    `members` are the schemas of members that some of the codes have beside the usual ones.
    """
    known = sorted(codes)
    kind: dict[str, Any] = {"type": "string", "pattern": "^urn:problem:[a-z0-9]+(-[a-z0-9]+)*$"}
    if known:
        kind["x-extensible-enum"] = [f"urn:problem:{code}" for code in known]
        kind["examples"] = kind["x-extensible-enum"][:1]
    return {
        "title": f"Problem{status}",
        "allOf": [{"$ref": base}],
        "type": "object",
        "properties": {"type": kind, "status": {"const": status}, **(members or {})},
    }


def member_schemas(
    members: Members, codes: Collection[str], ref_template: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The members that these codes have, by name, and the definitions that they refer to.

    Raises ValueError where two codes of one status have a member of the same name: a reader could not tell which.
    """
    found: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for code in sorted(members.keys() & set(codes)):
        schema = members[code].model_json_schema(ref_template=ref_template)
        definitions.update(schema.pop("$defs", {}))
        for name, inner in schema["properties"].items():
            if name in found:
                raise ValueError(f"two problems have a member {name!r}; one of them is {code}")
            told = inner.get("description")
            found[name] = {**inner, "description": f"with urn:problem:{code}" + (f": {told}" if told else "")}
    return found, definitions
