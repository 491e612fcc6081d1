"""Capital that earns a profit and is charged its cost: what residual income and economic value added share."""

from __future__ import annotations

from typing import NamedTuple

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._periods import periods_first, periods_last
from maos_nb.analytics._valuation_parts import discounted_at_year_end

__all__ = ["ExcessReturn", "excess_return"]


class ExcessReturn(NamedTuple):
    """What capital earns above the charge for it, with the periods first.

    Parameters
    ----------
    excess : Array
        Profit less the rate times the opening capital, ``(n_periods, ...)``.
    present : Array
        The same, discounted to today, ``(n_periods, ...)``.
    factors : Array
        The discount factors, ``(n_periods, ...)``.
    horizon : Array
        The factor of the end of the last period, ``(...)``.
    last_rate : Array
        The rate of the last period, ``(...)``.
    """

    excess: Array
    present: Array
    factors: Array
    horizon: Array
    last_rate: Array


def excess_return(capital: Array, profit: Array, rates: Array, *, path: bool, leading: int) -> ExcessReturn:
    """Charge the opening capital of each period; `capital` and `profit` have their periods first."""
    discount = discounted_at_year_end(rates, len(profit), path=path)
    factors = periods_first(periods_last(discount.factors), leading)
    excess = profit - (periods_first(rates, leading) if path else rates) * capital[:-1]
    return ExcessReturn(excess, excess * factors, factors, discount.horizon, discount.last_rate)
