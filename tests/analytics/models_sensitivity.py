"""Models with known answers, and a DCF, for the tests of sensitivity."""

from __future__ import annotations

import math

import numpy as np

from maos_nb.analytics import dcf


def perpetuity(flow, growth, wacc):
    """Gordon and Shapiro, next year's flow given."""
    return flow / (wacc - growth)


PERPETUITY = {"flow": 100.0, "growth": 0.02, "wacc": 0.10}


def cubic(x, a, b, c):
    """The roots in x are a, b and c."""
    return (x - a) * (x - b) * (x - c)


def black_scholes_call(spot, strike, rate, sigma, years):
    """Price a call; the normal distribution through math.erf, element by element."""
    d1 = (np.log(spot / strike) + (rate + sigma**2 / 2) * years) / (sigma * np.sqrt(years))
    d2 = d1 - sigma * np.sqrt(years)
    return spot * normal(d1) - strike * np.exp(-rate * years) * normal(d2)


def normal(x):
    """Give the standard normal distribution function."""
    return np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in np.ravel(x)]).reshape(
        np.shape(x)
    )


OPTION = {"spot": 42.0, "strike": 40.0, "rate": 0.10, "sigma": 0.20, "years": 0.5}


def company(revenue, growth, margin, wacc, terminal_growth):
    """Five years of a company with held drivers; flat and on open grids."""
    plan = dcf.project_drivers(
        revenue, growth[..., None], margin[..., None], 0.25, sales_to_capital=2.0, n_periods=5
    )
    return dcf.dcf(plan.free_cash_flow, wacc, terminal_growth=terminal_growth).enterprise_value


COMPANY = {"revenue": 1000.0, "growth": 0.05, "margin": 0.20, "wacc": 0.09, "terminal_growth": 0.02}


def with_path(revenue, growth, wacc):
    """A company whose growth is a path."""
    plan = dcf.project_drivers(revenue, growth, 0.2, 0.25, sales_to_capital=2.0)
    return dcf.dcf(plan.free_cash_flow, wacc, terminal_growth=0.02).enterprise_value


PATH = {"revenue": 1000.0, "growth": [0.10, 0.08, 0.06, 0.04, 0.03], "wacc": 0.09}


def alone(model, base, **changes):
    """Evaluate one case by itself, as anyone would: with arrays of one row."""
    return model(**{name: np.array([value]) for name, value in {**base, **changes}.items()})[0]
