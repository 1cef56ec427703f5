"""The ERP's operations about what customers send back."""

from __future__ import annotations

from mock_systems.erp import credit_wire, wire
from mock_systems.erp.credit_notes import find_credit_notes, get_credit_note, post_credit_note
from mock_systems.erp.goods_returns import find_goods_returns, get_goods_return, post_goods_return
from mock_systems.erp.order_of import OrderOf
from mock_systems.erp.refund_postings import find_refund_postings, get_refund_posting, post_refund
from mock_systems.kit.routes import Route


def credit_routes(orders: OrderOf) -> list[Route]:
    """All of them; `orders` tells which business order a document belongs to."""
    return [*_goods_returns(orders), *_credit_notes(orders), *_refunds(orders)]


def _goods_returns(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="postGoodsReturn",
            method="POST",
            path="/goods-returns",
            handler=post_goods_return,
            summary="Post what came back to a site: into stock again, or written off.",
            body=credit_wire.NewGoodsReturn,
            replies={201: credit_wire.GoodsReturn, 409: None},
            order_of=orders.posted_on,
            honours_key=True,
            tags=("returns",),
        ),
        Route(
            operation="findGoodsReturns",
            method="GET",
            path="/goods-returns",
            handler=find_goods_returns,
            summary="Goods returns of a return.",
            query=credit_wire.ByReturn,
            replies={200: credit_wire.GoodsReturns},
            tags=("returns",),
        ),
        Route(
            operation="getGoodsReturn",
            method="GET",
            path="/goods-returns/{goods_return}",
            handler=get_goods_return,
            summary="One goods return.",
            replies={200: credit_wire.GoodsReturn},
            tags=("returns",),
        ),
    ]


def _credit_notes(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="postCreditNote",
            method="POST",
            path="/credit-notes",
            handler=post_credit_note,
            summary="Credit invoiced lines of a sales order at what they were billed.",
            body=credit_wire.NewCreditNote,
            replies={201: credit_wire.CreditNote, 409: None},
            order_of=orders.posted_on,
            honours_key=True,
            tags=("returns",),
        ),
        Route(
            operation="findCreditNotes",
            method="GET",
            path="/credit-notes",
            handler=find_credit_notes,
            summary="Credit notes of a return.",
            query=credit_wire.ByReturn,
            replies={200: credit_wire.CreditNotes},
            tags=("returns",),
        ),
        Route(
            operation="getCreditNote",
            method="GET",
            path="/credit-notes/{credit_note}",
            handler=get_credit_note,
            summary="One credit note.",
            replies={200: credit_wire.CreditNote},
            tags=("returns",),
        ),
    ]


def _refunds(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="postRefund",
            method="POST",
            path="/refund-postings",
            handler=post_refund,
            summary="Post money that went back for a credit note.",
            body=credit_wire.NewRefundPosting,
            replies={201: credit_wire.RefundPosting},
            order_of=orders.credited,
            honours_key=True,
            tags=("returns",),
        ),
        Route(
            operation="findRefundPostings",
            method="GET",
            path="/refund-postings",
            handler=find_refund_postings,
            summary="Refund postings with a reference.",
            query=wire.ByReference,
            replies={200: credit_wire.RefundPostings},
            tags=("returns",),
        ),
        Route(
            operation="getRefundPosting",
            method="GET",
            path="/refund-postings/{refund_posting}",
            handler=get_refund_posting,
            summary="One refund posting.",
            replies={200: credit_wire.RefundPosting},
            tags=("returns",),
        ),
    ]
