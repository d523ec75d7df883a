"""What every test runs under: one hypothesis profile."""

import os

from hypothesis import HealthCheck, settings

# Timings on a shared machine say nothing, and a test that is found failing must fail again.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile(
    "ci", settings.get_profile("default"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "default")
