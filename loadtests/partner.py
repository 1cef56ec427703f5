"""A trading partner's system that polls the warehouse for what has changed."""

from locust import constant_pacing, task

from sandbox.load.under_locust.user import SandboxUser


class PartnerUser(SandboxUser):
    """A poll every two seconds, from where the last one ended."""

    weight = 1
    wait_time = constant_pacing(2)

    @task
    def poll(self) -> None:
        self.poll_shipments()
