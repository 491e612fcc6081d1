"""The value of a business as its invested capital and the present value of its economic value added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_float,
    as_periods,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._excess_return import excess_return
from maos_nb.analytics._periods import full, periods_first, periods_last, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import (
    Names,
    ValuationStatus,
    as_growth,
    as_same_periods,
    finite_only,
    perpetuity,
    rates_are_a_path,
    shaped,
    shown_status,
    statuses,
)

__all__ = ["EconomicValueAdded", "eva"]

_NAMES = Names("wacc", "terminal_growth")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EconomicValueAdded:
    """A valuation by economic value added.

    Parameters
    ----------
    enterprise_value
        Invested capital + `market_value_added`, ``(...)``; NaN where `status` is not ``"ok"``.
    market_value_added
        Present value of all economic value added, ``(...)``.
    invested_capital
        At the start of each year and at the end of the last, ``(..., n_periods + 1)``.
    economic_value_added
        NOPAT less `wacc` times the opening capital, ``(..., n_periods)``.
    present_values
        The same, discounted to today, ``(..., n_periods)``.
    continuing_value
        Value at the horizon above invested capital of all later economic value added, ``(...)``.
    present_value_of_continuing
        The same, discounted to today, ``(...)``.
    status
        ``"ok"``, ``"rate_not_above_growth"`` or ``"not_finite"``: a `ValuationStatus`, or an array of str.
    """

    enterprise_value: Float
    market_value_added: Float
    invested_capital: Array
    economic_value_added: Array
    present_values: Array
    continuing_value: Float
    present_value_of_continuing: Float
    status: Any

    def __repr__(self) -> str:
        return (
            f"EconomicValueAdded(enterprise_value={figure(self.enterprise_value)}, "
            f"market_value_added={figure(self.market_value_added)}, "
            f"n_periods={self.economic_value_added.shape[-1]}, status={shown_status(self.status)})"
        )


def eva(
    nopat: Numeric,
    reinvestment: Numeric,
    invested_capital: Numeric,
    wacc: Numeric,
    *,
    terminal_growth: Numeric,
    return_on_new_capital: Numeric | None = None,
) -> EconomicValueAdded:
    """Value a business as its invested capital and the present value of its economic value added.

    Parameters
    ----------
    nopat : array_like, shape (..., n_periods)
        Operating profit after taxes of each year.
    reinvestment : array_like, shape (..., n_periods)
        Increase of invested capital over each year: capital expenditure - depreciation + change in working
        capital, as in `Projection`.
    invested_capital : array_like, shape (...)
        Capital at the start of the first year, zero or positive.
    wacc : array_like, shape (...) or (..., n_periods)
        Cost of capital as a decimal per year: with as many dimensions as `nopat` a path of one rate per year,
        else one rate per valuation, as for `dcf`.
    terminal_growth : array_like, shape (...)
        Growth after the last year, -1 or more.
    return_on_new_capital : array_like, shape (...), optional
        What is earned on capital invested after the last year (RONIC), above 0; later reinvestment is then
        `terminal_growth` divided by it, as a share of NOPAT. By default NOPAT and reinvestment both go on
        growing from their last figures.

    Returns
    -------
    EconomicValueAdded
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument that a value depends on is NaN and, in arrays, where the last `wacc` is not above
        `terminal_growth`. Arrays may be read-only views.

    Raises
    ------
    InputError
        If there are no periods or their numbers differ, `invested_capital` is negative, a rate is -100% or
        below, growth is below -100%, `return_on_new_capital` is not above 0, a path of rates has another
        length, an argument is not numeric, the shapes do not broadcast, or a single valuation has a last
        `wacc` that is not above `terminal_growth`.

    Notes
    -----
    ``EVA_i = NOPAT_i - w K_(i-1)``, ``EV = K_0 + MVA`` and ``MVA = sum(EVA_i D_i) + (TV - K_n) D_n``: Stewart
    (1991), *The Quest for Value*. ``TV`` is ``(NOPAT_n - reinvestment_n) (1 + g) / (w - g)``, or with
    ``R = return_on_new_capital`` the value driver formula ``NOPAT_n (1 + g) (1 - g / R) / (w - g)`` of
    Koller, Goedhart and Wessels, *Valuation*. As capital earns what it is charged when it is bought, the
    enterprise value is that of `dcf` on ``nopat - reinvestment``, whatever the capital.

    Examples
    --------
    Damodaran's firm: 110 invested today at 15%, 10 more a year for four years, capital costs 10%. His 170.85
    is net of the first 10.

    >>> found = eva([16.5, 18.0, 19.5, 21.0, 22.5], [10, 10, 10, 10, 0], 110.0, 0.10, terminal_growth=0.0)
    >>> found.economic_value_added, round(found.enterprise_value - 10, 2)
    (array([5.5, 6. , 6.5, 7. , 7.5]), 170.85)
    """
    profit = as_periods("nopat", nopat)
    added = as_same_periods("reinvestment", reinvestment, profit.shape[-1], "nopat")
    opening = as_float("invested_capital", invested_capital)
    refuse("invested_capital", opening, opening < 0, "a positive amount or zero")
    rates = as_rates("wacc", wacc)
    path = rates_are_a_path("wacc", rates, "nopat", profit)
    growth = as_growth("terminal_growth", terminal_growth)
    once = {"invested_capital": opening, "terminal_growth": growth}
    ronic = None
    if return_on_new_capital is not None:
        ronic = as_float("return_on_new_capital", return_on_new_capital)
        refuse("return_on_new_capital", ronic, ronic <= 0, "a return above zero", advice="Give 12% as 0.12")
        once["return_on_new_capital"] = ronic
    each = {"nopat": profit, "reinvestment": added}
    shape = broadcast_shape(
        **{name: array[..., 0] for name, array in each.items()},
        wacc=rates[..., 0] if path else rates,
        **once,
    )
    gained, retained = (periods_first(array, len(shape)) for array in each.values())
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        following = _following_flow(gained[-1], retained[-1], growth, ronic)
        return _valued(opening, gained, retained, rates, path, growth, following, shape)


def _rolled_forward(opening: Array, retained: Array) -> Array:
    """Add up what each period retains; both with the periods first, the result with one more."""
    lead = np.broadcast_shapes(opening.shape, retained.shape[1:])
    capital = np.empty((len(retained) + 1, *lead))
    capital[0] = opening
    for period, addition in enumerate(retained):
        np.add(capital[period], addition, out=capital[period + 1, ...])
    return capital


def _following_flow(nopat: Array, reinvestment: Array, growth: Array, ronic: Array | None) -> Array:
    """Give the free cash flow of the first year after the last."""
    if ronic is None:
        return np.asarray((nopat - reinvestment) * (1.0 + growth))
    return np.asarray(nopat * (1.0 + growth) * (1.0 - growth / ronic))


def _valued(
    opening: Array,
    profit: Array,
    retained: Array,
    rates: Array,
    path: bool,
    growth: Array,
    following: Array,
    shape: tuple[int, ...],
) -> EconomicValueAdded:
    capital = _rolled_forward(opening, retained)
    excess = excess_return(capital, profit, rates, path=path, leading=len(shape))
    terminal = perpetuity(following, excess.last_rate, growth, _NAMES, scalar=shape == ())
    premium = np.asarray(terminal - capital[-1])
    present_premium = np.asarray(premium * excess.horizon)
    added = full(np.asarray(sum_of_periods(excess.present) + present_premium), shape)
    value = np.asarray(capital[0] + added)
    value, added, premium, present_premium = finite_only(value, added, premium, present_premium)
    wide = (*shape, len(profit))
    causes = {ValuationStatus.RATE_NOT_ABOVE_GROWTH: excess.last_rate <= growth}
    return EconomicValueAdded(
        enterprise_value=unwrap(value),
        market_value_added=unwrap(added),
        invested_capital=full(periods_last(capital), (*shape, len(profit) + 1)),
        economic_value_added=full(periods_last(excess.excess), wide),
        present_values=full(periods_last(excess.present), wide),
        continuing_value=shaped(premium, shape),
        present_value_of_continuing=shaped(present_premium, shape),
        status=statuses(shape, np.isfinite(value), causes),
    )
