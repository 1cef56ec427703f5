"""One place at which a change shows, and what can be said of rehearsing it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sandbox.faults.contract.edit import Deed, WireEdit
from sandbox.verification.diff.changes import Change, Direction
from sandbox.verification.diff.schemas.view import View
from sandbox.verification.rehearsal.contracts import Contract, refusal_status

WEBHOOK: Final = "webhook "
BOUNDS: Final = {
    "max": "maximum", "min": "minimum", "max-length": "maxLength", "min-length": "minLength", "max-items": "maxItems",
    "min-items": "minItems", "max-properties": "maxProperties", "min-properties": "minProperties",
}  # fmt: skip


class Standing(StrEnum):
    """What becomes of a change in a rehearsal: it is put on the wire, changes nothing there, or cannot be expressed."""

    REHEARSED = "rehearsed"
    WITHOUT_EFFECT = "without effect"
    NOT_EXPRESSED = "cannot be expressed"


@dataclass(frozen=True, slots=True)
class Said:
    """What is done for a change at one place: edits, or why there are none."""

    standing: Standing
    edits: tuple[WireEdit, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class At:
    """A change at one place: the operation's title and the subject in it.

    `called` is how the mock calls the operation or webhook, `*` for all. `share` is that of what comes only at times;
    `renamed` maps old property paths to their new names.
    """

    change: Change
    rule: str
    title: str
    called: str
    subject: str
    old: Contract
    new: Contract
    share: float
    renamed: dict[tuple[str, str], str]

    @property
    def is_webhook(self) -> bool:
        """Whether the provider calls."""
        return self.title.startswith(WEBHOOK)

    @property
    def in_request(self) -> bool:
        """Whether consumers write what changed."""
        return self.change.direction is Direction.REQUEST

    @property
    def status(self) -> int | None:
        """The status of the answer that it is about, where one is named."""
        word = self.subject.partition("/")[0].partition(" ")[0]
        return int(word) if not self.in_request and not self.is_webhook and word.isdecimal() else None

    @property
    def path(self) -> str:
        """Where in the request, answer or webhook it is, as edits write it."""
        if self.in_request or self.is_webhook:
            return self.subject
        _, _, header = self.subject.partition(" header ")
        return f"header {header}" if header else self.subject.partition("/")[2]

    @property
    def name(self) -> str:
        """The last part of where it is: a property's or a parameter's name."""
        return self.path.rpartition("/")[2].rpartition(" ")[2]

    @property
    def old_view(self) -> View | None:
        """What the old contract says of the place."""
        return self._view(self.old)

    @property
    def new_view(self) -> View | None:
        """What the new contract says of the place."""
        return self._view(self.new)

    def _view(self, contract: Contract) -> View | None:
        if self.in_request:
            return contract.request_view(self.title, self.subject)
        return contract.answer_view(self.title, self.subject)

    def edit(self, do: Deed, value: Any = None, share: float = 1.0, **more: Any) -> WireEdit:
        """An edit at this place."""
        told: dict[str, Any] = {"path": self.path, "value": value, "share": share}
        if self.in_request:
            told |= {"side": "request", "reply": refusal_status(self.new.operation(self.title))}
        elif self.is_webhook:
            told["side"] = "webhook"
        else:
            told |= {"side": "answer", "status": self.status}
        return WireEdit(operation=self.called, do=do, **{**told, **more})

    def done(self, *edits: WireEdit) -> Said:
        """It is rehearsed by these edits."""
        return Said(Standing.REHEARSED, edits)

    def does(self, do: Deed, value: Any = None, share: float = 1.0, **more: Any) -> Said:
        """It is rehearsed by one edit at this place."""
        return self.done(self.edit(do, value, share, **more))


Express = Callable[[At], Said]


def quiet(reason: str) -> Said:
    """Nothing changes on the wire, for this reason."""
    return Said(Standing.WITHOUT_EFFECT, reason=reason)


def unsaid(reason: str) -> Said:
    """It cannot be expressed, for this reason."""
    return Said(Standing.NOT_EXPRESSED, reason=reason)


def never(reason: str) -> Express:
    """For rules that cannot be expressed wherever they stand."""
    return lambda _: unsaid(reason)


def silent(reason: str) -> Express:
    """For rules that change nothing on the wire wherever they stand."""
    return lambda _: quiet(reason)
