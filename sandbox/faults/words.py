"""A fault in words that a business person reads: in reports, traces and on the console."""

from __future__ import annotations

from sandbox import durations
from sandbox.faults.atoms import (
    Atom,
    CallAtom,
    ClockAtom,
    ContractAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    SpikeAtom,
    WebhookAtom,
    Window,
)
from sandbox.faults.moments import format_moment, format_share
from sandbox.system_names import SYSTEM_NAMES

_ANSWER_WORDS = {
    "late_commit": ("take effect {0} late, without a reply", "takes effect {0} late, without a reply"),
    "malformed": ("take effect, but their replies are broken pages", "takes effect, but its reply is a broken page"),
    "partial": ("take effect, but their replies break off", "takes effect, but its reply breaks off"),
    "duplicate_call": ("are carried out twice", "is carried out twice"),
}
_READ_WORDS = {
    "stale_read": "show a state up to {0} old",
    "late_index": "leave out rows that are younger than {0}",
    "page_drift": "skip or repeat rows from page to page",
    "poisoned_rows": "bring spoiled rows: {1}",
}
_POISON_WORDS = {
    "unreadable": "parts are missing",
    "unknown_item": "items that nobody knows",
    "unknown_status": "a status that nobody knows",
}
_PLATFORM_WORDS = {
    "store_outage": "the sync core's database is away",
    "store_slow": "the sync core's database takes {0} longer to commit",
    "store_conflicts": "the sync core's database lets transactions fail",
    "store_unknown": "the sync core is not told whether its transactions were committed",
    "bus_outage": "the sync core's bus is away",
    "bus_doubled": "the sync core's bus delivers twice, {0} apart",
    "bus_delayed": "the sync core's bus delivers {0} late",
    "bus_reordered": "the sync core's bus delivers out of order, by up to {0}",
}


def in_words(atom: Atom, span_us: int | None = None) -> str:
    """One sentence without its full stop: what happens to whom, when.

    Where `span_us` tells how long there is demand, a fault that is on all the time does not say when.
    """
    when = "" if atom.window == Window(0, span_us or 0) else f" {_when(atom.window)}"
    if isinstance(atom, SpikeAtom):
        return f"orders come {atom.factor:g} times as fast{when}"
    if isinstance(atom, CrashAtom):
        return _crash(atom)
    if isinstance(atom, PauseAtom):
        return f"the sync core is frozen at {format_moment(atom.at_us)}, for {durations.format(atom.for_us)}"
    if isinstance(atom, DeletionAtom):
        who = SYSTEM_NAMES.get(atom.system, atom.system)
        return f"{who} deletes its webhook subscriptions at {format_moment(atom.at_us)}"
    if isinstance(atom, ClockAtom):
        return _clock(atom) + when
    if isinstance(atom, ContractAtom):
        return _contract(atom) + (f" from {format_moment(atom.window.from_us)} for good" if atom.stays else when)
    if isinstance(atom, PlatformAtom):
        return _to_platform(atom) + when
    who = SYSTEM_NAMES.get(atom.system, atom.system)
    return (_to_calls(atom, who) if isinstance(atom, CallAtom) else _to_webhooks(atom, who)) + when


def _crash(atom: CrashAtom) -> str:
    if atom.at_us is not None:
        when = f"at {format_moment(atom.at_us)}"
    else:
        about = f" for {atom.order}" if atom.order else ""
        what = atom.operation if atom.commit is None else f"commit of {atom.commit}"
        when = f"right {atom.moment} {_ordinal(atom.occurrence or 1)} {what}{about} took effect"
    return f"the sync core loses power {when}, for {durations.format(atom.down_for_us)}"


def _contract(atom: ContractAtom) -> str:
    what = atom.what or f"{len(atom.edits)} edits"
    return f"{SYSTEM_NAMES.get(atom.system, atom.system)} changes its contract ({what})"


def _clock(atom: ClockAtom) -> str:
    told = []
    if atom.offset_us:
        told.append(f"is {durations.format(abs(atom.offset_us))} {'ahead' if atom.offset_us > 0 else 'behind'}")
    if atom.drift_us:
        told.append(f"{'gains' if atom.drift_us > 0 else 'loses'} {durations.format(abs(atom.drift_us))} a day")
    return f"the sync core's clock {' and '.join(told)}"


def _to_calls(atom: CallAtom, who: str) -> str:
    if atom.kind == "outage":
        return f"{who} refuses all connections"
    several = _several(atom)
    which = f"{atom.operation} " if atom.operation else ""
    calls = f"{_how_many(atom, which + ('calls' if several else 'call'))} to {who}"
    after = "" if atom.retry_after_us is None else f", to come back after {durations.format(atom.retry_after_us)}"
    if atom.kind == "slow":
        longer = [f"{atom.factor:g} times as long"] if atom.factor > 1 else []
        longer += [f"{durations.format(atom.delay_us)} longer"] if atom.delay_us else []
        return f"{calls} {'take' if several else 'takes'} {' and '.join(longer)}"
    if atom.kind == "error":
        return f"{calls} {'fail' if several else 'fails'} with {atom.status}{after}"
    if atom.kind == "throttle":
        return f"{calls} {'are' if several else 'is'} turned away with 429{after}"
    if atom.kind == "lost_request":
        return f"{calls} {'are' if several else 'is'} lost on the way"
    if atom.kind in _READ_WORDS:
        return _to_reads(atom, who, which)
    told = _ANSWER_WORDS.get(atom.kind)
    if told is not None:
        return f"{calls} {told[0] if several else told[1]}".format(durations.format(atom.delay_us))
    return f"{calls} {'take effect, but their replies are' if several else 'takes effect, but its reply is'} lost"


def _to_reads(atom: CallAtom, who: str, which: str) -> str:
    rows = "" if atom.share in (None, 1.0) else f", for {format_share(atom.share or 1)} of the rows"
    what = f"reads ({which.strip()})" if which else "reads"
    told = _READ_WORDS[atom.kind].format(durations.format(atom.delay_us), _POISON_WORDS[atom.poison])
    return f"{what} from {who} {told}" + ("" if atom.kind == "stale_read" else rows)


def _to_platform(atom: PlatformAtom) -> str:
    told = _PLATFORM_WORDS[atom.kind].format(durations.format(atom.delay_us)) + _narrowed(atom)
    return told if atom.share in (None, 1.0) else f"{told}, {format_share(atom.share or 1)} of the time"


def _narrowed(atom: PlatformAtom) -> str:
    """Of which commits or messages it is told, where not of all."""
    if atom.only is None and atom.order is None and atom.occurrence is None:
        return ""
    what = f"{atom.only} " * (atom.only is not None) + ("commit" if atom.kind.startswith("store_") else "message")
    about = f" for {atom.order}" if atom.order else ""
    which = f"{_ordinal(atom.occurrence)} {what}" if atom.occurrence is not None else f"each {what}"
    happened = {None: "", True: ", which happened", False: ", which did not happen"}[atom.happened]
    return f", at {which}{about}{happened}"


def _to_webhooks(atom: WebhookAtom, who: str) -> str:
    held = durations.format(atom.delay_us)
    several = _several(atom)
    what = f"{atom.topic} " * (atom.topic is not None) + ("webhooks" if several else "webhook")
    told = {
        "webhook_lost": "never delivered",
        "webhook_doubled": "delivered twice" + (f", {held} apart" if atom.delay_us else ""),
        "webhook_reordered": f"overtaken by later ones, by up to {held}",
        "webhook_delayed": f"held back by {held}",
        "webhook_poisoned": f"spoiled: {_POISON_WORDS[atom.poison]}",
    }
    return f"{_how_many(atom, what)} of {who} {'are' if several else 'is'} {told[atom.kind]}"


def _several(atom: CallAtom | WebhookAtom) -> bool:
    return atom.occurrence is None and atom.share is not None and atom.share < 1


def _how_many(atom: CallAtom | WebhookAtom, what: str) -> str:
    about = f" for {atom.order}" if atom.order else ""
    if atom.occurrence is not None:
        return f"{_ordinal(atom.occurrence)} {what}{about}"
    if atom.share is not None and atom.share < 1:
        return f"{format_share(atom.share)} of all {what}{about}"
    return f"every {what}{about}"


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"the {n}{ending}"


def _when(window: Window) -> str:
    return f"from {format_moment(window.from_us)} to {format_moment(window.until_us)}"
