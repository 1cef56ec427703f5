"""What business people call the systems, wherever something is told of them."""

from __future__ import annotations

from collections.abc import Mapping

SYSTEM_NAMES: Mapping[str, str] = {
    "commerce": "the shop",
    "erp": "the ERP",
    "wms": "the warehouse system",
    "carrier": "the carrier",
    "desk": "the operations desk",
}
