"""The whole landscape with the reference core as real processes: an order goes from the shop to the ERP."""

import httpx


def test_an_order_reaches_the_erp(sandbox_landscape):
    item = sandbox_landscape.opening.items[0]
    basket = {
        "reference": "R-1",
        "customer": None,
        "payment": "card",
        "currency": "GBP",
        "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1 1AA"},
        "lines": [{"sku": item.sku, "quantity": 1, "price_minor": item.price_minor}],
    }
    shop = sandbox_landscape["commerce"]
    reply = httpx.post(f"{shop.url}/orders", json=basket, headers=sandbox_landscape.shopper_headers, trust_env=False)
    order = reply.raise_for_status().json()["order"]
    created = sandbox_landscape.wait_for_fact("sales_order.created", order=order)
    assert created.system == "erp"
    sandbox_landscape.assert_invariants()
    sandbox_landscape.assert_holds("I2")
