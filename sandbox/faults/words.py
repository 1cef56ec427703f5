"""A fault in words that a business person reads: in reports, traces and on the console."""

from __future__ import annotations

from sandbox import durations
from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, SpikeAtom, WebhookAtom, Window
from sandbox.faults.moments import format_moment, format_share

SYSTEM_NAMES = {
    "commerce": "the shop",
    "erp": "the ERP",
    "wms": "the warehouse system",
    "carrier": "the carrier",
    "desk": "the operations desk",
}


def in_words(atom: Atom) -> str:
    """One sentence without its full stop: what happens to whom, when."""
    if isinstance(atom, SpikeAtom):
        return f"orders come {atom.factor:g} times as fast {_when(atom.window)}"
    if isinstance(atom, CrashAtom):
        return _crash(atom)
    who = SYSTEM_NAMES.get(atom.system, atom.system)
    what = _to_calls(atom, who) if isinstance(atom, CallAtom) else _to_webhooks(atom, who)
    return f"{what} {_when(atom.window)}"


def _crash(atom: CrashAtom) -> str:
    if atom.at_us is not None:
        when = f"at {format_moment(atom.at_us)}"
    else:
        about = f" for {atom.order}" if atom.order else ""
        when = f"right after {_ordinal(atom.occurrence or 1)} {atom.operation}{about} took effect"
    return f"the sync core loses power {when}, for {durations.format(atom.down_for_us)}"


def _to_calls(atom: CallAtom, who: str) -> str:
    if atom.kind == "outage":
        return f"{who} refuses all connections"
    calls = f"{_how_many(atom, atom.operation or 'calls')} to {who}"
    if atom.kind == "slow":
        longer = [f"{atom.factor:g} times as long"] if atom.factor > 1 else []
        longer += [f"{durations.format(atom.delay_us)} longer"] if atom.delay_us else []
        return f"{calls} takes {' and '.join(longer)}"
    after = "" if atom.retry_after_us is None else f", come back after {durations.format(atom.retry_after_us)}"
    told = {
        "error": f"fails with {atom.status}{after}",
        "throttle": f"is turned away with 429{after}",
        "lost_request": "is lost on the way",
        "lost_reply": "takes effect, but its reply is lost",
    }
    return f"{calls} {told[atom.kind]}"


def _to_webhooks(atom: WebhookAtom, who: str) -> str:
    held = durations.format(atom.delay_us)
    told = {
        "webhook_lost": "is never delivered",
        "webhook_doubled": "is delivered twice" + (f", {held} apart" if atom.delay_us else ""),
        "webhook_reordered": f"is overtaken by later ones, by up to {held}",
        "webhook_delayed": f"comes {held} late",
    }
    topic = f"{atom.topic} webhook" if atom.topic else "webhook"
    return f"{_how_many(atom, topic)} of {who} {told[atom.kind]}"


def _how_many(atom: CallAtom | WebhookAtom, what: str) -> str:
    about = f" for {atom.order}" if atom.order else ""
    if atom.occurrence is not None:
        return f"{_ordinal(atom.occurrence)} {what}{about}"
    if atom.share is not None and atom.share < 1:
        return f"{format_share(atom.share)} of {what}{about}"
    return f"every {what.removesuffix('s') if what == 'calls' else what}{about}"


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"the {n}{ending}"


def _when(window: Window) -> str:
    return f"from {format_moment(window.from_us)} to {format_moment(window.until_us)}"
