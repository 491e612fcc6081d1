"""Models with known answers that the tests of simulation share."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics import dcf
from maos_nb.analytics.simulation import Normal, Pert, Triangular, Uniform

# Ishigami and Homma (1990) with a = 7 and b = 0.1; indices in closed form.
ISHIGAMI = {name: Uniform(-np.pi, np.pi) for name in ("x", "y", "z")}
ISHIGAMI_MEAN = 3.5
ISHIGAMI_VARIANCE = 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
ISHIGAMI_FIRST = [0.313905, 0.442411, 0.0]
ISHIGAMI_TOTAL = [0.557589, 0.442411, 0.243684]

DRIVERS = {
    "growth": Triangular(0.02, 0.05, 0.08),
    "margin": Pert(0.10, 0.15, 0.20),
    "wacc": Normal(0.09, 0.01),
    "terminal_growth": Uniform(0.01, 0.03),
}
REVENUE = {"revenue": 1000.0}


def ishigami(x, y, z):
    """Two inputs interact, and the third matters through its interaction alone."""
    return np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def company(revenue, growth, margin, wacc, terminal_growth):
    """Ten years of a company with held drivers."""
    plan = dcf.project_drivers(
        revenue, growth[:, None], margin[:, None], 0.25, sales_to_capital=2.0, n_periods=10
    )
    return dcf.dcf(plan.free_cash_flow, wacc, terminal_growth=terminal_growth).enterprise_value


def perpetuity(growth, wacc):
    """NaN where the wacc is not above growth."""
    return np.where(wacc > growth, 1.0 / np.where(wacc > growth, wacc - growth, 1.0), np.nan)
