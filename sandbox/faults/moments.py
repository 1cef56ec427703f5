"""The times and shares of fault plans are those of every other file."""

from sandbox.moments import (
    DAY_US,
    Duration,
    Length,
    Moment,
    Share,
    format_moment,
    format_share,
    parse_length,
    parse_moment,
    parse_share,
)

__all__ = [
    "DAY_US",
    "Duration",
    "Length",
    "Moment",
    "Share",
    "format_moment",
    "format_share",
    "parse_length",
    "parse_moment",
    "parse_share",
]
