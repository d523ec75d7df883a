"""What every test runs under: one hypothesis profile."""

import os

from hypothesis import HealthCheck, settings

# Before numpy is loaded: a BLAS thread a core in each of two workers slows tiny products down.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Timings on a shared machine say nothing, and a test that is found failing must fail again.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile(
    "ci", settings.get_profile("default"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "default")
