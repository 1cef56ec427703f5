"""What the two worlds are compared on: small scenarios with faults, some with a guard of the design switched off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from sandbox.runs.scenario import Scenario, load_scenario

_PROMISE: Final = "3h"
_PROMISES: Final = (
    "order", "goods_issue", "invoice", "money", "label", "reservation", "inventory", "stuck", "alarm", "staleness",
    "request", "progress", "backorder", "return", "count", "compensation", "content", "recovery",
)  # fmt: skip
_DEMAND: Final = {"orders_per_day": 150, "skus": 12, "customers": 8, "profile": "business_day"}
_SCENARIO: Final[Mapping[str, Any]] = {
    "title": "A few hours",
    "world": {"start": "2011-11-14", "days": 1, "from": "9:00", "to": "11:00"},
    "demand": _DEMAND,
    "phases": {"settle": "5h"},
    "promises": dict.fromkeys(_PROMISES, _PROMISE),
}
_CREATED: Final = {"system": "erp", "operation": "createSalesOrder", "from": "9:00", "to": "11:00"}
_AN_HOUR: Final = {"system": "erp", "from": "9:30", "to": "10:30"}
_NO_RETRIES: Final = {"safety": {"retries": False}}
_NO_KEYS: Final = {"safety": {"idempotency_keys": False}}
_NO_POLLING: Final = {"flows": {"orders": {"event": {"poll_every": "never"}}}}


@dataclass(frozen=True)
class Case:
    """A fault plan against a design; `breaks` are the invariants that are violated, in either world.

    `design` and `blocks` replace parts of the reference design and of the scenario; `stack` is the live run's.
    """

    name: str
    faults: Sequence[Mapping[str, Any]] = ()
    design: Mapping[str, Any] = field(default_factory=dict)
    breaks: frozenset[str] = frozenset()
    blocks: Mapping[str, Any] = field(default_factory=dict)
    stack: str = "light"

    def scenario(self, folder: Path) -> Scenario:
        """The scenario, written into `folder` with its design, and read."""
        yaml = YAML(typ="safe")
        with (folder / f"{self.name}_design.yaml").open("w") as file:
            yaml.dump({"name": "guarded" if not self.design else "unguarded", **self.design}, file)
        path = folder / f"{self.name}.yaml"
        whole = {**_SCENARIO, "faults": list(self.faults), "design": f"./{self.name}_design.yaml", **self.blocks}
        with path.open("w") as file:
            yaml.dump(whole, file)
        return load_scenario(path)


# The shortest run in which an order may be entered twice: for one test, in both worlds.
SHORT: Final = Case(
    "short",
    [{"duplicate_call": {"system": "erp", "operation": "createSalesOrder", "share": "60%"}}],
    _NO_KEYS,
    frozenset(("I1", "I2")),
    blocks={
        "world": {"start": "2011-11-14", "days": 1, "from": "9:00", "to": "9:30"},
        "demand": {**_DEMAND, "orders_per_day": 200},
        "phases": {"settle": "70m"},
        "promises": dict.fromkeys(_PROMISES, "1h"),
    },
)


def _breaks(*invariants: str) -> frozenset[str]:
    return frozenset(invariants)


CASES: Final = (
    Case("quiet"),
    Case("erp_away", [{"outage": _AN_HOUR}]),
    Case("erp_away_no_retries", [{"outage": _AN_HOUR}], _NO_RETRIES, _breaks("I1")),
    Case("erp_fails", [{"error": _AN_HOUR}]),
    Case("erp_fails_no_retries", [{"error": _AN_HOUR}], _NO_RETRIES, _breaks("I1")),
    Case("erp_throttles", [{"throttle": {**_AN_HOUR, "retry_after": "30s"}}]),
    Case("replies_lost", [{"lost_reply": {**_CREATED, "share": "30%"}}]),
    Case("replies_lost_no_keys", [{"lost_reply": {**_CREATED, "share": "30%"}}], _NO_KEYS, _breaks("I2")),
    Case("late_commits_no_keys", [{"late_commit": {**_CREATED, "share": "30%", "by": "90s"}}], _NO_KEYS, _breaks("I2")),
    Case("calls_doubled", [{"duplicate_call": {**_CREATED, "share": "30%"}}]),
    Case("calls_doubled_no_keys", [{"duplicate_call": {**_CREATED, "share": "30%"}}], _NO_KEYS, _breaks("I2")),
    Case("answers_malformed", [{"malformed": {**_CREATED, "share": "30%"}}]),
    Case(
        "core_crashes",
        [
            {"core_crash": {"at": "9:50", "down_for": "5m"}},
            {"core_crash": {"system": "erp", "operation": "createSalesOrder", "occurrence": 3, "down_for": "5m"}},
        ],
    ),
    Case(
        "core_crashes_forgets",
        [{"core_crash": {"system": "wms", "operation": "releaseOutbound", "occurrence": 4, "down_for": "5m"}}],
        {"safety": {"recover_after_crash": False}},
        _breaks("I12"),
    ),
    Case("webhooks_lost", [{"webhook_lost": {"system": "commerce", "topic": "order.created", "share": "30%"}}]),
    Case(
        "webhooks_lost_no_polling",
        [{"webhook_lost": {"system": "commerce", "topic": "order.created", "share": "30%"}}],
        _NO_POLLING,
        _breaks("I1"),
    ),
    Case("webhooks_doubled", [{"webhook_doubled": {"system": "commerce", "share": "30%"}}]),
    Case(
        "webhooks_doubled_no_dedupe",
        [{"webhook_doubled": {"system": "commerce", "topic": "order.created", "share": "30%"}}],
        {"intake": {"deduplicate": False}},
        _breaks("I2"),
    ),
    Case("subscriptions_deleted", [{"webhooks_deleted": {"system": "wms", "at": "9:40"}}]),
    Case(
        "shoppers_change_their_minds",
        [{"lost_reply": {"system": "wms", "operation": "cancelOutbound", "share": "30%"}}],
        blocks={"demand": {**_DEMAND, "changes": {"cancel": "25%", "edit": "25%", "within": "30m"}}},
    ),
    Case("shop_away", [{"outage": {"system": "commerce", "from": "9:30", "to": "9:50"}}]),
    Case("core_frozen", [{"core_pause": {"at": "9:30", "for": "2h", "standby_after": "1m"}}], stack="full"),
    Case("database_away", [{"store_outage": {"from": "9:40", "to": "10:00"}}], stack="full"),
    Case("broker_away", [{"bus_outage": {"from": "9:40", "to": "10:00"}}], stack="full"),
)
