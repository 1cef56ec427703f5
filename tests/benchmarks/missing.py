"""What a benchmark needs, and this machine has not."""


class Missing(Exception):
    """Not measured; the message says what to install."""
