"""What a deprecated operation tells its callers: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Deprecated `since` a day, and gone from the day of its `sunset` on (None: nobody has said when). Days of UTC.

    Raises ValueError for a sunset before the deprecation, which RFC 9745 forbids.
    """

    since: date
    sunset: date | None = None

    def __post_init__(self) -> None:
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError(f"the sunset ({self.sunset}) lies before the deprecation ({self.since})")

    def headers(self) -> dict[str, str]:
        """The headers of each reply, names in lower case."""
        told = {"deprecation": f"@{int(_midnight(self.since).timestamp())}"}
        if self.sunset is not None:
            told["sunset"] = format_datetime(_midnight(self.sunset), usegmt=True)
        return told


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
