"""Where load goes, and what it shows at the doors: what the load generator's processes are told.

They read it from the file that SANDBOX_LOAD names; without that, from what `sandbox up` has left in runs/live, so that
a locustfile can be tried by hand. Secrets are in neither: they come from the environment.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from sandbox.errors import InputError
from sandbox.load.arrivals import Arrival
from sandbox.worlds.live import live_tokens

PLAN_VARIABLE: Final = "SANDBOX_LOAD"
UP: Final = Path("runs/live/live.json")


class LoadPlan(BaseModel):
    """A planned load. `users` at the peak, or with `arrivals` none: then starts are planned, and kept in that file.

    `begins_at_s`: when, in seconds since 1970 (None: as soon as Locust is ready), and `length_s` how long it lasts.
    `orders` holds the bodies of orders, one a line; without it baskets are made up from the shop's catalogue. What was
    measured goes to `measured`. Files lie beside the plan. `core_url` None: there is none to be asked for an order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    commerce_url: str
    wms_url: str
    core_url: str | None = None
    shape: str = "steady"
    users: int = 1
    length_s: float = 60.0
    begins_at_s: float | None = None
    processes: int = 1
    seed: int = 1
    orders: str | None = None
    arrivals: str | None = None
    measured: str | None = None

    def write(self, path: Path) -> None:
        """Keep it. Raises OSError."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


class Target:
    """The plan, what this process is to do of it, and the secrets. `folder` has the plan's files, None: there are none.

    `orders` are bodies of orders as JSON, `arrivals` the planned starts.
    """

    def __init__(
        self,
        plan: LoadPlan,
        environment: Mapping[str, str],
        folder: Path | None = None,
        orders: Sequence[str] = (),
        arrivals: Sequence[Arrival] = (),
    ) -> None:
        self.plan = plan
        self.orders = orders
        self.arrivals = arrivals
        self._folder = folder
        self._environment = environment

    @property
    def measured(self) -> Path | None:
        """Where measurements go; None: nowhere."""
        return None if self.plan.measured is None or self._folder is None else self._folder / self.plan.measured

    def bearer(self, variable: str) -> dict[str, str]:
        """The header that shows the token in `variable`. Raises InputError where there is none."""
        token = self._environment.get(variable)
        if not token:
            remedy = "`source runs/live/tokens.env`, where `sandbox up` is at work"
            raise InputError(f"the environment has no {variable}", remedy=remedy)
        return {"authorization": f"Bearer {token}"}

    def shares(self, count: int) -> list[dict[str, Any]]:
        """The plan for each of `count` processes, as JSON: each order and each start is in one of them."""
        begins_at_s = self.plan.begins_at_s
        told = {
            "plan": self.plan.model_dump(mode="json"),
            # Clocks of other machines may differ.
            "begins_in_s": None if begins_at_s is None else begins_at_s - time.time(),
        }
        return [
            {
                **told,
                "orders": list(self.orders[index::count]),
                "arrivals": [list(a) for a in self.arrivals[index::count]],
            }
            for index in range(count)
        ]

    @classmethod
    def of_share(cls, share: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Target:
        """What `shares` gave, where it arrived."""
        plan, begins_in_s = LoadPlan.model_validate(share["plan"]), share["begins_in_s"]
        if begins_in_s is not None:
            plan = plan.model_copy(update={"begins_at_s": time.time() + begins_in_s})
        arrivals = [Arrival(at_s, operation) for at_s, operation in share["arrivals"]]
        return cls(plan, environment, None, share["orders"], arrivals)


def write_lines(path: Path, values: Sequence[object]) -> None:
    """One JSON value a line. Raises OSError."""
    path.write_text("".join(json.dumps(value, separators=(",", ":")) + "\n" for value in values), encoding="utf-8")


def find_target(environment: Mapping[str, str] = os.environ) -> Target:
    """The plan that the environment names, or whatever `sandbox up` has up. Raises InputError."""
    named = environment.get(PLAN_VARIABLE)
    path = Path(named) if named else UP
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        remedy = f"start `sandbox up` first, or name a plan in {PLAN_VARIABLE}"
        raise InputError("there is nothing to load", file=str(path), remedy=remedy) from None
    plan = LoadPlan.model_validate_json(text) if named else _plan_of_what_is_up(text)
    orders = _lines(path.parent, plan.orders)
    arrivals = [Arrival(*json.loads(line)) for line in _lines(path.parent, plan.arrivals)]
    return Target(plan, environment, path.parent, orders, arrivals)


def _lines(folder: Path, name: str | None) -> list[str]:
    return [] if name is None else (folder / name).read_text(encoding="utf-8").splitlines()


def _plan_of_what_is_up(text: str) -> LoadPlan:
    told = json.loads(text)
    urls = {system["system"]: system["url"] for system in told["systems"]}
    if missing := [name for name in ("commerce", "wms") if name not in urls]:
        raise InputError(
            f"{' and '.join(missing)} are not up", file=str(UP), remedy="start `sandbox up` without --only"
        )
    core = told["core"]
    return LoadPlan(
        commerce_url=urls["commerce"],
        wms_url=urls["wms"],
        core_url=core["url"] if core else None,
        seed=time.time_ns(),  # a reference that the shop has seen gets the order that it had
    )


SHOPPER: Final = live_tokens.SHOPPER
PARTNER: Final = live_tokens.PARTNER
CORE: Final = live_tokens.CORE
