"""A storefront that keeps asking what is for sale."""

from locust import constant_pacing, task

from sandbox.load.under_locust.user import SandboxUser


class InventoryUser(SandboxUser):
    """A page of stock every three seconds."""

    weight = 3
    wait_time = constant_pacing(3)

    @task
    def look(self) -> None:
        self.look_at_stock()
