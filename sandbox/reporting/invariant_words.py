"""What each invariant asks, for readers who have never met the word."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "I1": "Every accepted order stands in the ERP, was cancelled, or was put before people, in time.",
    "I2": "An order stands at most once in the ERP.",
    "I4": "No line is shipped beyond what was ordered; each parcel leaves under one label, no paid label is wasted.",
    "I6": "Nothing is invoiced before it was shipped, everything shipped is invoiced in time, each shipment once.",
    "I7": "What was captured, invoiced, paid and booked agrees to the cent, and the general ledger balances.",
    "I8": "What came in less what went out is what lies on the shelf, in the warehouse and in the ERP.",
    "I9": "What the shop sells from comes to agree with what can really be promised.",
    "I10": "Whatever stands still is put before people: once, and only as long as it is true.",
    "I11": "Statuses, stock and tracking never fall back to an older state.",
    "I13": "Every document belongs to exactly one order, and says what the order says.",
    "I19": "Every effect in any system can be traced to the order that caused it.",
}
SIGNS: Mapping[str, tuple[str, str]] = {
    "pass": ("✓", "pass"),
    "violated": ("✕", "violated"),
    "unknown": ("?", "unknown"),
}
