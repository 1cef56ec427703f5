"""What runs inside Locust's own processes. Locust patches the standard library: nothing else imports these modules."""
