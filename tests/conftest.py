"""How hypothesis runs: at random at a desk, the same every time where a change is judged; and shared fixtures."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from maos_nb.analytics import _kernels

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="module", params=["in arrays", "by kernels"])
def both_ways(request):
    """Solve every series by operations on arrays, then every one by kernels, however few there are."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "by kernels":
            assert _kernels.compiling(), "numba is needed for the tests"
            patch.setattr(_kernels, "ENOUGH_SERIES", 0)
        else:
            patch.setattr(_kernels, "_numba", lambda: None)
        yield request.param
