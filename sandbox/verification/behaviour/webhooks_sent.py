"""Checks of the webhooks that a provider sends: signed, of now, and known again by their id when they come again."""

from __future__ import annotations

from typing import Any, Final

from sandbox.verification.behaviour.bench import Bench, Broken, Trial, Untestable
from sandbox.verification.behaviour.exchange import Answer, Request
from sandbox.verification.behaviour.receiver import Delivery, Receiver
from sandbox.verification.behaviour.signatures import mistake

_REFUSAL: Final = 500
_ACCEPTED: Final = 204


async def webhook_signed(bench: Bench, receiver: Receiver, trial: Trial) -> str:
    """Two events, each signed and with an id of its own. Raises Broken and Untestable, as all checks do."""
    block, secret = bench.profile.webhooks, _secret(bench)
    receiver.status = _ACCEPTED
    first = await _next_event(bench, receiver, trial, None)
    found = (first, await _next_event(bench, receiver, trial, first))
    for delivery in found:
        trial.answers.append(_as_evidence(receiver, delivery))
        wrong = mistake(block.signature, secret, delivery.headers, delivery.raw, delivery.at_s)
        if wrong is not None:
            raise Broken(f"a webhook must not be believed: {wrong}")
    if block.signature.id is not None and _id(bench, found[0]) == _id(bench, found[1]):
        raise Broken(f"two events have the same id {_id(bench, found[0])}")
    return f"{len(found)} events"


async def webhook_redelivered(bench: Bench, receiver: Receiver, trial: Trial) -> str:
    """The first attempt is refused with 500."""
    block, secret = bench.profile.webhooks, _secret(bench)
    if block.signature.id is None:
        raise Untestable("its webhooks have no id by which one could be known again")
    receiver.status = _REFUSAL
    try:
        first = await _next_event(bench, receiver, trial, None)
    finally:
        receiver.status = _ACCEPTED
    trial.answers.append(_as_evidence(receiver, first))
    begun = receiver.deliveries.index(first) + 1

    def again() -> Delivery | None:
        later = receiver.deliveries[begun:]
        alike = (one for one in later if one.raw == first.raw or _id(bench, one) == _id(bench, first))
        return next((one for one in alike if one.status == _ACCEPTED), None)

    if not await receiver.until(lambda: again() is not None, block.redelivered_within_s):
        raise Broken(f"what was refused with {_REFUSAL} did not come again within {block.redelivered_within_s:g} s")
    second = again()
    assert second is not None
    trial.answers.append(_as_evidence(receiver, second))
    if _id(bench, second) != _id(bench, first):
        raise Broken(f"it came again under another id: {_id(bench, first)}, then {_id(bench, second)}")
    if second.raw != first.raw:
        raise Broken(f"it came again as {_id(bench, first)} with another body")
    wrong = mistake(block.signature, secret, second.headers, second.raw, second.at_s)
    if wrong is not None:
        raise Broken(f"it came again and must not be believed: {wrong}")
    return f"came again as {_id(bench, first)}"


async def _next_event(bench: Bench, receiver: Receiver, trial: Trial, known: Delivery | None) -> Delivery:
    """Make an event happen, and wait for it. What repeats `known`, an earlier one, is passed over."""
    block = bench.profile.webhooks
    if not block.subscribe and not block.trigger:
        raise Untestable("the profile says neither how to subscribe to webhooks nor what makes one: give `webhooks`")
    names: dict[str, Any] = {**bench.fresh(), "receiver": receiver.url}
    seen = len(receiver.deliveries)
    for call in (*block.subscribe, *block.trigger):
        await trial.call(call, names)

    def fresh() -> Delivery | None:
        later = receiver.deliveries[seen:]
        return next((one for one in later if known is None or not _repeats(bench, one, known)), None)

    if not await receiver.until(lambda: fresh() is not None, block.within_s):
        raise Broken(f"no webhook came within {block.within_s:g} s")
    delivery = fresh()
    assert delivery is not None
    return delivery


def _repeats(bench: Bench, one: Delivery, other: Delivery) -> bool:
    return one.raw == other.raw and _id(bench, one) == _id(bench, other)


def _id(bench: Bench, delivery: Delivery) -> str:
    return delivery.headers.get((bench.profile.webhooks.signature.id or "").lower(), "")


def _secret(bench: Bench) -> str:
    variable = bench.profile.webhooks.secret_env
    if variable is None:
        raise Untestable("the profile does not say by which secret webhooks are signed: give `secret_env`")
    return bench.secret(variable)


def _as_evidence(receiver: Receiver, delivery: Delivery) -> Answer:
    return Answer(Request("POST", receiver.url, delivery.headers, delivery.raw), delivery.status)
