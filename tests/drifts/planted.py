"""Twenty-four changes of providers, as real vendors have made them: announced in a new document, or in place."""

from __future__ import annotations

from tests.drifts.drift import Drift, edit, removed, schema

_PAYMENT_POSTED = {
    "description": "Posted",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Payment"}}},
}

DRIFTS = (
    # Announced: a new version of the document says so.
    Drift(
        "amounts of invoices become texts", "erp", "diff",
        (edit("answer", "POST /invoices", "retype", "total_minor", value={"to": "string"}),),
        (schema("Invoice", properties={"total_minor": {"type": "string"}}),),
    ),
    Drift(
        "invoices need the date of tax", "erp", "diff",
        (edit("request", "POST /invoices", "refuse_missing", "tax_point"),),
        (schema("NewInvoice", properties={"tax_point": {"type": "string", "format": "date"}}, required=["tax_point"]),),
    ),
    Drift(
        "a payment is answered with 200", "erp", "diff",
        (edit("answer", "POST /payments", "status", status=201, value=200),),
        (
            removed("$.paths['/payments'].post.responses['201']"),
            {"target": "$.paths['/payments'].post.responses", "update": {"200": _PAYMENT_POSTED}},
        ),
    ),
    Drift(
        "sales orders may be in review", "erp", "diff",
        (edit("answer", "POST /sales-orders", "set", "status", value="in_review", share=0.2),),
        ({"target": "$.components.schemas.SalesOrder.properties.status.enum", "update": ["in_review"]},),
    ),
    Drift(
        "nobody tells why a pick was short", "wms", "diff",
        (edit("answer", "GET /outbound-orders/{outbound_order}", "drop", "short_reason"),),
        (removed("$.components.schemas.Outbound.properties.short_reason"),),
    ),
    # In place, and the core relies on it.
    Drift(
        "the number of a sales order has another name", "erp", "pact",
        (edit("answer", "POST /sales-orders", "move", "sales_order", value="order_number"),),
    ),
    Drift(
        "prices of items become texts", "erp", "pact",
        (edit("answer", "GET /items/{sku}", "retype", "price_minor", value={"to": "string"}),),
    ),
    Drift(
        "a reservation is answered with 200", "wms", "pact",
        (edit("answer", "POST /reservations", "status", status=201, value=200),),
    ),
    Drift(
        "rates are an object", "carrier", "pact",
        (edit("answer", "POST /rates", "retype", "rates", value={"to": "object"}),),
    ),
    Drift(
        "the list of orders is null", "commerce", "pact",
        (edit("answer", "GET /orders", "nullify", "items"),),
    ),
    Drift(
        "errors are web pages", "wms", "pact",
        (edit("answer", "POST /reservations", "media", status=409, value="text/html"),),
    ),
    Drift(
        "the shipped webhook has lost its tracking number", "wms", "pact",
        (edit("webhook", "outbound.shipped", "drop", "data/tracking"),),
    ),
    Drift(
        "stock must be asked for site by site", "wms", "pact",
        (edit("request", "GET /stock", "refuse_missing", "query site", reply=400),),
    ),
    # In place, in webhooks, where the core does not look.
    Drift(
        "stock movements no longer tell what is on hand", "wms", "events",
        (edit("webhook", "stock.moved", "drop", "data/moves/[]/on_hand"),),
    ),
    Drift(
        "parcels may be at customs", "carrier", "events",
        (edit("webhook", "tracking.updated", "set", "data/status", value="at_customs", share=0.2),),
    ),
    Drift(
        "orders tell their time as a text", "commerce", "events",
        (edit("webhook", "order.created", "retype", "data/placed_at_us", value={"to": "string"}),),
    ),
    # In place, in answers, where the core does not look.
    Drift(
        "the cost of a goods issue is a text", "erp", "recorded",
        (edit("answer", "POST /goods-issues", "retype", "cost_minor", value={"to": "string"}),),
    ),
    Drift(
        "accounts may pay in advance", "erp", "recorded",
        (edit("answer", "GET /customers/{customer}", "set", "payment", value="prepaid", share=0.5),),
    ),
    Drift(
        "rates no longer tell the days", "carrier", "recorded",
        (edit("answer", "POST /rates", "drop", "rates/[]/days"),),
    ),
    Drift(
        "an order's revision may be null", "commerce", "recorded",
        (edit("answer", "GET /orders", "nullify", "items/[]/updated_seq"),),
    ),
    # In place, in what the core does not even call.
    Drift(
        "the trial balance has lost its totals", "erp", "fuzz",
        (edit("answer", "GET /trial-balance", "drop", "totals"),),
    ),
    Drift(
        "the general ledger tells amounts as texts", "erp", "fuzz",
        (edit("answer", "GET /gl", "retype", "items/[]/entries/[]/debit_minor", value={"to": "string"}),),
    ),
    # In place, and refused as the document allows: only what the flows come to tells.
    Drift(
        "no more than two lines in a sales order", "erp", "rehearsal",
        (edit("request", "POST /sales-orders", "refuse_unless", "lines", value={"maxItems": 2}),),
    ),
    Drift(
        "no more than five pieces of a kind are reserved", "wms", "rehearsal",
        (edit("request", "POST /reservations", "refuse_unless", "lines/[]/quantity", value={"maximum": 5}),),
    ),
)  # fmt: skip
