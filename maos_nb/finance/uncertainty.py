"""The valuation under random draws of its drivers: distribution of the value, and which driver it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.simulation import (
    Distribution,
    MonteCarlo,
    Normal,
    SobolIndices,
    Triangular,
    monte_carlo,
    sobol_indices,
)
from maos_nb.finance.model import DcfModel, Metric
from maos_nb.finance.ranges import Range

__all__ = ["Uncertainty", "draw"]

FAN_LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
FAN_DRAWS = 10_000
INDEX_ROWS = 1024
_NORMAL = {"revenue_growth": (-1.0, np.inf), "operating_margin": (-np.inf, 1.0)}
"""Drivers whose range is one standard deviation to each side, and the bounds of what can be."""
_TRIANGULAR = ("wacc", "terminal_growth", "exit_multiple")
"""Drivers whose range is all that is thought possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """A valuation under uncertain drivers.

    Parameters
    ----------
    distributions : mapping of str to Distribution
        What each driver was drawn from, independently of the others.
    draws : MonteCarlo
        The judged figure in every draw.
    indices : SobolIndices or None
        Shares of its variance by driver; None where the figure does not vary.
    cash_flows : Array, shape (5, n_years)
        Free cash flow by year that 5%, 25%, 50%, 75% and 95% of the draws do not exceed.
    """

    distributions: Mapping[str, Distribution]
    draws: MonteCarlo
    indices: SobolIndices | None
    cash_flows: Array


def draw(
    model: DcfModel,
    drivers: Mapping[str, float],
    metric: Metric,
    ranges: Mapping[str, Range],
    *,
    n: int,
    seed: int,
) -> Uncertainty | None:
    """Value the company in `n` draws of its uncertain drivers; None without draws or without such drivers.

    Growth and margin are normal, with the range as one standard deviation to each side; WACC and what decides
    the terminal value are triangular over their range. The tax rate is not drawn: its range leads to one side.
    """
    distributions = _distributions(drivers, ranges)
    if n == 0 or not distributions:
        return None
    figure = model.figure(metric, drivers, free=tuple(distributions))
    drawn = monte_carlo(figure, distributions, n, rng=seed, keep_inputs=True)
    varies = drawn.n - drawn.n_rejected >= 2 and drawn.std > 0
    flows = model({**drivers, **{name: column[:FAN_DRAWS] for name, column in drawn.inputs.items()}})
    return Uncertainty(
        distributions=distributions,
        draws=drawn,
        indices=sobol_indices(figure, distributions, INDEX_ROWS, rng=seed) if varies else None,
        cash_flows=np.quantile(flows.projection.free_cash_flow, FAN_LEVELS, axis=0),
    )


def _distributions(drivers: Mapping[str, float], ranges: Mapping[str, Range]) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for name, (low, high, _) in ranges.items():
        base = drivers[name]
        if name in _NORMAL and max(high - base, base - low) > 0:
            lower, upper = _NORMAL[name]
            found[name] = Normal(base, max(high - base, base - low), lower=lower, upper=upper)
        elif name in _TRIANGULAR and low < high:
            found[name] = Triangular(low, base, high)
    return found
