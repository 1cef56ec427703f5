"""Load: Locust users and planned arrivals against a live landscape, and the same run judged by the books."""
