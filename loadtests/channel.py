"""Shoppers at the channel: they place orders and ask how far theirs are. A locustfile of its own.

sandbox up --speed 60                          # in another terminal
source runs/live/tokens.env
locust -f loadtests/channel.py --headless --users 20 --spawn-rate 5 --run-time 1m
"""

from locust import constant_pacing, task

from sandbox.load.under_locust.user import SandboxUser


class ChannelUser(SandboxUser):
    """An order every ten seconds, and a question about one; each order carries its reference as idempotency key."""

    weight = 6
    wait_time = constant_pacing(5)

    @task
    def place(self) -> None:
        self.place_order()

    @task
    def ask(self) -> None:
        self.ask_status()
