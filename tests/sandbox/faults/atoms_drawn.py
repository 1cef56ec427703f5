"""Hypothesis strategies for sound plans, and a small landscape."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sandbox.faults.atoms import CALL_KINDS, PLATFORM_KINDS, READ_KINDS, WEBHOOK_KINDS
from sandbox.faults.landscape import Surface
from sandbox.faults.moments import DAY_US

LANDSCAPE = {
    "commerce": Surface(("tellStatus", "capturePayment", "listOrders"), ("order.created", "order.cancelled")),
    "erp": Surface(("createSalesOrder", "postInvoice"), ("sales_order.released",)),
    "desk": Surface(("openException",)),
}
SPAN_US = 2 * DAY_US

_lengths = st.integers(1, 7_200_000_000).map(lambda us: f"{us}us")
_poisons = st.sampled_from(["unreadable", "unknown_item", "unknown_status"])
_shares = st.one_of(st.floats(0.001, 1.0), st.integers(1, 100).map("{}%".format))


@st.composite
def _windows(draw: st.DrawFn) -> dict[str, Any]:
    begins = draw(st.integers(0, SPAN_US - 2))
    length = draw(st.integers(1, SPAN_US - begins))
    if draw(st.booleans()):
        return {"at": f"{begins}us", "for": f"{length}us"}
    return {"from": f"{begins}us", "to": f"{begins + length}us"}


@st.composite
def _calls(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    system = draw(st.sampled_from(sorted(LANDSCAPE)))
    body: dict[str, Any] = {"system": system, **draw(_windows())}
    if kind == "outage":
        return body
    body |= draw(_narrowed("operation", LANDSCAPE[system].operations))
    more: dict[str, Any] = {
        "slow": {"by": draw(_lengths), "factor": draw(st.floats(1, 50))},
        "error": {"status": draw(st.integers(500, 599)), "retry_after": draw(_lengths)},
        "throttle": draw(
            st.sampled_from([{}, {"retry_after": "0s"}, {"retry_after": "30s", "retry_after_form": "date"}])
        ),
        "late_commit": {"by": draw(_lengths), "reset": draw(st.booleans())},
        "stale_read": {"by": draw(_lengths)},
        "late_index": {"by": draw(_lengths)},
        "poisoned_rows": {"poison": draw(_poisons)},
    }
    if kind in ("malformed", "partial", "duplicate_call", *READ_KINDS):
        return body | more.get(kind, {})
    return body | more.get(kind, {"reset": draw(st.booleans())})


@st.composite
def _narrowed(draw: st.DrawFn, what: str, names: tuple[str, ...]) -> dict[str, Any]:
    body: dict[str, Any] = draw(st.sampled_from([{}, {"order": "W-000003"}, {what: names[0]}, {what: names[-1]}]))
    which = draw(st.sampled_from(["all", "nth", "share"]))
    if which == "nth":
        return body | {"occurrence": draw(st.integers(1, 99))}
    return body | {"share": draw(_shares)} if which == "share" else body


@st.composite
def _webhooks(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    system = draw(st.sampled_from(["commerce", "erp"]))
    body = {"system": system, **draw(_narrowed("topic", LANDSCAPE[system].topics))}
    if draw(st.booleans()):
        body |= draw(_windows())
    key = {"webhook_doubled": "after", "webhook_reordered": "within", "webhook_delayed": "by"}.get(kind)
    if kind == "webhook_poisoned":
        body |= {"poison": draw(_poisons)}
    return body | {key: draw(_lengths)} if key else body


@st.composite
def _platform(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    body = draw(_windows())
    if not kind.endswith("outage"):
        body |= {"share": f"{draw(st.integers(1, 50))}%"}
    key = {"store_slow": "by", "bus_delayed": "by", "bus_doubled": "after", "bus_reordered": "within"}.get(kind)
    return body | {key: draw(_lengths)} if key else body


@st.composite
def _crashes(draw: st.DrawFn) -> dict[str, Any]:
    body = {"down_for": draw(_lengths)}
    if draw(st.booleans()):
        return body | {"at": f"{draw(st.integers(0, SPAN_US - 1))}us"}
    return body | {"system": "erp", "operation": "postInvoice", "occurrence": draw(st.integers(1, 9))}


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """One entry of `faults:`, as YAML gives it."""
    kind = draw(
        st.sampled_from(
            [
                *CALL_KINDS,
                *WEBHOOK_KINDS,
                *PLATFORM_KINDS,
                "webhooks_deleted",
                "core_crash",
                "core_pause",
                "core_clock",
                "demand_spike",
            ]
        )
    )
    if kind in CALL_KINDS:
        return {kind: draw(_calls(kind))}
    if kind in WEBHOOK_KINDS:
        return {kind: draw(_webhooks(kind))}
    if kind in PLATFORM_KINDS:
        return {kind: draw(_platform(kind))}
    if kind == "core_crash":
        return {kind: draw(_crashes())}
    if kind == "webhooks_deleted":
        return {kind: {"system": "commerce", "at": f"{draw(st.integers(0, SPAN_US - 1))}us"}}
    if kind == "core_pause":
        return {kind: {"at": f"{draw(st.integers(0, SPAN_US - 1))}us", "for": draw(_lengths)}}
    if kind == "core_clock":
        return {
            kind: {**draw(_windows()), draw(st.sampled_from(["ahead", "behind", "gains", "loses"])): draw(_lengths)}
        }
    return {kind: {**draw(_windows()), "factor": draw(st.floats(1.1, 20))}}


plans = st.lists(entries(), max_size=8)
