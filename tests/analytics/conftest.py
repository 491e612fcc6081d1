"""Fixtures that several test files of the analytics share."""

from __future__ import annotations

import pytest

from maos_nb.analytics import _kernels


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
