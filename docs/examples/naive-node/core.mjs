// A naive integration: an order goes from the shop to its invoice, as long as nothing goes wrong.
//
//   node core.mjs LIVE_JSON [PORT]     LIVE_JSON is in the landscape's folder; its tokens are in the environment
//
// What it does not do is what this sandbox is about: see the README beside it.

import { readFileSync } from "node:fs";
import http from "node:http";

const live = JSON.parse(readFileSync(process.argv[2], "utf8"));
const port = Number(process.argv[3] ?? 3000);
const urls = Object.fromEntries(live.systems.map((system) => [system.system, system.url]));

/** Calls a system. What fails is tried again, twice: somebody will have answered by then. */
async function call(system, method, path, body, trace = "", attempt = 1) {
  try {
    const reply = await fetch(urls[system] + path, {
      method,
      headers: {
        authorization: `Bearer ${process.env[`SANDBOX_TOKEN_${system.toUpperCase()}`]}`,
        "content-type": "application/json",
        ...(trace && { traceparent: trace }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(2000),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${system} ${method} ${path}: ${reply.status} ${text.slice(0, 200)}`);
    return text ? JSON.parse(text) : null;
  } catch (error) {
    if (attempt === 3) throw error;
    return call(system, method, path, body, trace, attempt + 1);
  }
}

/** Writes something about an order, under the trace that the order was born with. */
const post = (order, system, path, body) => call(system, "POST", path, body, order.traceparent);
const orders = new Map(); // order -> what the shop said of it, and the ERP's number for it
let seen = 0; // the highest number among the shop's orders
let version = 0;

/** The shop has an order: into the ERP with it, and to a warehouse that has the goods. */
async function take(order) {
  seen = Math.max(seen, order.seq);
  const lines = order.lines.map(({ line, sku, quantity, price_minor }) => ({ line, sku, quantity, price_minor }));
  const sold = await post(order, "erp", "/sales-orders", {
    external_ref: order.order,
    customer: order.customer,
    currency: order.currency,
    ship_to: order.ship_to,
    lines,
  });
  orders.set(order.order, { ...order, sales_order: sold.sales_order });
  await tell(order, "accepted", 1);
  if (sold.status === "open") await ship(order);
}

async function ship(order) {
  const { items } = await call("wms", "GET", "/stock?limit=500");
  const has = (site, { sku, quantity }) =>
    items.some((row) => row.site === site && row.sku === sku && row.on_hand - row.reserved >= quantity);
  const sites = [...new Set(items.map((row) => row.site))];
  const site = sites.find((one) => order.lines.every((line) => has(one, line)));
  if (site === undefined) throw new Error(`nobody has all of ${order.order}`);
  const reference = `${order.order}-1`;
  const kept = await post(order, "wms", "/reservations", {
    reference,
    order: order.order,
    site,
    lines: order.lines.map(({ line, sku, quantity }) => ({ line, sku, quantity })),
  });
  await post(order, "wms", "/outbound-orders", {
    reservation: kept.reservation,
    reference,
    order: order.order,
    ship_to: order.ship_to,
    traceparent: order.traceparent,
  });
  await tell(order, "released", 2);
}

/** It is packed: buy a label for it. */
async function label(outbound) {
  const order = orders.get(outbound.order);
  const { label: number, tracking } = await post(order, "carrier", "/labels", {
    reference: outbound.reference,
    order: outbound.order,
    service: "economy",
    from_site: outbound.site,
    to_country: order.ship_to.country,
    weight_g: outbound.weight_g,
  });
  await post(order, "wms", `/outbound-orders/${outbound.outbound_order}/label`, { label: number, tracking });
}

/** It has left: tell the shop, bill it, and take the money. */
async function bill(outbound) {
  const order = orders.get(outbound.order);
  const { reference, tracking, lines, site } = outbound;
  await post(order, "commerce", `/orders/${order.order}/fulfilments`, { reference, tracking, lines });
  const posted = { sales_order: order.sales_order, shipment: reference, lines };
  await post(order, "erp", "/goods-issues", { ...posted, site });
  const invoice = await post(order, "erp", "/invoices", posted);
  if (order.payment === "card") {
    const amount_minor = invoice.total_minor;
    const { capture } = await post(order, "commerce", `/orders/${order.order}/captures`, {
      amount_minor,
      reference: invoice.invoice,
    });
    await post(order, "erp", "/payments", { invoice: invoice.invoice, amount_minor, reference: capture });
  }
  await tell(order, "invoiced", 3);
}

const tell = (order, status, version) => post(order, "commerce", `/orders/${order.order}/status`, { status, version });

/** What the warehouses have is what the shop may sell. */
async function publish() {
  const { items } = await call("wms", "GET", "/stock?limit=500");
  const sums = new Map();
  for (const row of items) sums.set(row.sku, (sums.get(row.sku) ?? 0) + row.on_hand - row.reserved);
  version += 1;
  const told = [...sums].map(([sku, quantity]) => ({ sku, quantity, version }));
  await call("commerce", "POST", "/stock", { watermark: seen, items: told });
}

const handlers = {
  "order.created": take,
  "sales_order.released": (sold) => ship(orders.get(sold.external_ref)),
  "outbound.packed": label,
  "outbound.shipped": bill,
  "stock.moved": publish,
};

http
  .createServer(async (request, response) => {
    try {
      const parts = [];
      for await (const part of request) parts.push(part);
      const event = JSON.parse(Buffer.concat(parts).toString());
      await handlers[event.type]?.(event.data);
      response.writeHead(204).end(); // when all is done: if it fails, the webhook comes again, and so does all of it
    } catch (error) {
      console.error(error.message);
      response.writeHead(500).end();
    }
  })
  .listen(port, "127.0.0.1", () => console.log(`listening on ${port}`));
publish().catch((error) => console.error(error.message));
