"""How far every order and document of a run came, and when: heard from the facts."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from mock_systems.kit.ledger import Fact
from sandbox.verification.rehearsal.steps import STEPS, Step

_BY_FACT: dict[str, list[Step]] = {}
for _step in STEPS:
    _BY_FACT.setdefault(_step.fact, []).append(_step)


@dataclass(slots=True)
class Course:
    """How far one thing came with one step: times and what was reached by them."""

    times_us: list[int] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)

    def add(self, at_us: int, amount: int) -> None:
        """It came further."""
        self.times_us.append(at_us)
        self.reached.append(amount + (self.reached[-1] if self.reached else 0))

    def by(self, at_us: int) -> int:
        """How far it was at a time."""
        place = bisect_right(self.times_us, at_us)
        return self.reached[place - 1] if place else 0

    @property
    def whole(self) -> int:
        """How far it came."""
        return self.reached[-1] if self.reached else 0

    def when(self, amount: int) -> int | None:
        """When it had come so far; None where it never did."""
        return next((at for at, so_far in zip(self.times_us, self.reached, strict=True) if so_far >= amount), None)


NEVER = Course()


@dataclass(frozen=True, slots=True)
class Worth:
    """What an order is about: its total in the minor unit of its currency."""

    currency: str
    total_minor: int


class ProgressHeard:
    """A run's listener; `courses` by step and by what took it, `worth` by order, `cancelled` orders with the reason."""

    def __init__(self) -> None:
        self.courses: dict[Step, dict[str, Course]] = {step: {} for step in STEPS}
        self.worth: dict[str, Worth] = {}
        self.accepted_us: dict[str, int] = {}
        self.cancelled: dict[str, str] = {}

    def hear(self, fact: Fact) -> None:
        """Take in one fact."""
        name = f"{fact.system} {fact.kind}"
        for step in _BY_FACT.get(name, ()):
            key = step.key_of(fact)
            if key is not None:
                course = self.courses[step].setdefault(key, Course())
                if step.measure != "once" or step.by_volume or not course.whole:
                    course.add(fact.at_us, step.amount_of(fact))
        if name == "commerce order.accepted":
            self.worth[fact.entity] = Worth(fact.data["currency"], fact.data["total_minor"])
            self.accepted_us[fact.entity] = fact.at_us
        elif name == "commerce order.edited" and fact.order in self.worth:
            self.worth[fact.order] = Worth(self.worth[fact.order].currency, fact.data["total_minor"])
        elif name == "commerce order.cancelled" and fact.order is not None:
            self.cancelled[fact.order] = fact.data["reason"]
