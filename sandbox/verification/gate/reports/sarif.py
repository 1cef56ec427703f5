"""SARIF 2.1.0 (OASIS): what is in the way, at its line in the pact, with its line in the document beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.verification.diff.changes import Place
from sandbox.verification.documents.text import is_url
from sandbox.verification.gate.answers import Answer, Detail, Row, Standing, Verdict
from sandbox.verification.pacts_against_openapi.misfits import REMEDIES

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(verdicts: Sequence[Verdict]) -> str:
    """The log as JSON. `error` is in the way, `warning` is unknown, `note` is told alone."""
    results = [one for verdict in verdicts for row in verdict.rows for one in _results(verdict, row)]
    ids = list(dict.fromkeys(one["ruleId"] for one in results))
    for one in results:
        one["ruleIndex"] = ids.index(one["ruleId"])
    driver = {"name": "sandbox contracts gate", "rules": [_rule(one) for one in ids]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _results(verdict: Verdict, row: Row) -> Iterator[dict[str, Any]]:
    if row.answer is Answer.YES:
        return
    level = "error" if row.answer is Answer.NO else "warning"
    level = level if row.standing is Standing.COUNTS else "note"
    for detail in row.details or (Detail(row.reason, remedy=row.remedy),):
        places = detail.places or ((Place(row.file, "", 1),) if row.file else ())
        yield {
            "ruleId": detail.rule or f"gate-{row.by.value}-{row.answer.value}",
            "level": level,
            "message": {"text": _message(verdict, row, detail)},
            "locations": [_location(one) for one in places[:1]],
            "relatedLocations": [{**_location(one), "id": number} for number, one in enumerate(places[1:], 1)],
            "partialFingerprints": {"contractsGate/v1": _fingerprint(verdict, row, detail)},
        }


def _message(verdict: Verdict, row: Row, detail: Detail) -> str:
    told = ": ".join(part for part in (detail.interaction, detail.field, detail.text) if part)
    remedy = detail.remedy or row.remedy
    return f"{verdict.sentence}: {row.subject}: {told}." + (f" To unblock: {remedy}." if remedy else "")


def _location(place: Place) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}, "region": {"startLine": place.line}}
    logical = [{"fullyQualifiedName": place.pointer}] if place.pointer else []
    return {"physicalLocation": where, **({"logicalLocations": logical} if logical else {})}


def _uri(file: str) -> str:
    if is_url(file):
        return file
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/")


def _fingerprint(verdict: Verdict, row: Row, detail: Detail) -> str:
    """The same for the same trouble in the next version, so that one alert stays one."""
    parts = (verdict.environment, row.consumer, row.provider, detail.rule, detail.interaction, detail.field)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _rule(rule_id: str) -> dict[str, Any]:
    remedy = REMEDIES.get(rule_id)
    return {
        "id": rule_id,
        "shortDescription": {"text": rule_id.replace("-", " ")},
        **({"help": {"text": f"To unblock: {remedy}."}} if remedy else {}),
    }
