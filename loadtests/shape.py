"""How many users there are at each moment: give this file beside those of the users.

`sandbox load spike --users 200 --minutes 5` writes the plan that it follows. For a shape of your own, write a
LoadTestShape in its place: https://docs.locust.io/en/stable/custom-load-shape.html
"""

from sandbox.load.under_locust.shaped import Shaped


class PlannedShape(Shaped):
    """By the plan of `sandbox load`."""
