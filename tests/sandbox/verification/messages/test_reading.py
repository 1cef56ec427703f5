"""What a recorded message is, in whichever form it was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.shipped import shipped_folder
from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.envelope import NotAMessage, read_message
from sandbox.verification.messages.report import MessageFinding, check_file, message_report
from sandbox.verification.recording_report import RecordingReport

CATALOGUE = Catalogue(shipped_folder("contracts"))
SIGNED = {"webhook-id": "msg_1", "webhook-timestamp": "1321228800", "webhook-signature": "v1,c2ln"}


def milestone(**changes: Any) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": "W-1#1",
        "source": "/sandbox/core",
        "type": "order.milestone",
        "subject": "W-1",
        "time": "2011-11-14T09:00:00.000000Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:sandbox:event:core:order.milestone:1.0.0#/properties/data",
        "sequence": "0000000001",
        "data": {"order": "W-1", "status": "received", "version": 1},
    }
    return {**event, **changes}


def validation(**changes: Any) -> dict[str, Any]:
    data = {"subscription": "core", "token": "val_1"}
    return {"type": "subscription.validation", "timestamp_us": 1, "data": data, **changes}


def checked(
    tmp_path: Path, text: str, name: str = "a.json", source: str | None = None
) -> RecordingReport[MessageFinding]:
    path, report = tmp_path / name, message_report()
    path.write_text(text)
    list(check_file(path, CATALOGUE, report, source))
    return report


def only(report: RecordingReport[MessageFinding]) -> MessageFinding:
    (finding,) = report.findings
    return finding


def test_a_cloud_event_fits_its_schema_in_both_modes(tmp_path: Path) -> None:
    assert checked(tmp_path, json.dumps(milestone())).tested_by == {"core/order.milestone 1.0.0": 1}
    event = milestone()
    headers = {f"ce-{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
    binary = {"headers": {**headers, "Content-Type": "application/json; charset=utf-8"}, "body": event["data"]}
    assert checked(tmp_path, json.dumps(binary)).findings == []


def test_each_finding_has_line_event_version_pointer_and_reason(tmp_path: Path) -> None:
    wrong = milestone(data={"order": "W-1", "status": "received", "version": "1"})
    lines = [json.dumps(milestone()), "", json.dumps(wrong)]
    found = only(checked(tmp_path, "\n".join(lines), "a.ndjson"))
    assert (found.line, found.event, found.version, found.id) == (3, "core/order.milestone", "1.0.0", "W-1#1")
    assert found.pointer == "/data/version"
    assert "not of type" in found.reason


def test_a_list_is_read_with_the_lines_of_its_entries(tmp_path: Path) -> None:
    wrong = milestone(time="yesterday")
    found = only(checked(tmp_path, json.dumps([milestone(), wrong], indent=1)))
    assert found.pointer == "/time"
    assert found.line > 10


def test_a_webhook_is_read_with_or_without_its_headers(tmp_path: Path) -> None:
    assert checked(tmp_path, json.dumps(validation()), source="erp").tested_by == {
        "erp/subscription.validation 1.0.0": 1
    }
    whole = {"url": "http://127.0.0.1:1/webhooks/wms", "headers": SIGNED, "body": json.dumps(validation())}
    assert checked(tmp_path, json.dumps(whole)).tested_by == {"wms/subscription.validation 1.0.0": 1}


@pytest.mark.parametrize(
    ("headers", "pointer"),
    [
        ({**SIGNED, "webhook-timestamp": "now"}, "/headers/webhook-timestamp"),
        ({**SIGNED, "webhook-signature": "abc"}, "/headers/webhook-signature"),
        ({key: value for key, value in SIGNED.items() if key != "webhook-id"}, "/headers/webhook-id"),
    ],
)
def test_headers_are_those_of_standard_webhooks(tmp_path: Path, headers: dict[str, str], pointer: str) -> None:
    report = checked(tmp_path, json.dumps({"source": "erp", "headers": headers, "body": validation()}))
    assert only(report).pointer == pointer


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (
            milestone(type="order.vanished", dataschema="urn:sandbox:event:core:order.vanished:1.0.0"),
            "there is no type order.vanished",
        ),
        (milestone(type="order.created", dataschema=None), "core sends no order.created"),
        (milestone(type="x.y", source="/other", dataschema=None), "there is no type x.y"),
        (
            milestone(dataschema="urn:sandbox:event:core:order.milestone:9.0.0"),
            "there is no version 9.0.0 of core/order.milestone",
        ),
        (milestone(dataschema="https://example.org/s"), "there is no version https://example.org/s of core/order.mil"),
        (validation(type="order.shut"), "there is no type order.shut"),
    ],
)
def test_an_unknown_type_or_version_is_not_tested_and_named(tmp_path: Path, message: Any, why: str) -> None:
    report = checked(tmp_path, json.dumps(message))
    (told,) = report.not_tested
    assert (report.tested, why in told) == (0, True), told
    assert report.outcome("x").verdict == "unknown"


def test_a_type_that_several_send_has_to_fit_one_of_them(tmp_path: Path) -> None:
    assert checked(tmp_path, json.dumps(validation())).findings == []
    assert only(checked(tmp_path, json.dumps(validation(timestamp_us="1")))).pointer == "/timestamp_us"


@pytest.mark.parametrize("recorded", [1, {"data": {}}, {"headers": {}, "body": "no json"}])
def test_what_is_no_message_is_a_finding(tmp_path: Path, recorded: Any) -> None:
    with pytest.raises(NotAMessage):
        read_message(recorded)
    assert only(checked(tmp_path, json.dumps(recorded))).event == ""


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not JSON") as refused:
        checked(tmp_path, json.dumps(milestone()) + "\n{oh", "a.ndjson")
    assert refused.value.line == 2
    with pytest.raises(InputError, match="is not a run's record"):
        list(check_file(tmp_path, CATALOGUE, message_report()))
