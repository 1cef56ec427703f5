"""An order's life in business words: a sentence for each kind of fact and of note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import durations
from sandbox.records.record import RecordedFact, RecordedNote
from sandbox.system_names import SYSTEM_NAMES

FACTS: Mapping[tuple[str, str], str] = {
    ("commerce", "item.listed"): "the shop lists {entity} at {price}",
    ("commerce", "stock.published"): "the shop is told of {quantity} {entity}, and sells {available} from now",
    ("commerce", "order.accepted"): "the shop accepts order {entity}: {lines}, {total}, to be paid by {payment}",
    ("commerce", "order.refused"): "the shop refuses the order ({reason}): {lines}",
    ("commerce", "order.status"): "the shop shows the customer: {status}",
    ("commerce", "order.fulfilled"): "the shop shows shipment {reference} with tracking {tracking}: {lines}",
    ("commerce", "order.cancelled"): "the shop cancels the order: {reason}",
    ("commerce", "cancellation.requested"): "the shopper asks to cancel the order ({entity}): {reason}",
    ("commerce", "cancellation.refused"): "the shop tells that the order can't be stopped ({entity}): {reason}",
    ("commerce", "edit.requested"): "the shopper asks to have the order changed ({entity}): {lines}",
    ("commerce", "edit.refused"): "the shop tells that the order stays as it is ({entity}): {reason}",
    ("commerce", "order.edited"): "the order is changed for the {by}, revision {revision}: {lines}, {total}",
    ("commerce", "payment.reduced"): "{amount} less is reserved on the customer's card ({entity})",
    ("commerce", "payment.authorised"): "{amount} is reserved on the customer's card ({entity})",
    ("commerce", "payment.captured"): "{amount} is taken from the customer's card for {reference} ({entity})",
    ("commerce", "payment.voided"): "the reservation of {amount} on the customer's card is given up",
    ("commerce", "payment.refunded"): "{amount} is given back to the customer's card for {reference} ({entity})",
    ("commerce", "return.requested"): "the shopper asks to send goods back ({entity}): {lines}, {reason}",
    ("commerce", "return.status"): "the shop shows the customer of return {entity}: {status}",
    ("erp", "customer.opened"): "the ERP knows customer {entity}",
    ("erp", "item.opened"): "the ERP knows item {entity}",
    ("erp", "item.changed"): "item {entity} changes in the ERP (version {version})",
    ("erp", "customer.changed"): "customer {entity} changes in the ERP (version {version})",
    ("commerce", "item.changed"): "the shop shows version {version} of item {entity}",
    ("erp", "stock.opened"): "the ERP's books open with {quantity} {sku} at {site}",
    ("erp", "sales_order.created"): "the ERP books sales order {entity} over {total}, {status}: {lines}",
    ("erp", "sales_order.held"): "the ERP holds {entity}: {reason}, {over} over the limit",
    ("erp", "sales_order.released"): "{entity} is released by {by}",
    ("erp", "sales_order.rejected"): "{entity} is rejected: {reason}",
    ("erp", "sales_order.cancelled"): "the ERP cancels {entity}: {reason}",
    ("erp", "sales_order.changed"): "the ERP changes {entity}, revision {revision}: {lines}, {total}",
    ("erp", "goods_issue.posted"): "the ERP books goods issue {entity} for shipment {shipment} from {site}: {lines}",
    ("erp", "invoice.posted"): "the ERP posts invoice {entity} over {total} for shipment {shipment}",
    ("erp", "payment.posted"): "the ERP books the payment of {amount} for invoice {invoice} ({entity})",
    ("erp", "goods_return.posted"): "the ERP takes goods of {return} back at {site} ({entity}): {lines}",
    ("erp", "credit_note.posted"): "the ERP posts credit note {entity} over {total} for {return}",
    ("erp", "refund.posted"): "the ERP books the refund of {amount} for credit note {credit_note} ({entity})",
    ("erp", "purchase_order.created"): "the ERP orders from {supplier} for {site} ({entity}): {lines}",
    ("erp", "purchase_order.changed"): "a buyer raises {entity} to what came: {lines}",
    ("erp", "purchase_order.closed"): "purchase order {entity} is closed: {reason}",
    ("erp", "asn.sent"): "the supplier announces delivery {entity} of {purchase_order} to {site}: {lines}",
    ("erp", "goods_receipt.posted"): "the ERP books goods receipt {entity} for {purchase_order} at {site}: {lines}",
    ("erp", "stock_adjustment.posted"): "the ERP adjusts {sku} at {site} by {quantity} ({reason} {reference})",
    ("erp", "gl.posted"): "the general ledger takes {entity} for {document}",
    ("wms", "stock.opened"): "{quantity} {sku} lie at {site}",
    ("wms", "stock.moved"): "{quantity} {sku} at {site} ({reason}): {on_hand} on hand, {reserved} reserved",
    ("wms", "reservation.made"): "{site} keeps stock for the order ({entity}): {lines}",
    ("wms", "reservation.released"): "{site} gives {entity} free again: {reason}",
    ("wms", "outbound.received"): "{site} is told to ship as {entity}: {lines}",
    ("wms", "outbound.cancelled"): "{entity} is cancelled: {reason}",
    ("wms", "outbound.cancel_refused"): "{entity} can't be taken back: it is {state}",
    ("wms", "short_pick.reported"): "{site} finds too little for {entity} ({reason}): {lines} missing",
    ("wms", "wave.released"): "{site} releases wave {entity}",
    ("wms", "outbound.picked"): "{entity} is picked",
    ("wms", "outbound.packed"): "{entity} is packed",
    ("wms", "outbound.labelled"): "{entity} carries label {label} with tracking {tracking}",
    ("wms", "outbound.shipped"): "{entity} leaves {site} on the truck: {lines}",
    ("wms", "inbound.announced"): "{site} expects delivery {asn} of {purchase_order} as {entity}: {lines}",
    ("wms", "consignment.arrived"): "the truck with delivery {entity} of {purchase_order} is at {site}: {lines}",
    ("wms", "inbound.received"): "{site} has put delivery {asn} on the shelf ({entity}): {lines}",
    ("wms", "return.expected"): "{site} expects return {rma} as {entity}: {lines}",
    ("wms", "return.arrived"): "the parcel of return {entity} is at {site}: {lines}",
    ("wms", "return.received"): "{site} has looked at return {rma} ({entity}): {lines}",
    ("wms", "count.recorded"): "{site} counts {counted} {sku} where its book says {book} ({entity})",
    ("wms", "count.approved"): "count {entity} is approved: {sku} at {site} changes by {quantity}",
    ("wms", "count.rejected"): "count {entity} of {sku} at {site} is rejected: {reason}",
    ("carrier", "label.bought"): "the carrier sells label {entity} for {reference}: {service}, {cost}",
    ("carrier", "label.voided"): "the carrier takes label {entity} back, {cost}",
    ("carrier", "parcel.scanned"): "the carrier scans parcel {entity}: {status}",
    ("carrier", "parcel.refused"): "the carrier refuses parcel {tracking} at the dock ({reason})",
    ("desk", "exception.opened"): "exception {entity} is put before people ({cause}): {message}",
    ("desk", "exception.decided"): "{by} has {decision} what exception {entity} asks",
    ("desk", "exception.closed"): "exception {entity} is closed: {resolution}",
}
NOTES: Mapping[tuple[str, str], str] = {
    ("faults", "call.struck"): "fault {fault} strikes the call {entity}: {what}",
    ("faults", "webhook.struck"): "fault {fault} strikes the webhook {entity}: {what}",
    ("faults", "platform.struck"): "fault {fault} strikes the sync core's own {entity}: {what}",
    ("network", "call.timed-out"): "no reply in time: {entity}; nobody knows whether it took effect",
    ("network", "call.refused"): "the connection is refused: {entity}",
    ("network", "call.broken"): "the connection breaks: {entity}; nobody knows whether it took effect",
    ("network", "call.rate-limited"): "turned away, too many calls this minute: {entity}",
    ("network", "call.concurrency-limit"): "turned away, too many calls at once: {entity}",
    ("network", "call.unauthenticated"): "turned away, no token that is known: {entity}",
    ("network", "call.forbidden"): "turned away, the token does not allow it: {entity}",
    ("network", "webhook.failed"): "the webhook {entity} is not acknowledged, and will be sent again",
    ("network", "webhook.given-up"): "the webhook {entity} is given up after its last attempt",
    ("network", "webhook.unsubscribed"): "{system} sends no webhooks any more: it has deleted the subscription",
    ("core", "subscription.renewed"): "the sync core subscribes to the webhooks of {entity} again",
    ("world", "core.crashed"): "the sync core loses its power",
    ("world", "core.paused"): "the sync core is frozen for {for_us}",
    ("world", "core.resumed"): "the sync core that was frozen goes on ({entity})",
    ("world", "core.withdrawn"): "the standby is not needed any more ({entity})",
    ("world", "core.exited"): "the sync core ends by itself ({entity})",
    ("world", "clock.set"): "the sync core's clock is set",
    ("core", "core.stepped_down"): "{entity} finds that another core has taken over, and stops",
    ("world", "core.started"): "the sync core starts ({entity})",
    ("core", "receive.failed"): "the sync core fails to take a webhook: {error}",
    ("core", "duplicate.absorbed"): "the sync core has seen this before and lets it pass ({source})",
    ("core", "call.repeated"): "the sync core will repeat its call to {system} after attempt {attempt} ({cause})",
    ("core", "call.given_up"): "the sync core gives its call to {system} up, to come back later ({cause})",
    ("core", "call.left_unknown"): "the sync core does not know what {system} did, and will look it up ({cause})",
    ("core", "breaker.opened"): "the sync core leaves {entity} alone after {failures} failures in a row",
    ("core", "breaker.half_opened"): "the sync core asks {entity} gently whether it is back",
    ("core", "breaker.closed"): "the sync core trusts {entity} again",
    ("core", "store.missed"): "the sync core's database does not answer; it waits",
    ("core", "store.found"): "the sync core's database answers again",
    ("core", "commit.looked_up"): "the sync core looks up what became of a commit",
    ("core", "news.late"): "news comes too late to matter: {news}",
    ("core", "event.held"): "an event waits to be published ({cause})",
}
_LINES_SHOWN = 4
_STRUCK = {
    "refuse": "the connection is refused",
    "slow": "it is slow",
    "error": "the system answers with an error",
    "throttle": "too many calls, says the system",
    "lost_request": "the request is lost",
    "lost_reply": "it takes effect, and the reply is lost",
    "lost": "it is never delivered",
    "doubled": "it is delivered twice",
    "reordered": "later ones overtake it",
    "delayed": "it is held back",
    "late_commit": "it takes effect later, and nobody hears of it",
    "malformed": "it takes effect, and the reply is a broken page",
    "partial": "it takes effect, and the reply breaks off",
    "duplicate": "it is carried out twice",
    "stale_read": "an old state is shown",
    "late_index": "young rows are left out",
    "page_drift": "the page has shifted",
    "poisoned": "it comes spoiled",
    "store_outage": "it does not answer",
    "store_slow": "it is slow to commit",
    "store_conflicts": "it lets a transaction fail",
    "store_unknown": "it does not say whether it committed",
    "bus_outage": "it takes no events",
    "bus_doubled": "it delivers twice",
    "bus_delayed": "it delivers late",
    "bus_reordered": "it delivers out of order",
}


_CAUSES = {
    "CallTimedOut": "no reply in time",
    "ConnectFailed": "no connection",
    "ConnectionLost": "the connection broke",
}


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def tell(entry: RecordedFact | RecordedNote) -> str:
    """One sentence, without its full stop."""
    if isinstance(entry, RecordedFact):
        return _told(FACTS.get((entry.system, entry.kind)), entry.system, entry.kind, entry.entity, entry.data)
    return _told(NOTES.get((entry.source, entry.kind)), entry.source, entry.kind, entry.entity, entry.detail)


def _told(template: str | None, source: str, kind: str, entity: str, data: Mapping[str, Any]) -> str:
    if template is None:
        who = SYSTEM_NAMES.get(source, f"the {source}")
        details = ", ".join(f"{key} {value}" for key, value in data.items() if not isinstance(value, dict | list))
        return f"{who}: {kind.replace('.', ' ').replace('_', ' ')} {entity}" + (f" ({details})" if details else "")
    return template.format_map(
        _Words({**{key: _word(key, value) for key, value in data.items()}, "entity": entity, **_money(data)})
    )


def _word(key: str, value: Any) -> str:
    if key == "lines":
        return lines_in_words(value)
    if key == "what":
        return _STRUCK.get(str(value), str(value))
    if key == "cause" and str(value) in _CAUSES:
        return _CAUSES[str(value)]
    if key == "system":
        return SYSTEM_NAMES.get(str(value), str(value))
    if key.endswith("_us") and isinstance(value, int):
        return durations.format(max(value, 0))
    return str(value).replace("_", " ") if key in ("status", "reason", "cause") else str(value)


def _money(data: Mapping[str, Any]) -> dict[str, str]:
    """`total_minor` as `total`, and the like."""
    currency = f" {data['currency']}" if isinstance(data.get("currency"), str) else ""
    return {
        key.removesuffix("_minor"): f"{value / 100:,.2f}{currency}"
        for key, value in data.items()
        if key.endswith("_minor") and isinstance(value, int)
    }


def lines_in_words(lines: Any) -> str:
    """Order lines as `3 × 85123A, 1 × 22423 and 2 more`."""
    if not isinstance(lines, list) or not lines:
        return "no lines"
    shown = [_line_in_words(line) for line in lines[:_LINES_SHOWN] if isinstance(line, dict)]
    more = len(lines) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _line_in_words(line: Mapping[str, Any]) -> str:
    """What came back tells also what becomes of it, where that is not the shelf."""
    told = f"{line.get('quantity')} × {line.get('sku')}"
    return f"{told} (scrap)" if line.get("disposition") == "scrap" else told
