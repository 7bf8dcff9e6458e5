"""Shared by all tests: the tests folder itself is importable (`from shared import shared`)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# A change lands or does not for what is in it: the same examples each time, however slow the
# machine is just then. Elsewhere, new ones.
SLOW = [HealthCheck.too_slow]
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=SLOW)
if os.environ.get("CI"):
    settings.load_profile("ci")
