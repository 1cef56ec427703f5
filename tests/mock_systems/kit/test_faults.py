"""Faults are data: they survive a file, and wrong ones are refused with the remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.faults import CALL_KINDS, WEBHOOK_KINDS, CallFault, FaultError, WebhookFault
from mock_systems.kit.streams import Streams

windows = st.tuples(st.integers(0, 10**15), st.integers(1, 10**12)).map(lambda w: (w[0], w[0] + w[1]))


@st.composite
def call_faults(draw: st.DrawFn) -> CallFault:
    from_us, until_us = draw(windows)
    counted = draw(st.booleans())
    return CallFault(
        id=draw(st.text(min_size=1, max_size=5)),
        kind=draw(st.sampled_from(CALL_KINDS)),
        operation=draw(st.none() | st.just("postInvoice")),
        order=draw(st.none() | st.just("W-000001")),
        occurrence=draw(st.integers(1, 9)) if counted else None,
        share=None if counted else draw(st.none() | st.floats(0.01, 1)),
        from_us=from_us,
        until_us=until_us,
        delay_us=draw(st.integers(1, 10**9)),
        status=draw(st.integers(500, 599)),
        retry_after_s=draw(st.none() | st.floats(0, 100)),
        retry_after_form=draw(st.sampled_from(("seconds", "float", "date"))),
        factor=draw(st.floats(1, 10)),
        reset=draw(st.booleans()),
    )


@given(call_faults())
def test_a_fault_survives_json(fault: CallFault) -> None:
    fault.applied = fault.seen = 3
    again = CallFault.from_dict(json.loads(json.dumps(fault.as_dict())))
    assert again == fault
    assert (again.applied, again.seen) == (0, 0)


def test_defaults_are_left_out() -> None:
    assert CallFault(id="a", kind="refuse").as_dict() == {"id": "a", "kind": "refuse"}
    lost = {"id": "w", "kind": "lost", "topic": "order.created"}
    assert WebhookFault.from_dict(lost).as_dict() == lost
    assert set(WEBHOOK_KINDS) == {"lost", "doubled", "reordered", "delayed", "poisoned"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"id": "f", "kind": "refused"}, "did you mean 'refuse'"),
        ({"id": "f", "kind": "slow"}, "how slow"),
        ({"id": "f", "kind": "late_commit"}, "by how much"),
        ({"id": "f", "kind": "error", "status": 404}, "status is a 5xx"),
        ({"id": "f", "kind": "error", "state": 503}, "did you mean 'status'"),
        ({"id": "f", "kind": "refuse", "share": 1.5}, "share lies above 0"),
        ({"id": "f", "kind": "refuse", "share": "5%"}, "fault 'f'"),
        ({"id": "f", "kind": "refuse", "occurrence": 0}, "counts from 1"),
        ({"id": "f", "kind": "refuse", "occurrence": 1, "share": 0.5}, "exclude"),
        ({"id": "f", "kind": "refuse", "from_us": 5, "until_us": 5}, "until_us lies after"),
        ({"id": "f", "kind": "refuse", "delay_us": -1}, "delay_us is 0 or more"),
        ({"id": "f", "kind": "throttle", "retry_after_form": "iso"}, "retry_after_form"),
        ({"kind": "refuse"}, "id is missing"),
        ({"id": "f"}, "kind is missing"),
    ],
)
def test_a_fault_that_cannot_be_meant_so_is_refused(data: dict[str, Any], says: str) -> None:
    with pytest.raises(FaultError, match="fault") as error:
        CallFault.from_dict(data)
    assert says in str(error.value)


def test_webhook_faults_need_a_delay_where_they_hold_back() -> None:
    with pytest.raises(FaultError, match="by how much"):
        WebhookFault(id="w", kind="delayed")


def test_a_share_depends_on_the_call_and_not_on_the_others() -> None:
    streams = Streams(3)
    calls = [("getOrder", f"W-{n}", 1) for n in range(4000)]

    def hit(order_of_calls: list[tuple[str, str, int]]) -> set[tuple[str, str, int]]:
        fault = CallFault(id="f", kind="error", share=0.25)
        return {c for c in order_of_calls if fault.hits(*c, 0, streams)}

    forward = hit(calls)
    assert forward == hit(calls[::-1])
    assert 800 < len(forward) < 1200
    other = CallFault(id="g", kind="error", share=0.25)
    assert {c for c in calls if other.hits(*c, 0, streams)} != forward


def test_an_occurrence_counts_the_matching_calls_inside_the_window() -> None:
    fault = CallFault(id="f", kind="error", operation="a", order="W-1", occurrence=2, from_us=10, until_us=20)
    streams = Streams(1)
    calls = [("a", "W-1", 5), ("a", "W-1", 10), ("b", "W-1", 11), ("a", "W-2", 12), ("a", "W-1", 13), ("a", "W-1", 14)]
    assert [fault.hits(operation, order, 1, at, streams) for operation, order, at in calls] == [False] * 4 + [
        True,
        False,
    ]
    assert not CallFault(id="g", kind="error", until_us=20).hits("a", None, 1, 20, streams)
