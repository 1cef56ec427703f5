"""A run's messages: a broken one that is planted is found, by whoever sent it, and said once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_systems.kit.turn import Notice
from sandbox.core.journal import outbox
from sandbox.records.record import Record
from sandbox.records.summary import ContractFinding, ContractResult
from sandbox.runs.execution import execute
from sandbox.runs.request import RunRequest, unheard
from sandbox.shipped import shipped_folder
from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.report import check_file, message_report
from sandbox.verification.messages.witness import RunWitness
from tests.sandbox.runs.small_runs import small_scenario
from tests.sandbox.verification.messages.test_reading import milestone

CATALOGUE = Catalogue(shipped_folder("contracts"))
_FEW = {"orders_per_day": 8, "skus": 4, "customers": 3}


def record_of(tmp_path: Path, *faults: dict[str, Any]) -> Record:
    scenario = small_scenario(tmp_path, faults, demand=_FEW, phases={"settle": "6h"})
    request = RunRequest(scenario, 1, "direct", tmp_path / "run", "sandbox run", "small")
    return execute(request, unheard, RunWitness(CATALOGUE))


def result_of(record: Record) -> ContractResult:
    assert record.summary.contracts is not None
    return record.summary.contracts


def test_a_run_without_drift_keeps_every_contract_and_its_messages(tmp_path: Path) -> None:
    record = record_of(tmp_path)
    result = result_of(record)
    assert (result.kept, result.findings, result.not_tested) == (True, [], {})
    assert result.tested > 30
    report = message_report()
    list(check_file(record.folder, CATALOGUE, report))
    assert (report.tested, report.findings) == (result.tested, [])
    names = {name.partition("/")[0] for name in report.tested_by}
    assert names >= {"commerce", "wms", "core"}


def test_a_broken_webhook_that_a_system_sends_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mock_systems.kit.webhooks import Webhooks

    send = Webhooks.send

    def drifted(self: Webhooks, notice: Notice, now_us: int) -> None:
        if notice.topic == "outbound.shipped":
            data = {**notice.data, "weight_g": str(notice.data["weight_g"])}
            notice = Notice(notice.topic, notice.entity, notice.order, data, notice.trace)
        send(self, notice, now_us)

    monkeypatch.setattr(Webhooks, "send", drifted)
    record = record_of(tmp_path)
    (finding,) = result_of(record).findings
    assert (finding.name, finding.version, finding.pointer) == ("wms/outbound.shipped", "1.0.0", "/data/weight_g")
    assert (finding.excused, finding.count > 1) == ([], True)
    assert not record.summary.succeeded


def test_a_broken_event_of_the_core_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = outbox.cloud_event

    def drifted(*arguments: Any) -> dict[str, Any]:
        event = told(*arguments)
        return {**event, "data": {**event["data"], "channel": "web"}} if event["type"] == "order.milestone" else event

    monkeypatch.setattr(outbox, "cloud_event", drifted)
    (finding,) = result_of(record_of(tmp_path)).findings
    assert (finding.name, finding.pointer) == ("core/order.milestone", "/data")
    assert "channel" in finding.reason


def test_what_the_plan_spoils_on_purpose_is_excused(tmp_path: Path) -> None:
    record = record_of(tmp_path, {"webhook_poisoned": {"system": "commerce", "topic": "order.created"}})
    (finding,) = result_of(record).findings
    assert (finding.name, finding.pointer, finding.excused) == ("commerce/order.created", "/data", ["F1"])
    assert result_of(record).kept


def heard(*messages: Any) -> ContractResult:
    witness = RunWitness(CATALOGUE)
    for message in messages:
        witness.hear(7, "core", {}, message)
    return witness.result([])


def test_an_attempt_that_is_repeated_counts_once() -> None:
    assert heard(milestone(), milestone()).tested == 1
    assert heard(milestone(), milestone(id="W-1#2")).tested == 2


def test_findings_that_are_alike_are_one() -> None:
    wrong = [milestone(id=str(number), data={"order": str(number)}) for number in range(3)]
    assert heard(*wrong).findings == [
        ContractFinding(
            name="core/order.milestone",
            version="1.0.0",
            pointer="/data",
            reason='"version" is a required property',
            count=3,
            message="0",
            at_us=7,
        )
    ]


def test_nothing_tested_is_not_kept() -> None:
    assert not heard().kept
    assert heard(milestone(type="a.b", dataschema="urn:sandbox:event:core:a.b:1.0.0")).not_tested != {}
