"""The events that the core tells: CloudEvents 1.0 as JSON objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.core.model.events import data_schema_of

SOURCE: Final = "/sandbox/core"
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC throughout; the zone is written as Z


def cloud_event(
    event_id: str, type_: str, subject: str, time_us: int, sequence: int, data: Mapping[str, Any]
) -> dict[str, Any]:
    """An event of `type_` (`order.milestone`) about `subject`; a `traceparent` in `data` moves to the envelope.

    `sequence` is per subject, and text in the event: the extension compares it letter by letter.
    """
    told = dict(data)
    traceparent = told.pop("traceparent", None)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": type_,
        "subject": subject,
        "time": rfc3339(time_us),
        "datacontenttype": "application/json",
        "sequence": f"{sequence:010d}",
        "data": told,
    }
    schema = data_schema_of(type_)
    if schema is not None:
        event["dataschema"] = schema
    if traceparent is not None:
        event["traceparent"] = traceparent
    return event


def rfc3339(at_us: int) -> str:
    """A time in microseconds since 1970 as RFC 3339 text in UTC."""
    return (_EPOCH + timedelta(0, 0, at_us)).isoformat("T", "microseconds") + "Z"
