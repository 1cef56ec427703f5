"""One Hypothesis profile for all tests: no wall-clock deadlines, and the same examples at every run of CI."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.worker_reports import pytest_internalerror, pytest_report_to_serializable, pytest_unconfigure

__all__ = ["pytest_internalerror", "pytest_report_to_serializable", "pytest_unconfigure"]

# How long an example takes says how busy the machine is. New examples are sought on people's machines; in CI a red
# build must be red for the change that is being built.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")
