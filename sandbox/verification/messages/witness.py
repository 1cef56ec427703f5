"""The messages of a run, checked while it goes on; what is wrong with many alike is one finding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.records.summary import ContractFinding, ContractResult
from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.checking import Checked, check_message, title_of
from sandbox.verification.messages.envelope import NotAMessage, read_message
from sandbox.verification.messages.excuses import excuses
from sandbox.verification.messages.optional import Reason

_INDEX: Final = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class _Alike:
    """Findings of one kind: the first of them, and how many."""

    name: str
    version: str | None
    pointer: str
    reason: str
    message: str
    at_us: int
    count: int = 0


class RunWitness:
    """Holds each message against its schema once, whatever number of attempts and copies there are of it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: set[tuple[str, str]] = set()
        self._tested = 0
        self._not_tested: Counter[str] = Counter()
        self._found: dict[tuple[str, str | None, str, str], _Alike] = {}

    def hear(self, at_us: int, source: str, headers: Mapping[str, str], message: Any) -> bool:
        """A message was sent; whether it is new."""
        id_ = headers.get("webhook-id") or (str(message.get("id", "")) if isinstance(message, Mapping) else "")
        if id_ and (source, id_) in self._known:
            return False
        self._known.add((source, id_))
        try:
            read = read_message(message, source)
        except NotAMessage as error:
            self._keep(f"{source}/?", None, Reason("", str(error)), id_, at_us)
            self._tested += 1
            return True
        self._take(check_message(read, self._catalogue), id_, at_us)
        return True

    def result(self, plan: Sequence[Mapping[str, Any]]) -> ContractResult:
        """All that was found; what the plan spoils on purpose is excused."""
        return ContractResult(
            tested=self._tested,
            not_tested=dict(sorted(self._not_tested.items())),
            findings=[
                ContractFinding(
                    name=one.name,
                    version=one.version,
                    pointer=one.pointer,
                    reason=one.reason,
                    count=one.count,
                    message=one.message,
                    at_us=one.at_us,
                    excused=excuses(one.name, one.pointer, plan),
                )
                for one in self._found.values()
            ],
        )

    def _take(self, checked: Checked, id_: str, at_us: int) -> None:
        if checked.not_tested is not None:
            self._not_tested[checked.not_tested] += 1
            return
        self._tested += 1
        name = title_of(checked.source, checked.message.type, None)
        # Many parts that are missing of one thing are one finding.
        alike = {(_INDEX.sub("/[]", reason.pointer), reason.rule or reason.text): reason for reason in checked.reasons}
        for reason in alike.values():
            self._keep(name, checked.version, reason, id_, at_us)

    def _keep(self, name: str, version: str | None, reason: Reason, id_: str, at_us: int) -> None:
        pointer = _INDEX.sub("/[]", reason.pointer)
        key = (name, version, pointer, reason.rule or reason.text)
        alike = self._found.get(key)
        if alike is None:
            alike = self._found[key] = _Alike(name, version, pointer, reason.text, id_, at_us)
        alike.count += 1
