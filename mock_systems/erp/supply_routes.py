"""The ERP's operations about purchasing and stock adjustments."""

from __future__ import annotations

from mock_systems.erp import purchasing_wire as wire
from mock_systems.erp.goods_receipts import find_goods_receipts, get_goods_receipt, post_goods_receipt
from mock_systems.erp.purchase_orders import (
    close_purchase_order,
    get_purchase_order,
    list_purchase_orders,
    list_ship_notices,
)
from mock_systems.erp.stock_adjustments import find_stock_adjustments, get_stock_adjustment, post_stock_adjustment
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route


def supply_routes() -> list[Route]:
    """All of them; none is about an order of the channel's."""
    return [*_purchase_orders(), *_goods_receipts(), *_stock_adjustments()]


def _purchase_orders() -> list[Route]:
    return [
        Route(
            operation="listPurchaseOrders",
            method="GET",
            path="/purchase-orders",
            handler=list_purchase_orders,
            summary="Purchase orders by their latest change.",
            query=ListQuery,
            replies={200: wire.PurchaseOrderPage},
            tags=("purchasing",),
        ),
        Route(
            operation="getPurchaseOrder",
            method="GET",
            path="/purchase-orders/{purchase_order}",
            handler=get_purchase_order,
            summary="One purchase order.",
            replies={200: wire.PurchaseOrder},
            tags=("purchasing",),
        ),
        Route(
            operation="closePurchaseOrder",
            method="POST",
            path="/purchase-orders/{purchase_order}/closure",
            handler=close_purchase_order,
            summary="Give up what is still outstanding.",
            body=wire.PurchaseClosure,
            replies={200: wire.PurchaseOrder},
            tags=("purchasing",),
        ),
        Route(
            operation="listShipNotices",
            method="GET",
            path="/ship-notices",
            handler=list_ship_notices,
            summary="The suppliers' advance ship notices, as they came in.",
            query=ListQuery,
            replies={200: wire.ShipNoticePage},
            tags=("purchasing",),
        ),
    ]


def _goods_receipts() -> list[Route]:
    return [
        Route(
            operation="postGoodsReceipt",
            method="POST",
            path="/goods-receipts",
            handler=post_goods_receipt,
            summary="Post what came in for a purchase order into financial stock.",
            body=wire.NewGoodsReceipt,
            replies={201: wire.GoodsReceipt, 409: None},
            honours_key=True,
            tags=("purchasing",),
        ),
        Route(
            operation="findGoodsReceipts",
            method="GET",
            path="/goods-receipts",
            handler=find_goods_receipts,
            summary="Goods receipts of one receipt of the warehouse's.",
            query=wire.ByReceipt,
            replies={200: wire.GoodsReceipts},
            tags=("purchasing",),
        ),
        Route(
            operation="getGoodsReceipt",
            method="GET",
            path="/goods-receipts/{goods_receipt}",
            handler=get_goods_receipt,
            summary="One goods receipt.",
            replies={200: wire.GoodsReceipt},
            tags=("purchasing",),
        ),
    ]


def _stock_adjustments() -> list[Route]:
    return [
        Route(
            operation="postStockAdjustment",
            method="POST",
            path="/stock-adjustments",
            handler=post_stock_adjustment,
            summary="Post a difference that somebody found into financial stock.",
            body=wire.NewAdjustment,
            replies={201: wire.StockAdjustment, 409: None},
            honours_key=True,
            tags=("stock",),
        ),
        Route(
            operation="findStockAdjustments",
            method="GET",
            path="/stock-adjustments",
            handler=find_stock_adjustments,
            summary="Adjustments with a reference.",
            query=wire.ByReference,
            replies={200: wire.StockAdjustments},
            tags=("stock",),
        ),
        Route(
            operation="getStockAdjustment",
            method="GET",
            path="/stock-adjustments/{stock_adjustment}",
            handler=get_stock_adjustment,
            summary="One stock adjustment.",
            replies={200: wire.StockAdjustment},
            tags=("stock",),
        ),
    ]
