"""One edit of the wire: what a system that has changed its contract refuses, or says otherwise.

Edits are data, as all faults are: a scenario can hold them, and a record repeats them. They know nothing of OpenAPI;
what reads two documents and makes edits of them is the rehearsal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults.contract.fitting import KEYWORDS
from sandbox.faults.moments import Share

Side = Literal["request", "answer", "webhook"]
Deed = Literal[
    "refuse", "refuse_missing", "refuse_present", "refuse_unless",  # what a request is answered with
    "drop", "add", "nullify", "set", "move", "retype", "lengthen",  # what becomes of a value
    "status", "media", "empty", "lose",  # what becomes of an answer or a webhook as a whole
]  # fmt: skip
SIDES: tuple[Side, ...] = ("request", "answer", "webhook")
REFUSALS = ("refuse", "refuse_missing", "refuse_present", "refuse_unless")
# Done at drawn places where a share is given: an answer may come so, and may come as before.
EVERYWHERE = 1.0


_SIDES: Mapping[str, tuple[Side, ...]] = {
    **dict.fromkeys(REFUSALS, ("request",)), **dict.fromkeys(("status", "media", "empty"), ("answer",)),
    "lose": ("webhook",),
}  # fmt: skip
_TYPES = ("string", "number", "integer", "boolean", "object", "array")
_VALUES: Mapping[str, tuple[Callable[[Any], bool], str, str]] = {
    "refuse_unless": (
        lambda value: isinstance(value, dict) and value.keys() <= set(KEYWORDS),
        f"a schema of these keywords: {', '.join(KEYWORDS)}", "{maxLength: 20}",
    ),
    "retype": (
        lambda value: isinstance(value, dict) and value.get("to") in _TYPES,
        f"the new type: {', '.join(_TYPES)}", "{to: string}",
    ),
    "move": (lambda value: isinstance(value, str) and bool(value), "the new name", "order_number"),
    "lengthen": (lambda value: isinstance(value, int), "the new length", "60"),
    "status": (lambda value: isinstance(value, int) and 100 <= value <= 599, "the new status", "200"),
    "media": (lambda value: isinstance(value, str) and "/" in value, "the new media type", "application/xml"),
}  # fmt: skip


class WireEdit(BaseModel):
    """What is done to requests, answers or webhooks of one operation.

    `operation` is a method and path template (`POST /sales-orders`), for a webhook its topic; `*` is all of them.
    `path` leads to a value in the body (`lines/[]/price`; `[]` is each entry, `[0]` one, `*` each value) or in the
    header or query (`header location`, `query limit`); empty is the whole body. `status` takes answers with that
    status only. `value` is what the deed needs: what is set or added; the new name, length, type or status. `reply` is
    the status of a refusal. `share` is the part of the places at which it is done, drawn by what they are about.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: Side
    operation: str = Field(description="such as POST /sales-orders; a webhook's topic; * for all")
    do: Deed
    path: str = Field("", description="such as lines/[]/price, or query limit; left out: the whole body")
    status: int | None = Field(None, ge=100, le=599, description="only answers with this status")
    value: Any = Field(None, description="what the deed needs")
    share: Share = Field(EVERYWHERE, description="the part of the places at which it is done, such as 20%")
    reply: int = Field(422, ge=400, le=499, description="the status of a refusal")

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """What types cannot say: a value that the deed needs and does not have, and a deed of another side."""
        sides, needed = _SIDES.get(self.do, SIDES), _VALUES.get(self.do)
        if self.side not in sides:
            yield f"{self.do} is not done to {self.side}s", f"known for: {', '.join(sides)}"
        if needed is not None and not needed[0](self.value):
            yield f"{self.do} needs {needed[1]}", f"write value: {needed[2]}"
        if self.do in ("move", "drop") and self.side != "request" and not self.path:
            yield f"{self.do} does not say what", "write path: …, such as lines/[]/price"

    @property
    def place(self) -> tuple[str, str]:
        """Where its path leads: `body`, `header` or `query`, and the path or name there."""
        word, _, name = self.path.partition(" ")
        return (word, name) if name and word in ("header", "query") else ("body", self.path)
