"""Checks of a receiver of webhooks: what it believes, and what it makes of repeats and of what comes late."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.verification.behaviour.bench import Bench, Broken, Trial, Untestable
from sandbox.verification.behaviour.exchange import Answer, Request
from sandbox.verification.behaviour.signatures import headers_of
from sandbox.verification.behaviour.values import MISSING, at, filled

_LONG_AGO_S: Final = 3_600
_LATER_S: Final = 30
_PLAIN: Final = {"type": "sandbox.check", "data": {"about": "${unique}"}}


@dataclass(slots=True)
class Target:
    """A receiver: its URL, and the secret that it was given. `names` are those of its latest event."""

    bench: Bench
    url: str
    secret: str = field(repr=False)
    names: dict[str, Any] = field(default_factory=dict)

    def event(self, which: int = 0) -> bytes:
        """The body of a new event: the profile's, or a plain one that no receiver can know."""
        if which == 0:
            self.names = self.bench.fresh()
        events = self.bench.profile.webhooks.events or [_PLAIN, _PLAIN]
        try:
            body = filled(events[min(which, len(events) - 1)], self.names)
        except KeyError as missing:
            raise Untestable(f"${{{missing.args[0]}}} has no value here") from None
        return json.dumps(body, separators=(",", ":")).encode()

    def message(self) -> str:
        """The id of a new webhook."""
        return f"msg_{self.bench.key()}"

    def headers(self, message: str, raw: bytes, ago_s: int = 0, secret: str | None = None) -> dict[str, str]:
        """The headers of one that is signed, so many seconds ago."""
        now_s = self.bench.clock.wall_us() // 1_000_000
        return headers_of(self.bench.profile.webhooks.signature, secret or self.secret, message, now_s - ago_s, raw)

    async def send(self, trial: Trial, raw: bytes, headers: dict[str, str]) -> Answer:
        """Deliver it."""
        return await trial.send(Request("POST", self.url, headers, raw))

    async def rows(self, trial: Trial) -> int | None:
        """How many effects the event has had, as the profile counts them; None where it doesn't."""
        block = self.bench.profile.webhooks.effects
        if block is None:
            return None
        answer = await trial.send(self.bench.request_of(block, self.names))
        items = at(answer.body, block.items)
        if answer.status == 404:
            return 0
        if not answer.ok or items is MISSING or not isinstance(items, list):
            raise Untestable(f"`effects` listed nothing: {answer.request.url} answered {answer.told}")
        wanted = filled(block.where, self.names)
        return sum(all(at(row, pointer) == value for pointer, value in wanted.items()) for row in items)


async def receiver_signed(target: Target, trial: Trial) -> str:
    """A right signature is taken; wrong ones are not. Raises Broken and Untestable, as all checks do."""
    await _require_taken(target, trial)
    signature = target.bench.profile.webhooks.signature.signature
    raw, message = target.event(), target.message()
    good = target.headers(message, raw)
    wrong = {
        "by another secret": (raw, target.headers(message, raw, secret="whsec_" + "c2Vjb25k" * 4)),
        "of another body": (raw[:-1] + b" " + raw[-1:], good),
        "that is missing": (raw, {name: value for name, value in good.items() if name != signature}),
        "that is cut short": (raw, {**good, signature: good[signature][:-4]}),
    }
    for told, (body, headers) in wrong.items():
        _require_refused(await target.send(trial, body, headers), f"a signature {told}")
    return f"{len(wrong)} wrong ones refused"


async def receiver_replay(target: Target, trial: Trial) -> str:
    """An hour ago, and in an hour."""
    if target.bench.profile.webhooks.signature.timestamp is None:
        raise Untestable("its webhooks have no timestamp: they can be replayed for ever")
    await _require_taken(target, trial)
    for ago_s, told in ((_LONG_AGO_S, "of an hour ago"), (-_LONG_AGO_S, "of in an hour")):
        raw = target.event()
        answer = await target.send(trial, raw, target.headers(target.message(), raw, ago_s))
        _require_refused(answer, f"a rightly signed webhook {told}")
    return "an hour early and late refused"


async def receiver_duplicate(target: Target, trial: Trial) -> str:
    """The same webhook twice, the second signed anew as a later attempt is."""
    raw, message = target.event(), target.message()
    before = await target.rows(trial)
    for attempt in ("", " for the second time"):
        answer = await target.send(trial, raw, target.headers(message, raw))
        if not answer.ok and not attempt:
            raise Untestable(f"a rightly signed webhook is answered with {answer.told}: is the secret right?")
        if not answer.ok:
            raise Broken(f"a webhook that comes{attempt} is answered with {answer.told}: it will be sent again")
    after = await target.rows(trial)
    if before is None or after is None:
        return "taken both times; effects were not counted: the profile says no `effects`"
    if after - before > 1:
        raise Broken(f"a webhook that came twice has had {after - before} effects")
    if after == before:
        raise Untestable("it has no effect by what `effects` lists")
    return "taken both times, one effect"


async def receiver_reordered(target: Target, trial: Trial) -> str:
    """The later event first, then the one before it, which was signed earlier."""
    early = target.event(0)
    late = target.event(1)
    first = await target.send(trial, late, target.headers(target.message(), late))
    if not first.ok:
        raise Untestable(f"a rightly signed webhook is answered with {first.told}: is the secret right?")
    second = await target.send(trial, early, target.headers(target.message(), early, ago_s=_LATER_S))
    if not second.ok:
        raise Broken(f"a webhook that comes after a later one is answered with {second.told}: it will be sent again")
    return "taken"


async def _require_taken(target: Target, trial: Trial) -> None:
    raw = target.event()
    answer = await target.send(trial, raw, target.headers(target.message(), raw))
    if not answer.ok:
        raise Untestable(f"a rightly signed webhook is answered with {answer.told}: is the secret right?")


def _require_refused(answer: Answer, what: str) -> None:
    if answer.status is None or not 400 <= answer.status < 500:
        raise Broken(f"{what} is answered with {answer.told}, not with 4xx")
