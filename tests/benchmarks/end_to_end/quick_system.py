"""A live mock system whose floor takes no time: `python -m tests.benchmarks.end_to_end.quick_system FILE`.

Trucks leave every quarter of a second instead of every hour. All else is the system as it is.
"""

import sys
from pathlib import Path

from mock_systems import process
from mock_systems.wms import trucks

EVERY_US = 250_000


def main() -> int:
    """Serve until told to stop."""
    trucks.HOUR = EVERY_US
    trucks.leaves_at = lambda site, now_us: True
    return process.main(Path(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
