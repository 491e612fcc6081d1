"""Uncertain inputs and what they make of a model's value: Monte Carlo, global sensitivity, return paths.

Inputs are distributions by name; a model is any function of keyword arrays that works element by element
along their first axis, as in `maos_nb.analytics.sensitivity`. Every result keeps its seed and, where the model
has no value for some draws (a WACC not above terminal growth), how many those were.

>>> from maos_nb.analytics import dcf
>>> def value(growth, margin, wacc, revenue):
...     plan = dcf.project_drivers(
...         revenue, growth[:, None], margin[:, None], 0.25, sales_to_capital=2.0, n_periods=10
...     )
...     return dcf.dcf(plan.free_cash_flow, wacc, terminal_growth=0.02).enterprise_value
>>> inputs = {
...     "growth": Triangular(0.02, 0.05, 0.07),
...     "margin": Pert(0.15, 0.20, 0.23),
...     "wacc": Normal(0.09, 0.01, lower=0.06),
... }
>>> fixed = {"revenue": 1000.0}
>>> result = monte_carlo(
...     value, inputs, 1 << 14, rng=1, base=fixed, correlation={("growth", "margin"): 0.4}, sampling="sobol"
... )
>>> round(result.probability_above(2000.0), 2), result.n_rejected
(0.72, 0)
>>> sobol_indices(value, inputs, 1024, rng=1, base=fixed).total_order.round(2)
array([0.05, 0.24, 0.73])
"""

from __future__ import annotations

from maos_nb.analytics._bounded_distributions import Pert, Triangular, Uniform
from maos_nb.analytics._distribution import Distribution
from maos_nb.analytics._empirical import Empirical
from maos_nb.analytics._endless_distributions import Lognormal, Normal, StudentT
from maos_nb.analytics._monte_carlo import MonteCarlo, monte_carlo
from maos_nb.analytics._morris import Morris, morris
from maos_nb.analytics._rank_correlation import RankCorrelation, rank_correlation
from maos_nb.analytics._resampled_paths import (
    block_bootstrap_paths,
    filtered_historical_paths,
    t_copula_paths,
)
from maos_nb.analytics._return_paths import gbm_paths
from maos_nb.analytics._sampling import sample
from maos_nb.analytics._shapley import ShapleyEffects, shapley_effects
from maos_nb.analytics._sobol_indices import SobolIndices, sobol_indices

__all__ = [
    "Distribution",
    "Empirical",
    "Lognormal",
    "MonteCarlo",
    "Morris",
    "Normal",
    "Pert",
    "RankCorrelation",
    "ShapleyEffects",
    "SobolIndices",
    "StudentT",
    "Triangular",
    "Uniform",
    "block_bootstrap_paths",
    "filtered_historical_paths",
    "gbm_paths",
    "monte_carlo",
    "morris",
    "rank_correlation",
    "sample",
    "shapley_effects",
    "sobol_indices",
    "t_copula_paths",
]
