"""What goes wrong with one call: the faults of the data, carried out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

from mock_systems.kit import faults as kinds
from mock_systems.kit.faults import CallFault
from mock_systems.kit.physics import SECOND
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Answer, Reply, Request, problem

if TYPE_CHECKING:
    from mock_systems.kit.system import MockSystem

# What the front of a system takes to say no without doing any work.
REFUSED_AFTER_US: Final = 5_000
BROKEN_PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body>upstream sent an inval"
_ERROR_PAGE: Final = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>proxy</body></html>"


@dataclass(slots=True)
class Call:
    """One call at the door, as faults, limits and observers know it; the `ordinal`-th of its operation and order."""

    system: MockSystem
    request: Request
    route: Route
    params: dict[str, str]
    now_us: int
    order: str | None
    ordinal: int

    def handle(self, now_us: int) -> Reply:
        """Have the system do it."""
        return self.system.handle(self.request, self.route, self.params, now_us)


def stop(fault: CallFault, now_us: int) -> Answer | None:
    """The answer to a call that this fault lets have no effect; None where it lets the call through."""
    if fault.kind == kinds.REFUSE:
        return Answer(None, refused=True)
    if fault.kind == kinds.LOST_REQUEST:
        return Answer(None, reset=fault.reset)
    if fault.kind == kinds.THROTTLE:
        reply = problem(429, "throttled", "too many calls; come back later")
        return Answer(_with_retry_after(reply, fault, now_us), REFUSED_AFTER_US)
    if fault.kind == kinds.ERROR:
        reply = problem(fault.status, "system-error", "the system failed; nothing was done")
        if fault.html:
            reply = Reply(fault.status, _ERROR_PAGE.format(fault.status), {"content-type": "text/html"})
        return Answer(_with_retry_after(reply, fault, now_us), REFUSED_AFTER_US + fault.delay_us)
    return None


def spoil(answer: Answer, fault: CallFault, call: Call) -> bool:
    """Do to the answer of a call that was served what this fault does; False where it does nothing here."""
    if fault.kind == kinds.DUPLICATE:
        repeated = call.handle(call.now_us)
        if answer.reply is not None:
            answer.reply = repeated
    elif fault.kind == kinds.MALFORMED:
        if answer.reply is not None:
            answer.reply = Reply(answer.reply.status, BROKEN_PAGE, {"content-type": "text/html"})
    elif fault.kind == kinds.PARTIAL:
        if answer.reply is not None:
            text = json.dumps(answer.reply.body)
            answer.reply = Reply(answer.reply.status, text[: len(text) // 2], {"content-type": "text/plain"})
    elif fault.kind == kinds.LOST_REPLY:
        answer.reply, answer.reset = None, fault.reset
    else:
        return False
    return True


def _with_retry_after(reply: Reply, fault: CallFault, now_us: int) -> Reply:
    wait_s = fault.retry_after_s
    if wait_s is None:
        return reply
    if fault.retry_after_form == "date":
        value = formatdate(now_us / SECOND + wait_s, usegmt=True)
        reply.headers["date"] = formatdate(now_us / SECOND, usegmt=True)
    elif fault.retry_after_form == "float":
        value = str(float(wait_s))
    else:
        value = str(round(wait_s))
    reply.headers["retry-after"] = value
    return reply
