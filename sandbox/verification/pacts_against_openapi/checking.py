"""A whole pact against a whole document: every interaction, and what was not tested of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.verification.diff.changes import Severity
from sandbox.verification.documents.document import Node
from sandbox.verification.outcome import Check, Finding, Outcome, Verdict
from sandbox.verification.pacts_against_openapi.answers import answer_marks
from sandbox.verification.pacts_against_openapi.fitting import Fitting, Mark
from sandbox.verification.pacts_against_openapi.messages import message_misfits
from sandbox.verification.pacts_against_openapi.misfits import Misfit, place_of
from sandbox.verification.pacts_against_openapi.operations import Api, Called, called, methods_of
from sandbox.verification.pacts_against_openapi.pact_file import Interaction, Pact
from sandbox.verification.pacts_against_openapi.reliance import Rules
from sandbox.verification.pacts_against_openapi.requests import is_form, request_marks


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a pact. `not_tested` are interactions with the reason why a document cannot judge them."""

    pact: Pact
    tested: int
    misfits: tuple[Misfit, ...]
    not_tested: tuple[tuple[str, str], ...]

    @property
    def breaking(self) -> tuple[Misfit, ...]:
        """What fails."""
        return tuple(one for one in self.misfits if one.severity is Severity.BREAKING)

    def outcome(self, worst: Severity = Severity.BREAKING, **versions: str) -> Outcome:
        """As a check's result; with `worst` dangerous, what the document leaves open fails, too."""
        failing = self.breaking if worst is Severity.BREAKING else self.misfits
        verdict = Verdict.FAIL if failing else Verdict.PASS if self.tested and not self.not_tested else Verdict.UNKNOWN
        return Outcome(
            check=Check.PACT,
            subject=f"{self.pact.consumer}->{self.pact.provider}",
            verdict=verdict,
            tested=self.tested,
            not_tested=len(self.not_tested),
            findings=[Finding.model_validate(one.as_json()) for one in self.misfits],
            versions=versions,
        )

    def as_json(self, worst: Severity = Severity.BREAKING) -> dict[str, Any]:
        """The result with what was not tested."""
        untested = [{"interaction": name, "reason": reason} for name, reason in self.not_tested]
        return self.outcome(worst).as_json(untested=untested, by="document")


def check_pact(pact: Pact, api: Api) -> Checked:
    """Hold every interaction of a pact against a document. Raises InputError where the document is broken."""
    misfits: list[Misfit] = []
    untested: list[tuple[str, str]] = []
    for interaction in pact.interactions:
        reasons: list[str] = []
        misfits += _checked(interaction, api, reasons)
        if reasons:
            untested.append((interaction.title, reasons[0]))
    return Checked(pact, len(pact.interactions) - len(untested), tuple(dict.fromkeys(misfits)), tuple(untested))


def _checked(interaction: Interaction, api: Api, untested: list[str]) -> Iterator[Misfit]:
    if interaction.request is None or interaction.response is None:
        yield from message_misfits(interaction, api, untested)
        return
    found = called(api.http, interaction.method, interaction.path)
    if found is None:
        yield _no_operation(interaction, api)
        return
    for part, way in ((interaction.request, "request"), (interaction.response, "response")):
        if part.body is not None and part.opaque and not (way == "request" and is_form(part)):
            untested.append(f"the body of the {way} is no JSON ({part.content_type})")

    def unjudged(node: Node) -> None:
        untested.append(f"{node.document.file}:{node.line}: {node.pointer[-1]} is not judged here")

    if found.operation.deprecated:
        mark = Mark(
            "operation-deprecated", Severity.DANGEROUS, (), "the operation is deprecated",
            interaction.node, found.operation.node,
        )  # fmt: skip
        yield _misfit(interaction, found, "", mark)
    sent = Fitting(api.views, None, unjudged)
    for where, mark in request_marks(interaction, interaction.request, found, sent, api.views):
        yield _misfit(interaction, found, f"request {where}", mark)
    read = Fitting(api.views, Rules(interaction.response.rules), unjudged)
    for where, mark in answer_marks(interaction, interaction.response, found, read, api.views):
        yield _misfit(interaction, found, f"response {interaction.status} {where}".strip(), mark)


def _no_operation(interaction: Interaction, api: Api) -> Misfit:
    methods = methods_of(api.http, interaction.path)
    told = f"{interaction.path} has {', '.join(methods)}" if methods else f"no path is like {interaction.path}"
    title = f"{interaction.method} {interaction.path}"
    request = interaction.request
    node = (request.node.get("path") or request.node) if request is not None else interaction.node
    return Misfit(
        "operation-undeclared", Severity.BREAKING, interaction.title, title, title, f"it is not declared: {told}",
        place_of(node), place_of(api.http.root.get("paths") or api.http.root),
    )  # fmt: skip


def _misfit(interaction: Interaction, found: Called, where: str, mark: Mark) -> Misfit:
    field = "/".join(map(str, mark.path))
    declared = mark.declared or found.operation.node
    return Misfit(
        mark.rule, mark.severity, interaction.title, found.operation.title,
        f"{where} {field}".strip() or found.operation.title, mark.text, place_of(mark.value), place_of(declared),
    )  # fmt: skip
