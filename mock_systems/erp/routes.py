"""The ERP's route table: every operation of its published contract."""

from __future__ import annotations

from mock_systems.erp import replies, wire
from mock_systems.erp.books import Books
from mock_systems.erp.credit_routes import credit_routes
from mock_systems.erp.customers import get_customer
from mock_systems.erp.general_ledger import get_trial_balance, list_journal
from mock_systems.erp.goods_issues import find_goods_issues, get_goods_issue, post_goods_issue
from mock_systems.erp.invoices import find_invoices, get_invoice, post_invoice
from mock_systems.erp.master_data import get_item, list_customers, list_items
from mock_systems.erp.order_changes import change_sales_order
from mock_systems.erp.order_of import OrderOf
from mock_systems.erp.payments import find_payments, get_payment, post_payment
from mock_systems.erp.prices import quote_prices
from mock_systems.erp.sales_orders import cancel_sales_order, create_sales_order, find_sales_orders, get_sales_order
from mock_systems.erp.stock import list_stock
from mock_systems.erp.supply_routes import supply_routes
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route


def erp_routes(books: Books) -> list[Route]:
    """All operations; the books tell which business order a document belongs to."""
    orders = OrderOf(books)
    return [
        *_master_data(),
        *_sales_orders(orders),
        *_goods_issues(orders),
        *_invoices(orders),
        *_payments(orders),
        *credit_routes(orders),
        *_general_ledger(),
        *supply_routes(),
    ]


def _master_data() -> list[Route]:
    return [
        Route(
            operation="getCustomer",
            method="GET",
            path="/customers/{customer}",
            handler=get_customer,
            summary="An account: terms, credit limit and exposure.",
            replies={200: replies.Customer},
            tags=("customers",),
        ),
        Route(
            operation="getItem",
            method="GET",
            path="/items/{sku}",
            handler=get_item,
            summary="An item: its prices, and what may be sent in its place.",
            replies={200: replies.Item},
            tags=("items",),
        ),
        Route(
            operation="listItems",
            method="GET",
            path="/items",
            handler=list_items,
            summary="Items that changed since the opening, in the order of their latest change.",
            query=ListQuery,
            replies={200: replies.ItemPage},
            tags=("items",),
        ),
        Route(
            operation="listCustomers",
            method="GET",
            path="/customers",
            handler=list_customers,
            summary="Accounts that changed since the opening, in the order of their latest change.",
            query=ListQuery,
            replies={200: replies.CustomerPage},
            tags=("customers",),
        ),
        Route(
            operation="quotePrices",
            method="POST",
            path="/price-quotes",
            handler=quote_prices,
            summary="Prices for a customer and quantities, with the floor of each item.",
            body=wire.AskPrices,
            replies={200: replies.PriceQuote},
            tags=("prices",),
        ),
        Route(
            operation="listStock",
            method="GET",
            path="/stock",
            handler=list_stock,
            summary="Financial stock by site and item, at standard cost.",
            query=ListQuery,
            replies={200: replies.StockPage},
            tags=("stock",),
        ),
    ]


def _sales_orders(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="createSalesOrder",
            method="POST",
            path="/sales-orders",
            handler=create_sales_order,
            summary="Take a sales order; it goes on hold where the customer's credit doesn't suffice.",
            body=wire.NewSalesOrder,
            replies={201: replies.SalesOrder},
            order_of=orders.named,
            honours_key=True,
            tags=("sales orders",),
        ),
        Route(
            operation="findSalesOrders",
            method="GET",
            path="/sales-orders",
            handler=find_sales_orders,
            summary="Sales orders with an external reference.",
            query=wire.ByExternalRef,
            replies={200: replies.SalesOrders},
            order_of=orders.asked,
            tags=("sales orders",),
        ),
        Route(
            operation="getSalesOrder",
            method="GET",
            path="/sales-orders/{sales_order}",
            handler=get_sales_order,
            summary="One sales order.",
            replies={200: replies.SalesOrder},
            order_of=orders.in_path,
            tags=("sales orders",),
        ),
        Route(
            operation="changeSalesOrder",
            method="PUT",
            path="/sales-orders/{sales_order}",
            handler=change_sales_order,
            summary="Change a sales order's lines and address; what has left stays in it.",
            body=wire.ChangedSalesOrder,
            replies={200: replies.SalesOrder, 409: None},
            order_of=orders.in_path,
            honours_key=True,
            tags=("sales orders",),
        ),
        Route(
            operation="cancelSalesOrder",
            method="POST",
            path="/sales-orders/{sales_order}/cancellation",
            handler=cancel_sales_order,
            summary="Cancel a sales order of which nothing has left yet; repeating it changes nothing.",
            body=wire.Cancellation,
            replies={200: replies.SalesOrder, 409: None},
            order_of=orders.in_path,
            honours_key=True,
            tags=("sales orders",),
        ),
    ]


def _goods_issues(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="postGoodsIssue",
            method="POST",
            path="/goods-issues",
            handler=post_goods_issue,
            summary="Post what left a site: out of stock, into the cost of goods sold.",
            body=wire.NewGoodsIssue,
            replies={201: replies.GoodsIssue, 409: None},
            order_of=orders.posted_on,
            honours_key=True,
            tags=("goods issues",),
        ),
        Route(
            operation="findGoodsIssues",
            method="GET",
            path="/goods-issues",
            handler=find_goods_issues,
            summary="Goods issues of a shipment.",
            query=wire.ByShipment,
            replies={200: replies.GoodsIssues},
            order_of=orders.shipped,
            tags=("goods issues",),
        ),
        Route(
            operation="getGoodsIssue",
            method="GET",
            path="/goods-issues/{goods_issue}",
            handler=get_goods_issue,
            summary="One goods issue.",
            replies={200: replies.GoodsIssue},
            tags=("goods issues",),
        ),
    ]


def _invoices(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="postInvoice",
            method="POST",
            path="/invoices",
            handler=post_invoice,
            summary="Bill lines of a sales order at its prices.",
            body=wire.NewInvoice,
            replies={201: replies.Invoice, 409: None},
            order_of=orders.posted_on,
            honours_key=True,
            tags=("invoices",),
        ),
        Route(
            operation="findInvoices",
            method="GET",
            path="/invoices",
            handler=find_invoices,
            summary="Invoices of a shipment.",
            query=wire.ByShipment,
            replies={200: replies.Invoices},
            order_of=orders.shipped,
            tags=("invoices",),
        ),
        Route(
            operation="getInvoice",
            method="GET",
            path="/invoices/{invoice}",
            handler=get_invoice,
            summary="One invoice.",
            replies={200: replies.Invoice},
            tags=("invoices",),
        ),
    ]


def _payments(orders: OrderOf) -> list[Route]:
    return [
        Route(
            operation="postPayment",
            method="POST",
            path="/payments",
            handler=post_payment,
            summary="Post money received for an invoice.",
            body=wire.NewPayment,
            replies={201: replies.Payment},
            order_of=orders.paid,
            honours_key=True,
            tags=("payments",),
        ),
        Route(
            operation="findPayments",
            method="GET",
            path="/payments",
            handler=find_payments,
            summary="Payments with a reference.",
            query=wire.ByReference,
            replies={200: replies.Payments},
            tags=("payments",),
        ),
        Route(
            operation="getPayment",
            method="GET",
            path="/payments/{payment}",
            handler=get_payment,
            summary="One payment.",
            replies={200: replies.Payment},
            tags=("payments",),
        ),
    ]


def _general_ledger() -> list[Route]:
    return [
        Route(
            operation="listJournal",
            method="GET",
            path="/gl",
            handler=list_journal,
            summary="Journal entries in the order of posting.",
            query=ListQuery,
            replies={200: replies.JournalPage},
            tags=("general ledger",),
        ),
        Route(
            operation="getTrialBalance",
            method="GET",
            path="/trial-balance",
            handler=get_trial_balance,
            summary="All that was posted to each account.",
            replies={200: replies.TrialBalance},
            tags=("general ledger",),
        ),
    ]
