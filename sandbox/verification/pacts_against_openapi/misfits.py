"""What does not fit between an interaction of a pact and a provider's document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.verification.diff.changes import Place, Severity
from sandbox.verification.documents.document import Node

REMEDIES = {
    "operation-undeclared": "call an operation that the provider declares, or have it declare this one",
    "query-undeclared": "leave the parameter out, or have the provider declare it",
    "parameter-missing": "send the parameter",
    "parameter-value": "send a value that the parameter allows",
    "header-missing": "send the header",
    "request-body-undeclared": "send no body, or have the provider declare it",
    "request-body-missing": "send a body",
    "request-media-type": "send one of the declared media types",
    "request-field-missing": "send the field, which the provider now needs",
    "request-field-undeclared": "leave the field out, or have the provider declare it",
    "request-value": "send a value that the schema allows",
    "request-field-read-only": "leave the field out: only the provider sets it",
    "status-undeclared": "have the provider declare the status, or do not rely on it",
    "response-body-undeclared": "have the provider declare a body, or do not read one",
    "response-media-type": "accept a media type that the provider declares",
    "response-header-undeclared": "have the provider declare the header, or do not rely on it",
    "response-header-value": "accept what the provider declares for the header",
    "response-field-undeclared": "have the provider declare the field, or do not read it",
    "response-field-optional": "have the provider make the field required, or do without it",
    "response-field-write-only": "do not read the field: the provider never sends it",
    "response-value": "accept what the schema promises, or have the provider promise it",
    "response-may-be-other": "accept the other values that the schema allows, too",
    "operation-deprecated": "move to the operation that replaces it",
}
"""What would unblock, by rule."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that does not fit. `breaking`: it fails; `dangerous`: the document allows it to, or does not say.

    `field` is the place in the message, as `response 200 lines/0/sku` or `query status`. `in_pact` is where the pact
    relies on it, `in_document` where the document says otherwise.
    """

    rule: str
    severity: Severity
    interaction: str
    operation: str
    field: str
    text: str
    in_pact: Place
    in_document: Place

    @property
    def remedy(self) -> str:
        """What would make it fit."""
        return REMEDIES[self.rule]

    def as_json(self) -> dict[str, Any]:
        """The misfit as JSON values, as a check's finding."""
        places = {"in_pact": _told(self.in_pact), "in_document": _told(self.in_document)}
        return {
            "message": f"{self.interaction}: {self.field}: {self.text}",
            "rule": self.rule, "severity": self.severity.value, "interaction": self.interaction,
            "operation": self.operation, "field": self.field, "remedy": self.remedy, **places,
        }  # fmt: skip


def place_of(node: Node) -> Place:
    """Where a node is written."""
    return Place(node.document.file, node.json_pointer, node.line)


def _told(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "pointer": place.pointer}
