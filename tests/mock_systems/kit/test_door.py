"""The door: who comes in, how many at once, and what goes wrong on the way."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from mock_systems.kit.door import PARTNER, DoorConfig
from mock_systems.kit.faults import CallFault
from mock_systems.kit.physics import MINUTE, SECOND
from tests.mock_systems.shop import START_US, Shop

CAPTURE = {"amount_minor": 100, "reference": "INV-1"}
CAPTURES = "/orders/W-000001/captures"


def _shop(*faults: CallFault, **config: float) -> Shop:
    shop = Shop(DoorConfig(**{"service_ms": 0, **config}))  # type: ignore[arg-type]
    shop.buy("r1", CUP=2)
    shop.wait(1)
    shop.system.door.arm(faults)
    return shop


def test_tokens_and_scopes() -> None:
    shop = Shop()
    assert shop.call("GET", "/stock", token="wrong").status == 401
    assert shop.call("GET", "/stock", token="wrong").headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert shop.call("GET", "/stock", token="shopper-commerce").body["type"] == "urn:problem:forbidden"
    assert shop.call("GET", "/stock", authorization="bearer core-commerce").status == 200
    assert shop.call("GET", "/stock", authorization="").status == 401
    assert shop.system.door.denied == 4
    own = Shop(DoorConfig(tokens={"mine": frozenset({"integration"})}))
    assert own.call("GET", "/stock", token="mine").status == 200
    assert own.call("GET", "/stock").status == 401


def test_what_others_than_the_integration_ask_is_not_told_to_visitors() -> None:
    scopes = {"core": frozenset({"integration"}), "edi": frozenset({"integration", PARTNER})}
    shop = Shop(DoorConfig(tokens=scopes))
    heard: list[str] = []
    shop.system.door.visitors.append(lambda *told: heard.append(told[2]))
    assert shop.call("GET", "/stock", token="edi").status == 200
    assert heard == []
    assert shop.call("GET", "/stock", token="core").status == 200
    assert heard == ["listStock"]


def test_the_call_over_the_slots_is_refused_at_once() -> None:
    shop = Shop(DoorConfig(slots=2, service_ms=100, service_sigma=0))
    first, second, third = (shop.answer("GET", "/stock") for _ in range(3))
    assert (first.after_us, second.after_us) == (100_000, 100_000)
    assert third.reply is not None
    assert (third.reply.status, third.reply.body["type"]) == (429, "urn:problem:concurrency-limit")
    assert third.after_us < 100_000
    shop.wait(99_999)
    assert shop.call("GET", "/stock").status == 429
    shop.wait(1)
    assert shop.call("GET", "/stock").status == 200
    door = shop.system.door
    assert (door.calls, door.refused, door.peak_concurrency, door.by_operation) == (5, 2, 2, {"listStock": 5})


def test_calls_over_the_rate_wait_for_the_next_minute() -> None:
    shop = Shop(DoorConfig(per_minute=2, service_ms=0))
    first = shop.call("GET", "/stock")
    assert first.headers["ratelimit-policy"] == '"minute";q=2;w=60'
    assert first.headers["ratelimit"] == '"minute";r=1;t=60'
    shop.wait(20 * SECOND)
    shop.call("GET", "/stock")
    third = shop.call("GET", "/stock")
    assert (third.status, third.headers["retry-after"]) == (429, "40")
    assert third.headers["ratelimit"] == '"minute";r=0;t=40'
    shop.wait(40 * SECOND)
    assert shop.call("GET", "/stock").status == 200
    assert shop.system.door.peak_per_minute == 3


def test_service_times_belong_to_the_call_and_shift_no_other() -> None:
    def times(first: str) -> dict[str, int]:
        shop = Shop(DoorConfig(service_ms=100, service_sigma=0.5))
        for order in ("a", "b"):
            shop.buy(order, CUP=1)
        shop.answer("GET", f"/orders/{first}")
        return {order: shop.answer("GET", f"/orders/{order}").after_us for order in ("W-000001", "W-000002")}

    one, other = times("W-000001"), times("W-000002")
    assert len({*one.values(), *other.values()}) == 4
    again = times("W-000003")
    assert again == {"W-000001": times("W-000002")["W-000001"], "W-000002": times("W-000001")["W-000002"]}


def test_service_times_have_the_mean_that_was_asked_for() -> None:
    shop = Shop(DoorConfig(service_ms=100, service_sigma=0.5))
    drawn = [shop.answer("GET", "/stock").after_us for _ in range(4000)]
    assert 97_000 < sum(drawn) / len(drawn) < 103_000
    assert min(drawn) > 10_000


def test_a_refused_connection_has_no_effect() -> None:
    fault = CallFault(id="o", kind="refuse")
    shop = _shop(fault)
    answer = shop.answer("POST", CAPTURES, CAPTURE)
    assert (answer.reply, answer.refused) == (None, True)
    assert fault.applied == 1
    shop.system.door.arm(())
    assert shop.call("GET", CAPTURES).body["items"] == []


def test_an_error_has_no_effect() -> None:
    shop = _shop(CallFault(id="e", kind="error", status=502, operation="capturePayment"))
    reply = shop.call("POST", CAPTURES, CAPTURE)
    assert (reply.status, reply.body["status"]) == (502, 502)
    assert shop.call("GET", CAPTURES).body["items"] == []


@pytest.mark.parametrize(
    ("wait_s", "form", "header"), [(None, "seconds", None), (3, "seconds", "3"), (2.5, "float", "2.5")]
)
def test_a_throttle_says_when_to_come_back_or_does_not(wait_s: float | None, form: str, header: str | None) -> None:
    shop = _shop(CallFault(id="t", kind="throttle", retry_after_s=wait_s, retry_after_form=form))
    reply = shop.call("POST", CAPTURES, CAPTURE)
    assert (reply.status, reply.headers.get("retry-after")) == (429, header)


def test_a_throttle_may_give_a_date() -> None:
    shop = _shop(CallFault(id="t", kind="throttle", retry_after_s=90, retry_after_form="date"))
    date = parsedate_to_datetime(shop.call("GET", "/stock").headers["retry-after"])
    assert int(date.timestamp()) == START_US // SECOND + 90


@pytest.mark.parametrize("reset", [False, True])
def test_a_lost_request_has_no_effect_and_a_lost_reply_has(reset: bool) -> None:
    for kind, effects in (("lost_request", 0), ("lost_reply", 1)):
        shop = _shop(CallFault(id="l", kind=kind, operation="capturePayment", reset=reset))
        answer = shop.answer("POST", CAPTURES, CAPTURE)
        assert (answer.reply, answer.reset, answer.refused) == (None, reset, False)
        assert len(shop.call("GET", CAPTURES).body["items"]) == effects


def test_a_late_commit_happens_when_the_caller_has_given_up() -> None:
    shop = _shop(CallFault(id="l", kind="late_commit", operation="capturePayment", delay_us=MINUTE))
    assert shop.answer("POST", CAPTURES, CAPTURE).reply is None
    shop.wait(MINUTE - 1)
    assert shop.call("GET", CAPTURES).body["items"] == []
    assert shop.system.door.slots.in_flight(int(shop.env.now)) == 1
    shop.wait(2)
    assert len(shop.call("GET", CAPTURES).body["items"]) == 1
    assert shop.system.ledger.facts[-1].at_us == START_US + 1 + MINUTE


def test_a_late_commit_under_a_key_that_was_repeated_has_no_second_effect() -> None:
    shop = _shop(CallFault(id="l", kind="late_commit", occurrence=1, operation="capturePayment", delay_us=MINUTE))
    shop.answer("POST", CAPTURES, CAPTURE, idempotency_key="k")
    shop.call("POST", CAPTURES, CAPTURE, idempotency_key="k")
    shop.wait(2 * MINUTE)
    assert len(shop.call("GET", CAPTURES).body["items"]) == 1


def test_a_malformed_answer_comes_after_the_effect() -> None:
    shop = _shop(CallFault(id="m", kind="malformed", operation="capturePayment"))
    reply = shop.call("POST", CAPTURES, CAPTURE)
    assert isinstance(reply.body, str)
    assert reply.headers["content-type"] == "text/html"
    assert len(shop.call("GET", CAPTURES).body["items"]) == 1


def test_a_duplicate_is_handled_twice() -> None:
    shop = _shop(CallFault(id="d", kind="duplicate", operation="capturePayment"))
    assert shop.call("POST", CAPTURES, CAPTURE).body["capture"] == "CAP-000002"
    assert shop.call("POST", CAPTURES, CAPTURE, idempotency_key="k").body["capture"] == "CAP-000003"


def test_slow_calls_hold_their_slot_longer() -> None:
    slow = CallFault(id="s", kind="slow", factor=3, delay_us=7)
    lost = CallFault(id="l", kind="lost_reply")
    shop = _shop(slow, lost, service_ms=100, service_sigma=0)
    answer = shop.answer("GET", "/stock")
    assert (answer.after_us, answer.reply) == (300_007, None)
    assert shop.system.door.slots.in_flight(int(shop.env.now) + 300_006) == 1
    assert (slow.applied, lost.applied) == (1, 1)


def test_faults_apply_in_their_window_alone() -> None:
    fault = CallFault(id="o", kind="refuse", from_us=START_US + 10, until_us=START_US + 20)
    shop = _shop(fault)
    heard = []
    for _ in range(30):
        heard.append(shop.answer("GET", "/stock").refused)
        shop.wait(1)
    assert heard == [False] * 9 + [True] * 10 + [False] * 11


def test_observers_hear_of_each_call_and_each_fault() -> None:
    shop = _shop(
        CallFault(id="x", kind="lost_reply", operation="capturePayment"),
        CallFault(id="y", kind="error", operation="listStock"),
    )
    heard: list[tuple[object, ...]] = []
    shop.system.door.observers.append(lambda *event: heard.append(event[1:]))
    shop.answer("POST", CAPTURES, CAPTURE)
    shop.answer("GET", "/stock")
    shop.answer("GET", "/catalogue")
    shop.answer("GET", "/catalogue", token="wrong")
    assert heard == [
        ("commerce", "capturePayment", "W-000001", "fault.lost_reply:x"),
        ("commerce", "capturePayment", "W-000001", "served"),
        ("commerce", "listStock", None, "fault.error:y"),
        ("commerce", "listCatalogue", None, "served"),
        ("commerce", "listCatalogue", None, "unauthenticated"),
    ]


@pytest.mark.parametrize("wrong", [{"slots": 0}, {"per_minute": -1}, {"service_ms": -1.0}, {"service_sigma": -0.1}])
def test_a_door_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DoorConfig(**wrong)  # type: ignore[arg-type]
