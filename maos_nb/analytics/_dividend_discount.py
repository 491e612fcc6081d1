"""The value of a share as the present value of given dividends and of what follows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_periods,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._periods import full, periods_first, periods_last, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import (
    Names,
    ValuationStatus,
    as_growth,
    discounted_at_year_end,
    finite_only,
    perpetuity,
    quotient,
    rates_are_a_path,
    shaped,
    shown_status,
    statuses,
)
from maos_nb.errors import InputError

__all__ = ["DividendDiscount", "as_terminal", "ddm", "valued"]

_NAMES = Names("cost_of_equity", "terminal_growth")
_LATER_NAMES = Names("terminal_cost_of_equity", "terminal_growth")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DividendDiscount:
    """A dividend discount valuation with explicit years.

    Parameters
    ----------
    value
        Present value of all dividends, ``(...)``; NaN where `status` is not ``"ok"``.
    terminal_value
        Price at the horizon, ``(...)``: what all later dividends, or the sale, are worth then.
    present_value_of_terminal
        The same, discounted to today, ``(...)``.
    dividends
        Dividend of each explicit year, ``(..., n_periods)``.
    present_values
        The same, discounted to today, ``(..., n_periods)``.
    discount_factors
        What each dividend was multiplied by, ``(..., n_periods)``.
    terminal_share
        `present_value_of_terminal` as a fraction of `value`, ``(...)``; NaN for a value of zero.
    status
        ``"ok"``, ``"rate_not_above_growth"`` or ``"not_finite"``: a `ValuationStatus`, or an array of str.
    """

    value: Float
    terminal_value: Float
    present_value_of_terminal: Float
    dividends: Array
    present_values: Array
    discount_factors: Array
    terminal_share: Float
    status: Any

    def __repr__(self) -> str:
        return (
            f"DividendDiscount(value={figure(self.value)}, terminal_share={figure(self.terminal_share)}, "
            f"n_periods={self.dividends.shape[-1]}, status={shown_status(self.status)})"
        )


class _Terminal(NamedTuple):
    """What follows the last explicit year: perpetual growth or a sale; what was not given is None."""

    growth: Array | None
    price: Array | None
    dividend: Array | None
    rate: Array | None

    def arrays(self) -> dict[str, Array]:
        named = {
            "terminal_growth": self.growth,
            "exit_price": self.price,
            "terminal_dividend": self.dividend,
            "terminal_cost_of_equity": self.rate,
        }
        return {name: array for name, array in named.items() if array is not None}


def ddm(
    dividends: Numeric,
    cost_of_equity: Numeric,
    *,
    terminal_growth: Numeric | None = None,
    exit_price: Numeric | None = None,
    terminal_dividend: Numeric | None = None,
    terminal_cost_of_equity: Numeric | None = None,
) -> DividendDiscount:
    """Value a share as the present value of given dividends and of what follows them.

    Parameters
    ----------
    dividends : array_like, shape (..., n_periods)
        Dividend of each coming year, zero or positive.
    cost_of_equity : array_like, shape (...) or (..., n_periods)
        Required return as a decimal per year: with as many dimensions as `dividends` a path of one rate per
        year, else one rate per valuation, as the `wacc` of `dcf`.
    terminal_growth : array_like, shape (...), optional
        Growth of the dividend after the last year, -1 or more. Exactly one of this and `exit_price` is given.
    exit_price : array_like, shape (...), optional
        Price at which the share could be sold after the last dividend, zero or positive; 0.0 where that
        dividend is a liquidating one.
    terminal_dividend : array_like, shape (...), optional
        Dividend of the first year after the last, where the payout changes with growth; by default the last
        dividend grown once. Only with `terminal_growth`.
    terminal_cost_of_equity : array_like, shape (...), optional
        Required return after the last year; the last explicit one by default. Only with `terminal_growth`.

    Returns
    -------
    DividendDiscount
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument that a value depends on is NaN and, in arrays, where the last rate is not above
        `terminal_growth`. Arrays may be read-only views.

    Raises
    ------
    InputError
        If `dividends` has no periods, a dividend or price is negative, a rate is -100% or below, growth is
        below -100%, both or neither of `terminal_growth` and `exit_price` are given, an option of
        `terminal_growth` comes with `exit_price`, a path of rates has another length, an argument is not
        numeric, the shapes do not broadcast, or a single valuation has a last rate that is not above
        `terminal_growth`.

    Notes
    -----
    ``V = sum(D_i / (1 + r)**i) + P_n / (1 + r)**n`` with ``P_n = D_(n+1) / (r_L - g_L)`` or a sale:
    Williams (1938), *The Theory of Investment Value*.

    Examples
    --------
    Two dividends and a sale. In Excel: ``=NPV(10%,1,1.25)+30/(1+10%)^2``.

    >>> round(ddm([1.0, 1.25], 0.10, exit_price=30.0).value, 4)
    26.7355
    """
    paid = as_periods("dividends", as_amount("dividends", dividends))
    rates = as_rates("cost_of_equity", cost_of_equity)
    path = rates_are_a_path("cost_of_equity", rates, "dividends", paid)
    terminal = as_terminal(terminal_growth, exit_price, terminal_dividend, terminal_cost_of_equity)
    return valued(paid, "dividends", rates, path, terminal)


def as_terminal(
    growth: Numeric | None, price: Numeric | None, dividend: Numeric | None, rate: Numeric | None
) -> _Terminal:
    """Accept perpetual growth with its options, or a sale."""
    if (growth is None) == (price is None):
        raise InputError(
            "terminal_growth and exit_price",
            f"expected exactly one of them, got {'neither' if growth is None else 'both'}",
            advice="Give terminal_growth for a share held for ever, or exit_price for a sale",
        )
    options = {"terminal_dividend": dividend, "terminal_cost_of_equity": rate}
    given = [name for name, option in options.items() if option is not None]
    if price is not None and given:
        raise InputError(
            f"exit_price and {' and '.join(given)}",
            "expected one way to go on after the last dividend, got both",
            advice="Leave exit_price out, or what belongs to terminal_growth",
        )
    return _Terminal(
        growth=None if growth is None else as_growth("terminal_growth", growth),
        price=None if price is None else as_amount("exit_price", price),
        dividend=None if dividend is None else as_amount("terminal_dividend", dividend),
        rate=None if rate is None else as_rates("terminal_cost_of_equity", rate),
    )


def valued(dividends: Array, name: str, rates: Array, path: bool, terminal: _Terminal) -> DividendDiscount:
    first = {name: dividends[..., 0], "cost_of_equity": rates[..., 0] if path else rates}
    shape = broadcast_shape(**first, **terminal.arrays())
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        discount = discounted_at_year_end(rates, dividends.shape[-1], path=path)
        last_rate = discount.last_rate if terminal.rate is None else terminal.rate
        price = _price_at_horizon(np.asarray(dividends[..., -1]), last_rate, terminal, scalar=shape == ())
        factors = periods_first(periods_last(discount.factors), len(shape))
        present = periods_first(dividends, len(shape)) * factors
        present_price = np.asarray(price * discount.horizon)
        value = full(np.asarray(sum_of_periods(present) + present_price), shape)
        value, price, present_price = finite_only(value, price, present_price)
        share = quotient(present_price, value)
    causes = {}
    if terminal.growth is not None:
        causes[ValuationStatus.RATE_NOT_ABOVE_GROWTH] = last_rate <= terminal.growth
    wide = (*shape, dividends.shape[-1])
    return DividendDiscount(
        value=unwrap(value),
        terminal_value=shaped(price, shape),
        present_value_of_terminal=shaped(present_price, shape),
        dividends=full(dividends, wide),
        present_values=full(periods_last(present), wide),
        discount_factors=full(periods_last(factors), wide),
        terminal_share=shaped(share, shape),
        status=statuses(shape, np.isfinite(value), causes),
    )


def _price_at_horizon(last: Array, rate: Array, terminal: _Terminal, *, scalar: bool) -> Array:
    if terminal.growth is None:
        return terminal.price  # type: ignore[return-value]  # one of the two was given
    following = terminal.dividend
    if following is None:
        following = np.asarray(last * (1.0 + terminal.growth))
    names = _NAMES if terminal.rate is None else _LATER_NAMES
    return perpetuity(following, rate, terminal.growth, names, scalar=scalar)
