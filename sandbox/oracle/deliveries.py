"""What warehouses received under each ship notice and the ERP has not posted yet, shelf by shelf."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact

Key = tuple[str, str]
"""Site and item."""


class Deliveries:
    """Hears `inbound.received` and `goods_receipt.posted`, in any order; what is wholly posted is forgotten."""

    def __init__(self) -> None:
        self._unposted: dict[Key, dict[str, int]] = {}

    def received(self, fact: Fact) -> None:
        """A warehouse has counted what came."""
        self._add(fact, 1)

    def posted(self, fact: Fact) -> None:
        """The ERP has booked a delivery, or a part of it."""
        self._add(fact, -1)

    def _add(self, fact: Fact, sign: int) -> None:
        site, asn = fact.data["site"], fact.data["asn"]
        for line in fact.data["lines"]:
            notices = self._unposted.setdefault((site, line["sku"]), {})
            left = notices.get(asn, 0) + sign * line["quantity"]
            if left:
                notices[asn] = left
            else:
                notices.pop(asn, None)

    def unposted(self, key: Key) -> dict[str, int]:
        """Eaches by ship notice; below zero where more was posted than came."""
        return self._unposted.get(key, {})
