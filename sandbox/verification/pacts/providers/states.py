"""Which states each mock system can be brought into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.verification.pacts.providers.bench import States
from sandbox.verification.pacts.providers.commerce_states import commerce_states
from sandbox.verification.pacts.providers.erp_states import erp_states
from sandbox.verification.pacts.providers.side_states import carrier_states, desk_states
from sandbox.verification.pacts.providers.wms_states import wms_states

STATES: Final[Mapping[str, Callable[[], States]]] = {
    "carrier": carrier_states,
    "commerce": commerce_states,
    "desk": desk_states,
    "erp": erp_states,
    "wms": wms_states,
}
