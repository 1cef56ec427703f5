"""What a team has of its own: a client of the ERP. It is what `test_erp_client.py` is about."""

import httpx


class ErpClient:
    """Enters orders; a call whose answer is lost is made again under the same idempotency key."""

    def __init__(self, base_url, token, timeout_s=1.0):
        headers = {"authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s, trust_env=False)

    def enter(self, reference, lines):
        """The sales order's number in the ERP."""
        body = {
            "external_ref": reference,
            "customer": None,
            "currency": "GBP",
            "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1 1AA"},
            "lines": lines,
        }
        for _ in range(3):
            try:
                reply = self._http.post("/sales-orders", json=body, headers={"idempotency-key": reference})
            except httpx.TransportError:
                continue
            reply.raise_for_status()
            return reply.json()["sales_order"]
        raise ConnectionError("the ERP does not answer")

    def close(self):
        """Close its connections."""
        self._http.close()
