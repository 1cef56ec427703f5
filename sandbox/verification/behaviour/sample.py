"""Samples: calls of one operation that are good, each about something that is new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urljoin

from sandbox.verification.behaviour.bench import Bench, Trial, Untestable, with_body
from sandbox.verification.behaviour.exchange import Answer, Request
from sandbox.verification.behaviour.operations import Operation
from sandbox.verification.behaviour.profile import CallBlock, EffectsBlock, OperationBlock
from sandbox.verification.behaviour.values import MISSING, at, filled, replaced, with_another_number

_NOTHING: Final = OperationBlock()
_PAGES_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Subject:
    """An operation to be checked, with what the profile says of it. `base`: where its calls go if not straight."""

    bench: Bench
    operation: Operation
    block: OperationBlock

    @property
    def has_sample(self) -> bool:
        """Whether there is anything to send."""
        return not self.operation.has_body or self.block.body is not None or self.operation.example is not MISSING


def subject_of(bench: Bench, operation: Operation) -> Subject:
    """What is known of an operation."""
    return Subject(bench, operation, bench.profile.operations.get(operation.name, _NOTHING))


class Sample:
    """One good call that was not made yet, and what comes of it."""

    def __init__(self, subject: Subject, trial: Trial, names: dict[str, Any]) -> None:
        self.subject, self.trial, self.names = subject, trial, names

    @classmethod
    async def make(cls, subject: Subject, trial: Trial) -> Sample:
        """A new one; what has to be there first is made. Raises Untestable."""
        block, operation = subject.block, subject.operation
        if not subject.has_sample:
            raise Untestable("there is no sample body: neither the profile nor the document has one")
        names = subject.bench.fresh()
        for call in block.given:
            await trial.call(call, names, block.as_)
        missing = [name for name in operation.parameters if name not in block.path]
        if missing:
            raise Untestable(f"the profile gives no value for {{{missing[0]}}} in the path")
        return cls(subject, trial, names)

    def body(self, *, other: bool = False) -> Any:
        """Its body, or another one that is good as well; MISSING where there is none. Raises Untestable."""
        block, operation = self.subject.block, self.subject.operation
        told = block.body if block.body is not None else operation.example
        body = self._filled(told) if told is not MISSING else MISSING
        if not other:
            return body
        if body is MISSING:
            raise Untestable("it has no body that could be another one")
        for pointer, value in block.other.items():
            body = replaced(body, pointer, self._filled(value))
        if not block.other:
            body = with_another_number(body)
        if body is None:
            raise Untestable("no other body is known: give `other` in the profile")
        return body

    def request(self, body: Any = None, *, key: str | None = None, base: str | None = None, **headers: str) -> Request:
        """The call, with an idempotency key where one is given; `base`: through a proxy."""
        block, operation, bench = self.subject.block, self.subject.operation, self.subject.bench
        url = bench.url(operation, self._filled(block.path), self._filled(block.query))
        given = bench.credential(block.as_) | self._filled(block.headers)
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None and operation.key is not None:
            given[operation.key.name.lower()] = key
        request = with_body(
            Request(operation.method, url, given), self.body() if body is None else body, operation.is_form
        )
        return request if base is None else replace(request, url=base + request.url[len(bench.base) :])

    async def send(
        self, body: Any = None, *, key: str | None = None, base: str | None = None, **headers: str
    ) -> Answer:
        """Make the call."""
        return await self.trial.send(self.request(body, key=key, base=base, **headers))

    async def rows(self) -> list[Any] | None:
        """What there is of it, as the profile's `effects` lists it; None where that is not said. Raises Untestable."""
        block = self.subject.block.effects
        if block is None:
            return None
        wanted = {pointer: self._filled(value) for pointer, value in block.where.items()}
        found: list[Any] = []
        for _ in range(_PAGES_MOST):
            answer = await self.trial.send(self.subject.bench.request_of(block, self.names, self.subject.block.as_))
            if answer.status in (404, 410):
                break
            items = at(answer.body, block.items)
            if isinstance(items, dict):
                items = [items]  # a thing by itself
            if not answer.ok or not isinstance(items, list):
                raise Untestable(f"`effects` listed nothing: {answer.request.url} answered {answer.told}")
            found += [row for row in items if all(at(row, pointer) == value for pointer, value in wanted.items())]
            following = self._following(block, answer)
            if following is None:
                break
            block = following
        return found

    def _following(self, block: EffectsBlock, answer: Answer) -> EffectsBlock | None:
        """The call for the next page, where the list has one by its document."""
        operations = self.subject.bench.api.operations
        paging = operations[block.operation].paging if block.operation is not None else None
        if paging is None or paging.next is None:
            return None
        cursor = at(answer.body, paging.next)
        if not isinstance(cursor, str) or not cursor or cursor == block.query.get(paging.cursor):
            return None
        if paging.more is not None and at(answer.body, paging.more) is not True:
            return None
        return block.model_copy(update={"query": {**block.query, paging.cursor: cursor}})

    def id_in(self, answer: Answer) -> Any:
        """What the answer calls that which was made; MISSING where it doesn't say."""
        pointer = self.subject.block.id
        if pointer is not None:
            return at(answer.body, pointer)
        return answer.headers.get("location", MISSING)

    async def read(self, answer: Answer | None = None) -> Answer | None:
        """What the thing looks like now; None where nobody knows how to read it. Raises Untestable."""
        block, bench = self.subject.block, self.subject.bench
        if answer is not None and (made := self.id_in(answer)) is not MISSING:
            self.names["id"] = made
        if block.read is not None:
            return await self.trial.send(bench.request_of(block.read, self.names, block.as_))
        location = answer.headers.get("location") if answer is not None else None
        if location is not None:
            call = CallBlock(method="GET", url=urljoin(bench.base + "/", location))
            return await self.trial.send(bench.request_of(call, self.names, block.as_))
        path = self.subject.operation.path
        shows = next((one for one in bench.api.operations.values() if one.path == path and one.method == "GET"), None)
        if shows is None or self.subject.operation.method == "POST":
            return None
        call = CallBlock(operation=shows.name, path=block.path)
        return await self.trial.send(bench.request_of(call, self.names, block.as_))

    def _filled(self, value: Any) -> Any:
        try:
            return filled(value, self.names)
        except KeyError as missing:
            raise Untestable(f"${{{missing.args[0]}}} has no value here") from None
