"""The value of a share whose dividend grows in one, two or three stages, and by the H-model."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_count,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._dividend_discount import DividendDiscount, as_terminal, valued
from maos_nb.analytics._periods import full, periods_first, periods_last
from maos_nb.analytics._projection import fade
from maos_nb.analytics._valuation_parts import (
    Names,
    ValuationStatus,
    as_growth,
    finite_only,
    perpetuity,
    statuses,
)

__all__ = ["gordon_growth", "h_model", "three_stage_ddm", "two_stage_ddm"]


def gordon_growth(
    dividend: Numeric, cost_of_equity: Numeric, growth: Numeric, *, return_status: bool = False
) -> Float:
    """Value a share whose dividend grows at one rate for ever.

    Parameters
    ----------
    dividend : array_like, shape (...)
        Dividend of the last year, already paid (D0), zero or positive; the next one is ``1 + growth`` times it.
    cost_of_equity : array_like, shape (...)
        Required return as a decimal per year.
    growth : array_like, shape (...)
        Growth of the dividend as a decimal per year, -1 or more.
    return_status : bool
        Return the status of each valuation too.

    Returns
    -------
    float or ndarray, shape (...)
        ``D0 (1 + g) / (r - g)``; NaN where an argument is NaN and, in arrays, where `cost_of_equity` is not
        above `growth`.
    ValuationStatus or ndarray of str, shape (...)
        Only with ``return_status=True``: ``"ok"``, ``"rate_not_above_growth"`` or ``"not_finite"``.

    Raises
    ------
    InputError
        If `dividend` is negative, `cost_of_equity` is -100% or below, `growth` is below -100%, an argument is
        not numeric, the shapes do not broadcast, or a single valuation has a `cost_of_equity` that is not
        above `growth`.

    Notes
    -----
    Gordon and Shapiro (1956), "Capital equipment analysis: the required rate of profit".

    Examples
    --------
    Damodaran's Con Ed, end of 2000. In Excel: ``=2.18*(1+3%)/(8.3%-3%)``.

    >>> round(gordon_growth(2.18, 0.083, 0.03), 2)
    42.37
    """
    paid = as_amount("dividend", dividend)
    rate, rising = as_rates("cost_of_equity", cost_of_equity), as_growth("growth", growth)
    broadcast_shape(dividend=paid, cost_of_equity=rate, growth=rising)
    with np.errstate(over="ignore", invalid="ignore"):
        following = np.asarray(paid * (1.0 + rising))
    return _capitalised(following, rate, rising, Names("cost_of_equity", "growth"), return_status)


def h_model(
    dividend: Numeric,
    cost_of_equity: Numeric,
    growth: Numeric,
    terminal_growth: Numeric,
    half_life: Numeric,
    *,
    return_status: bool = False,
) -> Float:
    """Value a share whose dividend growth declines on a straight line to a lasting rate, by the H-model.

    Parameters
    ----------
    dividend : array_like, shape (...)
        Dividend of the last year, already paid (D0), zero or positive.
    cost_of_equity : array_like, shape (...)
        Required return as a decimal per year.
    growth, terminal_growth : array_like, shape (...)
        Growth of the dividend now and after the decline, as decimals per year, -1 or more.
    half_life : array_like, shape (...)
        HALF the number of years that the decline takes, zero or more: 4.0 for a decline over 8 years.
    return_status : bool
        Return the status of each valuation too.

    Returns
    -------
    float or ndarray, shape (...)
        The value; NaN where an argument is NaN and, in arrays, where `cost_of_equity` is not above
        `terminal_growth`.
    ValuationStatus or ndarray of str, shape (...)
        Only with ``return_status=True``: ``"ok"``, ``"rate_not_above_growth"`` or ``"not_finite"``.

    Raises
    ------
    InputError
        If `dividend` or `half_life` is negative, `cost_of_equity` is -100% or below, a growth is below -100%,
        an argument is not numeric, the shapes do not broadcast, or a single valuation has a `cost_of_equity`
        that is not above `terminal_growth`.

    Notes
    -----
    ``D0 ((1 + g_L) + H (g_S - g_L)) / (r - g_L)``: Fuller and Hsia (1984), "A simplified common stock
    valuation model". It is an approximation that takes all growth above or below the lasting rate as if it
    came at once; after a long and steep fall it can turn negative, which no share is. `three_stage_ddm` sums
    the dividends themselves.

    Examples
    --------
    Damodaran's Alcatel, growth from 12% to 5% over 10 years. In Excel:
    ``=0.72*((1+5%)+10/2*(12%-5%))/(8.3%-5%)``.

    >>> round(h_model(0.72, 0.083, 0.12, 0.05, half_life=5.0), 2)
    30.55
    """
    arrays = {
        "dividend": as_amount("dividend", dividend),
        "cost_of_equity": as_rates("cost_of_equity", cost_of_equity),
        "growth": as_growth("growth", growth),
        "terminal_growth": as_growth("terminal_growth", terminal_growth),
        "half_life": as_amount("half_life", half_life),
    }
    broadcast_shape(**arrays)
    later, rate = arrays["terminal_growth"], arrays["cost_of_equity"]
    with np.errstate(over="ignore", invalid="ignore"):
        excess = arrays["half_life"] * (arrays["growth"] - later)
        raised = np.asarray(arrays["dividend"] * (1.0 + later + excess))
    return _capitalised(raised, rate, later, Names("cost_of_equity", "terminal_growth"), return_status)


def two_stage_ddm(
    dividend: Numeric,
    cost_of_equity: Numeric,
    growth: Numeric,
    terminal_growth: Numeric,
    n_periods: int,
    *,
    terminal_cost_of_equity: Numeric | None = None,
) -> DividendDiscount:
    """Value a share whose dividend grows at one rate for some years and at another for ever after.

    Parameters
    ----------
    dividend : array_like, shape (...)
        Dividend of the last year, already paid (D0), zero or positive.
    cost_of_equity : array_like, shape (...)
        Required return as a decimal per year.
    growth, terminal_growth : array_like, shape (...)
        Growth of the dividend in the first `n_periods` years and after them, -1 or more.
    n_periods : int
        Number of years of the first stage, at least 1.
    terminal_cost_of_equity : array_like, shape (...), optional
        Required return of the second stage; `cost_of_equity` by default.

    Returns
    -------
    DividendDiscount
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument is NaN and, in arrays, where the last rate is not above `terminal_growth`.

    Raises
    ------
    InputError
        If `dividend` is negative, a rate is -100% or below, a growth is below -100%, `n_periods` is not a
        whole number of at least 1, an argument is not numeric, the shapes do not broadcast, or a single
        valuation has a last rate that is not above `terminal_growth`.

    Notes
    -----
    ``sum(D0 (1 + g)**i / (1 + r)**i) + D_n (1 + g_L) / (r_L - g_L) / (1 + r)**n``: Damodaran, *Investment
    Valuation*, "Two-stage dividend discount model". Where the payout changes too, give `ddm` the dividends
    and a `terminal_dividend`.

    Examples
    --------
    >>> two_stage_ddm(1.0, 0.10, 0.08, 0.04, 5)
    DividendDiscount(value=20.5476, terminal_share=0.769619, n_periods=5, status=ok)
    """
    count = as_count("n_periods", n_periods)
    rising = as_growth("growth", growth)
    path = full(rising[..., np.newaxis], (*rising.shape, count))
    return _staged(dividend, cost_of_equity, path, terminal_growth, terminal_cost_of_equity)


def three_stage_ddm(
    dividend: Numeric,
    cost_of_equity: Numeric,
    growth: Numeric,
    terminal_growth: Numeric,
    n_high: int,
    n_transition: int,
    *,
    terminal_cost_of_equity: Numeric | None = None,
) -> DividendDiscount:
    """Value a share whose dividend grows at one rate, then slows down on a straight line to a lasting rate.

    Parameters
    ----------
    dividend : array_like, shape (...)
        Dividend of the last year, already paid (D0), zero or positive.
    cost_of_equity : array_like, shape (...)
        Required return as a decimal per year.
    growth, terminal_growth : array_like, shape (...)
        Growth of the dividend in the first stage and in the last, -1 or more.
    n_high : int
        Number of years at `growth`, at least 1.
    n_transition : int
        Number of years over which growth moves in equal steps; the last of them grows at `terminal_growth`.
        With 0 this is the two-stage model.
    terminal_cost_of_equity : array_like, shape (...), optional
        Required return after the transition; `cost_of_equity` by default.

    Returns
    -------
    DividendDiscount
        Values in the shape ``(...)`` that all arguments broadcast to, over ``n_high + n_transition`` explicit
        years; NaN where an argument is NaN and, in arrays, where the last rate is not above
        `terminal_growth`.

    Raises
    ------
    InputError
        If `dividend` is negative, a rate is -100% or below, a growth is below -100%, `n_high` is not a whole
        number of at least 1 or `n_transition` of at least 0, an argument is not numeric, the shapes do not
        broadcast, or a single valuation has a last rate that is not above `terminal_growth`.

    Notes
    -----
    Growth in year ``n_high + i`` is ``g + (g_L - g) i / n_transition``: Damodaran, *Investment Valuation*,
    "Three-stage dividend discount model". The textbook variant that values the second and third stage by the
    H-model is ``ddm(dividends, r, exit_price=h_model(dividends[-1], r, g, g_L, n_transition / 2))``.

    Examples
    --------
    >>> three_stage_ddm(1.0, 0.10, 0.08, 0.04, n_high=3, n_transition=4)
    DividendDiscount(value=20.2251, terminal_share=0.68616, n_periods=7, status=ok)
    """
    high = as_count("n_high", n_high)
    transition = as_count("n_transition", n_transition, minimum=0)
    rising, later = as_growth("growth", growth), as_growth("terminal_growth", terminal_growth)
    broadcast_shape(growth=rising, terminal_growth=later)
    if transition:
        with np.errstate(over="ignore", invalid="ignore"):
            path = fade(rising, later, high + transition, hold=high)
    else:
        path = full(rising[..., np.newaxis], (*rising.shape, high))
    return _staged(dividend, cost_of_equity, path, later, terminal_cost_of_equity)


def _capitalised(following: Array, rate: Array, growth: Array, names: Names, return_status: bool) -> Float:
    """Capitalise next year's dividend at the spread of rate and growth."""
    shape = np.broadcast_shapes(following.shape, rate.shape, growth.shape)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = perpetuity(following, rate, growth, names, scalar=shape == ())
    (value,) = finite_only(full(value, shape))
    if not return_status:
        return unwrap(value)
    causes = {ValuationStatus.RATE_NOT_ABOVE_GROWTH: rate <= growth}
    return unwrap(value), statuses(shape, np.isfinite(value), causes)


def _staged(
    dividend: Numeric,
    cost_of_equity: Numeric,
    growth: Array,
    terminal_growth: Numeric,
    last_rate: Numeric | None,
) -> DividendDiscount:
    """Value the dividends that a path of growth ``(..., n_periods)`` makes of the last one."""
    paid = as_amount("dividend", dividend)
    rates = as_rates("cost_of_equity", cost_of_equity)
    terminal = as_terminal(terminal_growth, None, None, last_rate)
    shape = broadcast_shape(dividend=paid, growth=growth[..., 0])
    count = growth.shape[-1]
    dividends = np.empty((count, *shape))
    with np.errstate(over="ignore", invalid="ignore"):
        for period, factor in enumerate(1.0 + periods_first(growth, len(shape))):
            before = dividends[period - 1] if period else paid
            np.multiply(before, factor, out=dividends[period, ...])
    return valued(periods_last(dividends), "dividend", rates, False, terminal)
