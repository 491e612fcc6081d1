"""Data tables on open grids: equal to flat ones, and models that do not broadcast."""

from __future__ import annotations

import numpy as np
import pytest
from models_sensitivity import (
    COMPANY,
    PERPETUITY,
    company,
)

from maos_nb.analytics import dcf
from maos_nb.analytics.sensitivity import data_table
from maos_nb.errors import InputError

GROWTH = np.linspace(0.0, 0.10, 11)
WACC = np.linspace(0.07, 0.12, 6)


class TestOpenGrid:
    def test_it_equals_the_flat_table_bit_for_bit(self):
        """A DCF broadcasts its drivers."""
        vary = {"growth": GROWTH, "wacc": WACC, "terminal_growth": [0.01, 0.02]}
        flat = data_table(company, COMPANY, vary)
        grid = data_table(company, COMPANY, vary, open_grid=True)
        np.testing.assert_array_equal(grid.results, flat.results)
        assert grid.base_value == flat.base_value

    def test_drivers_arrive_on_axes_of_their_own(self):
        """Varied ones on their axis, the others with length 1 on all."""
        shapes = []

        def model(flow, growth, wacc):
            shapes.append((flow.shape, growth.shape, wacc.shape))
            return flow / (wacc - growth)

        data_table(model, PERPETUITY, {"growth": [0.0, 0.01, 0.02], "wacc": WACC}, open_grid=True)
        assert ((1, 1), (3, 1), (1, 6)) in shapes

    def test_a_model_may_ignore_a_driver(self):
        """A result of length 1 on an axis is the same all along it."""
        table = data_table(
            lambda x, y: x + 0 * x,
            {"x": 1.0, "y": 1.0},
            {"x": [1.0, 2.0], "y": [5.0, 6.0, 7.0]},
            open_grid=True,
        )
        np.testing.assert_array_equal(table.results, [[1, 1, 1], [2, 2, 2]])

    def test_a_model_that_cannot_broadcast_is_refused(self):
        """Flows (n, 5) with rates (1, m) are read as a path by dcf: the shapes tell."""

        def model(growth, wacc):
            flows = 100 * (1 + np.ravel(growth)[:, None]) ** np.arange(1, 6)
            return dcf.dcf(flows, np.ravel(wacc), terminal_growth=0.02).enterprise_value

        base, vary = {"growth": 0.05, "wacc": 0.09}, {"growth": [0.04, 0.05], "wacc": [0.08, 0.09]}
        data_table(model, base, vary)
        with pytest.raises(InputError, match=r"model: expected a result that broadcasts to shape \(2, 2\)"):
            data_table(model, base, vary, open_grid=True)

    def test_a_model_that_broadcasts_wrongly_is_refused(self):
        """A square table with its axes confused has the right shape and the wrong values."""

        def model(x, y):
            return x + 10 * y if x.ndim == 1 else (x + 10 * y).T

        with pytest.raises(InputError, match="expected the value of flat arrays on an open grid too"):
            data_table(model, {"x": 1.0, "y": 1.0}, {"x": [1.0, 2.0], "y": [3.0, 4.0]}, open_grid=True)
