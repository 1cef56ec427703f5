"""What each invariant asks, for readers who have never met the word."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "I1": "Every accepted order stands in the ERP, was cancelled, or was put before people, in time.",
    "I2": "An order stands at most once in the ERP.",
    "I3": "Nobody is sold what is not there, unless the shop could not have known yet.",
    "I4": "No line is shipped beyond what was ordered; each parcel leaves under one label, no paid label is wasted.",
    "I5": "Nothing leaves after it was cancelled, and who can't cancel any more is told.",
    "I6": "Nothing is invoiced before it was shipped, everything shipped is invoiced in time, each shipment once.",
    "I7": "What was captured, invoiced, paid and booked agrees to the cent, and the general ledger balances.",
    "I8": "What came in less what went out is what lies on the shelf, in the warehouse and in the ERP.",
    "I9": "What the shop sells from comes to agree with what can really be promised.",
    "I10": "Whatever stands still is put before people: once, and only as long as it is true.",
    "I11": "Statuses, stock and tracking never fall back to an older state.",
    "I12": "Nothing stands still before a step that can be taken.",
    "I13": "Every document belongs to exactly one order, and says what the order says.",
    "I14": "What a cancelled or edited order needs no longer is taken back, all of it.",
    "I15": "A system in trouble is not asked much more often than one that is well.",
    "I16": "When the faults are over the backlog is worked off, and work flows as before.",
    "I17": "Lines, units, prices and addresses are the same in every system, as agreed last.",
    "I18": "A core that was replaced changes nothing any more.",
    "I19": "Every effect in any system can be traced to the order that caused it.",
}
SIGNS: Mapping[str, tuple[str, str]] = {
    "pass": ("✓", "pass"),
    "violated": ("✕", "violated"),
    "unknown": ("?", "unknown"),
}
