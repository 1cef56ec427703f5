"""The operations desk's system API: where people learn what the integration could not solve."""

from __future__ import annotations

from sandbox.core.model.errand import Errand
from sandbox.core.systems.client import SystemClient


class DeskApi:
    """What the core tells the desk and asks it. All calls may be repeated: the exception's id is ours."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def open_exception(
        self,
        exception: str,
        order: str | None,
        subject: str,
        cause: str,
        message: str,
        errand: Errand,
        *,
        asks: bool = False,
    ) -> None:
        """Surface an exception; one that `asks` is decided by a clerk."""
        body: dict[str, object] = {
            "order": order,
            "subject": subject,
            "cause": cause,
            "message": message,
            "traceparent": errand.next_traceparent(),
        }
        if asks:
            body["asks"] = True
        await self.client.write("PUT", f"/exceptions/{exception}", errand, body, key=None)

    async def decision_on(self, exception: str, errand: Errand) -> tuple[str | None, str | None]:
        """What a clerk has decided (`approved`, `rejected`; None: nothing yet), and who."""
        ticket = await self.client.read(f"/exceptions/{exception}", errand)
        return ticket["decision"], ticket["decided_by"]

    async def close_exception(self, exception: str, resolution: str, errand: Errand) -> None:
        """Tell that it is over, and how."""
        path = f"/exceptions/{exception}/closure"
        await self.client.write("POST", path, errand, {"resolution": resolution}, key=None)
