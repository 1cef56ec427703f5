"""The baseline: an order's twelve calls as durable steps of a DBOS workflow, in a process of its own.

`python -m tests.benchmarks.end_to_end.durable_app PORT DATABASE_URL URLS`, where URLS is JSON, system -> URL. What a
team would write: the order's webhook starts a workflow under the order's number, `outbound.packed` and
`outbound.shipped` are messages to it. It checks no signature and no price, and looks nothing up.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
import uvicorn
import uvloop
from dbos import DBOS, DBOSConfig, SetWorkflowID

from tests.benchmarks.end_to_end.quick_estate import TOKEN

URLS: dict[str, str] = {}
CLIENTS: list[aiohttp.ClientSession] = []
_WAITS_S = 120


@DBOS.step(retries_allowed=True, interval_seconds=0.2, max_attempts=6)
async def call(system: str, path: str, body: dict[str, Any], key: str) -> Any:
    """One durable call."""
    headers = {"authorization": f"Bearer {TOKEN}", "idempotency-key": key}
    async with CLIENTS[0].post(URLS[system] + path, json=body, headers=headers) as reply:
        if reply.status >= 300:
            raise RuntimeError(f"{system} {path}: {reply.status} {await reply.text()}")
        return await reply.json() if reply.status != 204 else None


@DBOS.workflow()
async def order_to_cash(placed: dict[str, Any]) -> None:
    """From the order to its money."""
    order, ship_to = placed["order"], placed["ship_to"]
    lines = [{key: line[key] for key in ("line", "sku", "quantity")} for line in placed["lines"]]
    priced = [{**one, "price_minor": line["price_minor"]} for one, line in zip(lines, placed["lines"], strict=True)]
    reference = f"{order}-1"
    entered = {"external_ref": order, "customer": None, "currency": placed["currency"], "ship_to": ship_to}
    sales_order = (await call("erp", "/sales-orders", {**entered, "lines": priced}, f"{order}/so"))["sales_order"]
    wanted = {"reference": reference, "order": order, "site": "LDS", "lines": lines}
    reservation = (await call("wms", "/reservations", wanted, f"{order}/res"))["reservation"]
    release = {"reservation": reservation, "reference": reference, "order": order, "ship_to": ship_to}
    outbound = (await call("wms", "/outbound-orders", release, f"{order}/out"))["outbound_order"]

    packed = await DBOS.recv_async("packed", _WAITS_S)
    parcel = {"from_site": "LDS", "to_country": ship_to["country"], "weight_g": packed["weight_g"]}
    rates = (await call("carrier", "/rates", parcel, f"{order}/rates"))["rates"]
    service = min(rates, key=lambda rate: rate["cost_minor"])["service"]
    asked = {"reference": reference, "order": order, "service": service, **parcel}
    label = await call("carrier", "/labels", asked, f"{order}/label")
    given = {"label": label["label"], "tracking": label["tracking"]}
    await call("wms", f"/outbound-orders/{outbound}/label", given, f"{order}/attach")

    await DBOS.recv_async("shipped", _WAITS_S)
    shipped = {"sales_order": sales_order, "shipment": reference, "lines": lines}
    await call("erp", "/goods-issues", {**shipped, "site": "LDS"}, f"{order}/issue")
    told = {"reference": reference, "tracking": label["tracking"], "lines": lines}
    await call("commerce", f"/orders/{order}/fulfilments", told, f"{order}/fulfilment")
    invoice = await call("erp", "/invoices", shipped, f"{order}/invoice")
    taken = {"amount_minor": invoice["total_minor"], "reference": invoice["invoice"]}
    capture = (await call("commerce", f"/orders/{order}/captures", taken, f"{order}/capture"))["capture"]
    status = {"status": "invoiced", "version": 1}
    await call("commerce", f"/orders/{order}/status", status, f"{order}/status")
    paid = {"invoice": invoice["invoice"], "amount_minor": invoice["total_minor"], "reference": capture}
    await call("erp", "/payments", paid, f"{order}/payment")


async def take(body: dict[str, Any]) -> None:
    """A webhook: safe when this returns."""
    topic, data = body["type"], body["data"]
    if topic == "order.created":
        with SetWorkflowID(data["order"]):
            await DBOS.start_workflow_async(order_to_cash, data)
    elif topic in ("outbound.packed", "outbound.shipped"):
        await DBOS.send_async(data["order"], data, topic.removeprefix("outbound."))


async def app(scope: Any, receive: Any, send: Any) -> None:
    """`POST /webhooks/{system}`."""
    raw = b""
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if not message.get("more_body"):
            break
    await take(json.loads(raw))
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def serve(port: int) -> None:
    """Serve until told to stop."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=3)) as client:
        CLIENTS.append(client)
        config = uvicorn.Config(app, port=port, log_level="error", lifespan="off", interface="asgi3")
        await uvicorn.Server(config).serve()


def main() -> None:
    """Launch, and serve."""
    port, database, urls = sys.argv[1:]
    URLS.update(json.loads(urls))
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": database,
        "log_level": "ERROR",
        "sys_db_pool_size": 30,
        "notification_listener_polling_interval_sec": 0.1,
    }
    DBOS(config=config)
    DBOS.launch()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(port)))
    DBOS.destroy()


if __name__ == "__main__":
    main()
