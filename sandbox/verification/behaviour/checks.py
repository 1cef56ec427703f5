"""The checks: what each asks, why, and where that is written. Their page is docs/contracts/behaviour.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.errors import InputError, did_you_mean

_KEY_DRAFT: Final = "IETF draft-ietf-httpapi-idempotency-key-header"
_WEBHOOKS: Final = "Standard Webhooks"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `of` is whom it is about: a provider's operations, its lists, its webhooks, or a receiver of those."""

    id: str
    what: str
    why: str
    source: str
    of: str


_OPERATION, _LIST, _WEBHOOK, _RECEIVER = "operation", "list", "webhook", "receiver"

CHECKS: Final = (
    Check(
        "key-repeated",
        "The same idempotency key twice with the same body: the same answer, and one effect.",
        "A caller whose answer got lost sends the call again; without this an order is booked twice.",
        f"{_KEY_DRAFT}, Idempotency Enforcement Scenarios",
        _OPERATION,
    ),
    Check(
        "key-reused",
        "The same key with another body: refused (409 or 422, or 400), and no effect.",
        "A key that is used for two things by mistake must not hide the second behind the answer to the first.",
        f"{_KEY_DRAFT}, Error Scenarios (422)",
        _OPERATION,
    ),
    Check(
        "key-concurrent",
        "The same key several times at once: one effect; each answer is that one, or 409 while it is under way.",
        "Two workers that pick up one message call at the same moment; looking a key up and keeping it is one step.",
        f"{_KEY_DRAFT}, Error Scenarios (409)",
        _OPERATION,
    ),
    Check(
        "key-missing",
        "A required idempotency key that is left out: refused (400, 422 or 428), and no effect.",
        "A key that is required in the document alone protects nobody.",
        f"{_KEY_DRAFT}, Error Scenarios (400)",
        _OPERATION,
    ),
    Check(
        "retry-lost-reply",
        "The answer to a call that had an effect is lost, and the call is sent again: one effect.",
        "Nobody can tell a lost answer, or a 502 on the way, from a call that never came.",
        f"RFC 9110, 9.2.2; {_KEY_DRAFT}, Introduction",
        _OPERATION,
    ),
    Check(
        "retry-late-commit",
        "A call that is held up on its way arrives after its retry: one effect.",
        "A proxy's queue or a slow worker turns the order round: the retry comes first, the original after it.",
        f"RFC 9110, 9.2.2; {_KEY_DRAFT}, Introduction",
        _OPERATION,
    ),
    Check(
        "retry-doubled",
        "A call that something on the way sends twice: one effect.",
        "Proxies and clients repeat calls by themselves after a broken connection.",
        f"RFC 9110, 9.2.2; {_KEY_DRAFT}, Introduction",
        _OPERATION,
    ),
    Check(
        "lost-update",
        "Two writers have read the same version: the second one's write is refused, and the first one's stays.",
        "Otherwise the second writer overwrites a change that it has never seen.",
        "RFC 9110, 13.1.1 (If-Match, 412)",
        _OPERATION,
    ),
    Check(
        "lost-update-race",
        "Two writers with the same version at once: one write is taken, the other refused.",
        "A version that is looked at before the lock is taken lets both through.",
        "RFC 9110, 13.1.1 (If-Match, 412)",
        _OPERATION,
    ),
    Check(
        "lost-update-unconditional",
        "A write without the required If-Match: refused (428 or 412, or 400 or 422), and nothing changed.",
        "A writer that leaves the condition out would overwrite what it has never seen.",
        "RFC 6585, 3 (428)",
        _OPERATION,
    ),
    Check(
        "retry-after",
        "429 and 503 say when to come back: Retry-After in whole seconds or as a date, and not absurdly long.",
        "Without it callers guess, and come back all at once.",
        "RFC 9110, 10.2.3; RFC 6585, 4",
        _OPERATION,
    ),
    Check(
        "retry-after-honoured",
        "A caller that has waited as long as it was told is let in.",
        "A time that does not hold makes callers wait, and then try again and again.",
        "RFC 9110, 10.2.3; RFC 6585, 4",
        _OPERATION,
    ),
    Check(
        "cursor-stable",
        "Pages of a list while rows are written: each old row once, none twice, and the list ends.",
        "A poller whose page shifts loses an order, or takes one twice.",
        "Google AIP-158; Zalando RESTful API Guidelines, 160",
        _LIST,
    ),
    Check(
        "webhook-signed",
        "Webhooks are signed over their raw body, with an id and a time of now; two events have two ids.",
        "An endpoint is public: the signature alone tells the provider from anybody else.",
        f"{_WEBHOOKS}, Signing",
        _WEBHOOK,
    ),
    Check(
        "webhook-redelivered",
        "A webhook that was refused (500) comes again under the same id, with the same body, rightly signed.",
        "Receivers know a repeat by its id; one that comes under a new id is taken twice.",
        f"{_WEBHOOKS}, Webhook headers and Retry schedule",
        _WEBHOOK,
    ),
    Check(
        "fault-problem",
        "While the provider is degraded its errors are problem details, as its document promises.",
        "Error handling is written against the document, and runs only on the worst day.",
        "RFC 9457",
        _OPERATION,
    ),
    Check(
        "fault-declared",
        "While the provider is degraded it answers with statuses and content types that its document declares.",
        "A consumer made from the document cannot read what is not in it.",
        "OpenAPI 3.1, Responses Object",
        _OPERATION,
    ),
    Check(
        "fault-whole",
        "After calls that failed half way each thing is there as a whole or not at all; a retry leaves one.",
        "A half-written order is found by nobody, and repaired by hand.",
        "RFC 9110, 9.2.2 and 15.6",
        _OPERATION,
    ),
    Check(
        "receiver-signed",
        "A rightly signed webhook is taken (2xx); one whose signature is wrong or missing is refused (4xx).",
        "Who takes unsigned webhooks books whatever anybody sends.",
        f"{_WEBHOOKS}, Verifying signatures",
        _RECEIVER,
    ),
    Check(
        "receiver-replay",
        "A webhook of long ago, or of the future, is refused (4xx), though its signature is right.",
        "Who overheard one could send it again for ever.",
        f"{_WEBHOOKS}, Replay attacks",
        _RECEIVER,
    ),
    Check(
        "receiver-duplicate",
        "A webhook that comes twice is taken twice (2xx) and has one effect.",
        "Providers deliver at least once; a refusal makes them send it again, and switch the endpoint off at last.",
        f"{_WEBHOOKS}, Idempotency",
        _RECEIVER,
    ),
    Check(
        "receiver-reordered",
        "A webhook that comes after a later one is taken (2xx).",
        "Deliveries overtake one another; what is old may be passed over, not refused.",
        f"{_WEBHOOKS}, Ordering",
        _RECEIVER,
    ),
)  # fmt: skip
BY_ID: Final = {check.id: check for check in CHECKS}


def chosen(ids: list[str]) -> tuple[Check, ...]:
    """The checks with these ids, in the table's order; all for none. Raises InputError for an unknown one."""
    for one in ids:
        if one not in BY_ID:
            raise InputError(f"no check is called {one!r}", field="--check", remedy=did_you_mean(one, BY_ID))
    return tuple(check for check in CHECKS if not ids or check.id in ids)
