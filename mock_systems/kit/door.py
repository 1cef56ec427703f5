"""The door of a system: who may come in, how many at once, and what goes wrong on the way.

A system grants a number of slots and refuses the next call at once: a loss system, not a queue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from mock_systems.kit import faults as kinds
from mock_systems.kit.access import Access, OAuthClient
from mock_systems.kit.bad_reads import BadReads
from mock_systems.kit.faults import CallFault
from mock_systems.kit.limits import MinuteRate, ServiceTime, Slots
from mock_systems.kit.mishaps import REFUSED_AFTER_US, Call, spoil, stop
from mock_systems.kit.physics import call_after
from mock_systems.kit.routes import OPEN_TO_ALL, Route
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply, Request, problem

if TYPE_CHECKING:
    from mock_systems.kit.system import MockSystem

# Hears (now_us, system, operation, order, outcome) for each call, and once more for each fault carried out.
# Outcomes: served, unauthenticated, forbidden, rate-limited, concurrency-limit, and a fault's label.
Observer = Callable[[int, str, str, "str | None", str], None]


PARTNER = "partner"
"""A scope besides `integration`, of those who are not the integration under test: visitors hear no call of theirs."""

# Hears (now_us, system, operation, order or path, answer) of each of an integration's calls, once its answer is known.
Visitor = Callable[[int, str, str, str, Answer], None]


def default_tokens(system: str) -> Mapping[str, frozenset[str]]:
    """The tokens of a system that was given none: the integration's and a shopper's, with their scopes."""
    return {f"core-{system}": frozenset(("integration",)), f"shopper-{system}": frozenset(("shopper",))}


@dataclass(frozen=True, slots=True)
class DoorConfig:
    """How a system lets callers in.

    `slots`: concurrent calls that it grants, None for no bound. `service_ms`: mean time to serve a call, lognormal
    with `service_sigma` (0: always the mean). `per_minute`: calls granted in each calendar minute, None for no
    bound. `tokens`: bearer token -> scopes; when empty, and there are no `clients`, `default_tokens(system)` hold.
    `api_keys`: `X-API-Key` -> scopes. `clients` are given tokens at `/oauth/token` that last `token_lasts_us`.
    `max_body_bytes` applies where bytes are: live, and in virtual time with wire fidelity. With `honours_keys` off an
    `Idempotency-Key` is overlooked, as by systems that promise none.
    """

    slots: int | None = None
    service_ms: float = 50.0
    service_sigma: float = 0.35
    per_minute: int | None = None
    tokens: Mapping[str, frozenset[str]] = field(default_factory=dict)
    api_keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    clients: Mapping[str, OAuthClient] = field(default_factory=dict)
    token_lasts_us: int = 3_600_000_000
    max_body_bytes: int = 1_048_576
    honours_keys: bool = True

    def __post_init__(self) -> None:
        for name in ("slots", "per_minute"):
            bound = getattr(self, name)
            if bound is not None and bound < 1:
                raise ValueError(f"{name} must be 1 or more, or None for no bound (got {bound})")
        if self.token_lasts_us < 1_000_000:
            raise ValueError(f"token_lasts_us must be a second or more (got {self.token_lasts_us})")
        for name in ("service_ms", "service_sigma", "max_body_bytes"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more (got {getattr(self, name)})")


class Door:
    """Stands before the routes of one system, in both worlds.

    `calls` counts what arrived, `by_operation` the same for each operation; `refused` what a limit turned away,
    `denied` what lacked a token or scope. `slots.peak` and `rate.peak` are the highest concurrency and
    calls in a minute. `observers` hear of every call, `alarms` only of what was not simply served,
    `visitors` of each call of an integration with its answer.
    """

    def __init__(self, config: DoorConfig, streams: Streams) -> None:
        self.config = config
        self.observers: list[Observer] = []
        self.alarms: list[Observer] = []
        self.visitors: list[Visitor] = []
        self.slots = Slots(config.slots)
        self.rate = MinuteRate(config.per_minute)
        self.calls = 0
        self.refused = 0
        self.denied = 0
        self.by_operation: dict[str, int] = {}
        self._service = ServiceTime(config.service_ms, config.service_sigma, streams)
        self._streams = streams
        self._always: dict[str, frozenset[str]] = {}
        self._access: Access | None = None
        self._tokens_made = 0
        self.make_token: Callable[[], str] | None = None
        self._ordinals: dict[tuple[str, str | None], int] = {}
        self.arm(())

    @property
    def peak_concurrency(self) -> int:
        """The most calls that were served at once."""
        return self.slots.peak

    @property
    def peak_per_minute(self) -> int:
        """The most calls that arrived in one calendar minute."""
        return self.rate.peak

    def arm(self, faults: Iterable[CallFault]) -> None:
        """Carry out these faults from now on, in place of those before; none of them: the system is healed."""
        self.faults = tuple(faults)
        self._bad_reads: BadReads | None = None
        self._faults_from_us = min((f.from_us for f in self.faults), default=kinds.FOREVER_US)
        self._faults_until_us = max((f.until_us for f in self.faults), default=0)

    def receive(
        self, system: MockSystem, request: Request, route: Route, params: dict[str, str], now_us: int
    ) -> Answer:
        """Let one call in, or turn it away; what the caller gets, and when."""
        operation = route.operation
        order = _order_of(route, request, params)
        named = (operation, order)
        ordinal = self._ordinals[named] = self._ordinals.get(named, 0) + 1
        self.calls += 1
        self.by_operation[operation] = self.by_operation.get(operation, 0) + 1
        self.rate.count(now_us)
        call = Call(system, request, route, params, now_us, order, ordinal)
        hits: tuple[CallFault, ...] = ()
        if self._faults_from_us <= now_us < self._faults_until_us:
            hits = tuple(f for f in self.faults if f.hits(operation, order, ordinal, now_us, self._streams))
        answer = None
        granted = self._always.get(request.headers.get("authorization", ""))
        if granted is None or route.scope not in granted:
            answer = self._denied(call)
        if answer is None and hits:
            answer = self._stopped(call, hits)
        if answer is None:
            answer = self._limited(call) or self._served(call, hits)
        if self.config.per_minute is not None and answer.reply is not None:
            reply = answer.reply
            answer.reply = Reply(reply.status, reply.body, {**reply.headers, **self.rate.headers(now_us)})
        if self.visitors and route.scope == "integration" and not self._is_partner(request):
            for visitor in self.visitors:
                visitor(now_us, system.name, operation, order or request.path, answer)
        return answer

    def access(self, system: str) -> Access:
        """Whom it lets in; `system` names whose door it is."""
        if self._access is None:
            config = self.config
            tokens = config.tokens or ({} if config.clients else default_tokens(system))
            make_token = self.make_token or partial(self._drawn_token, system)
            self._access = Access(tokens, config.api_keys, config.clients, config.token_lasts_us, make_token)
            self._always = self._access.always
        return self._access

    def _is_partner(self, request: Request) -> bool:
        return PARTNER in self._always.get(request.headers.get("authorization", ""), ())

    def _drawn_token(self, system: str) -> str:
        """From the seed, so that a run repeats; the live world sets `make_token` to a secret one."""
        self._tokens_made += 1
        return f"tok_{self._streams.number('token', system, self._tokens_made):016x}"

    def _denied(self, call: Call) -> Answer | None:
        """401 or 403, where what the call shows does not do."""
        access, headers, scope = self.access(call.system.name), call.request.headers, call.route.scope
        granted = access.scopes_of(headers, call.now_us)
        if scope == OPEN_TO_ALL or (granted is not None and scope in granted):
            return None
        self.denied += 1
        self._tell(call, "unauthenticated" if granted is None else "forbidden")
        return Answer(access.refusal(scope, granted, headers, call.now_us), REFUSED_AFTER_US)

    def _stopped(self, call: Call, hits: tuple[CallFault, ...]) -> Answer | None:
        """The answer of the first fault that lets no effect happen."""
        for fault in hits:
            answer = stop(fault, call.now_us)
            if answer is not None:
                self._apply(fault, call)
                return answer
        return None

    def _limited(self, call: Call) -> Answer | None:
        """429, where the call is one too many."""
        if self.rate.exceeded():
            self._tell(call, "rate-limited")
            reply = problem(429, "rate-limited", f"{self.rate.most} calls a minute are granted")
            reply.headers["retry-after"] = str(self.rate.resets_in_s(call.now_us))
        elif self.slots.full(call.now_us):
            self._tell(call, "concurrency-limit")
            reply = problem(429, "concurrency-limit", f"{self.slots.most} concurrent calls are granted")
        else:
            return None
        self.refused += 1
        return Answer(reply, REFUSED_AFTER_US)

    def _served(self, call: Call, hits: tuple[CallFault, ...]) -> Answer:
        """Do the operation, with what goes wrong in or after it."""
        now_us = call.now_us
        after_us = self._service.draw_us(call.system.name, call.route.operation, call.order, call.ordinal)
        if hits:
            return self._served_badly(call, hits, after_us)
        self.slots.take(now_us + after_us, now_us)
        reply = call.system.handle(call.request, call.route, call.params, now_us)
        if self.observers:
            self._tell(call, "served")
        return Answer(reply, after_us)

    def _served_badly(self, call: Call, hits: tuple[CallFault, ...], after_us: int) -> Answer:
        for fault in hits:
            if fault.kind == kinds.SLOW:
                self._apply(fault, call)
                after_us = int(after_us * fault.factor) + fault.delay_us
            elif fault.kind == kinds.LATE_COMMIT:
                self._apply(fault, call)
                return self._commit_late(call, fault, after_us)
        self.slots.take(call.now_us + after_us, call.now_us)
        answer = Answer(self._read_badly(call, hits), after_us)
        for fault in hits:
            if spoil(answer, fault, call):
                self._apply(fault, call)
        self._tell(call, "served")
        return answer

    def _read_badly(self, call: Call, hits: tuple[CallFault, ...]) -> Reply:
        """The reply, which faults of reading may change; a write is done as ever."""
        bad = [fault for fault in hits if fault.kind in kinds.READ_KINDS and call.request.method == "GET"]
        if not bad:
            return call.handle(call.now_us)
        if self._bad_reads is None:
            self._bad_reads = BadReads(call.system, self._streams)
        reply, struck = self._bad_reads.answer(call, bad)
        for fault in struck:
            self._apply(fault, call)
        return reply

    def _commit_late(self, call: Call, fault: CallFault, after_us: int) -> Answer:
        """Nobody hears back; the effect comes when the caller has long given up."""
        env = call.system.env
        assert env is not None, f"{call.system.name}: start(env) comes before the first request"
        commit_us = call.now_us + fault.delay_us
        self.slots.take(commit_us, call.now_us)

        def commit() -> None:
            call.now_us = commit_us
            call.handle(commit_us)
            self._tell(call, "served")

        call_after(env, fault.delay_us, commit)
        return Answer(None, after_us, reset=fault.reset)

    def _apply(self, fault: CallFault, call: Call) -> None:
        fault.applied += 1
        self._tell(call, fault.label)

    def _tell(self, call: Call, outcome: str) -> None:
        hearing = self.observers if outcome == "served" else (*self.observers, *self.alarms)
        for observer in hearing:
            observer(call.now_us, call.system.name, call.route.operation, call.order, outcome)


def _order_of(route: Route, request: Request, params: Mapping[str, str]) -> str | None:
    """The business order that the call is about; None also for a body that no validator has seen yet."""
    try:
        order = route.order_of(request, params)
    except (AttributeError, KeyError, TypeError):
        return None
    return order if isinstance(order, str) else None
