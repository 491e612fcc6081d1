"""The value of a share as its book value and the present value of what it earns above the cost of equity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    as_periods,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._excess_return import ExcessReturn, excess_return
from maos_nb.analytics._periods import full, periods_first, periods_last, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import (
    Names,
    ValuationStatus,
    as_growth,
    as_same_periods,
    finite_only,
    perpetuity,
    quotient,
    rates_are_a_path,
    shaped,
    shown_status,
    statuses,
)
from maos_nb.errors import InputError

__all__ = ["ResidualIncome", "residual_income"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ResidualIncome:
    """A residual income valuation.

    Parameters
    ----------
    value
        ``book_value`` + present value of all residual income, ``(...)``; NaN where `status` is not ``"ok"``.
    book_values
        Book value at the start of each year and at the end of the last, ``(..., n_periods + 1)``.
    earnings, dividends
        Of each year, ``(..., n_periods)``.
    residual_income
        Earnings less the cost of equity on the opening book value, ``(..., n_periods)``.
    present_values
        The same, discounted to today, ``(..., n_periods)``.
    continuing_value
        Value at the horizon above book value of all later residual income, ``(...)``.
    present_value_of_continuing
        The same, discounted to today, ``(...)``.
    price_to_book
        The justified one: `value` divided by the book value today, ``(...)``; NaN for a book value of zero.
    status
        ``"ok"``, ``"rate_not_above_growth"`` or ``"not_finite"``: a `ValuationStatus`, or an array of str.
    """

    value: Float
    book_values: Array
    earnings: Array
    dividends: Array
    residual_income: Array
    present_values: Array
    continuing_value: Float
    present_value_of_continuing: Float
    price_to_book: Float
    status: Any

    def __repr__(self) -> str:
        return (
            f"ResidualIncome(value={figure(self.value)}, price_to_book={figure(self.price_to_book)}, "
            f"n_periods={self.earnings.shape[-1]}, status={shown_status(self.status)})"
        )


class _Continuing(NamedTuple):
    """Residual income after the last year: its yearly growth, or a price-to-book ratio; the other is None."""

    growth: Array | None
    multiple: Array | None
    name: str

    def arrays(self) -> dict[str, Array]:
        array = self.multiple if self.growth is None else self.growth
        return {} if array is None else {self.name: array}


def residual_income(
    book_value: Numeric,
    cost_of_equity: Numeric,
    *,
    roe: Numeric | None = None,
    earnings: Numeric | None = None,
    payout: Numeric | None = None,
    dividends: Numeric | None = None,
    persistence: Numeric | None = None,
    terminal_growth: Numeric | None = None,
    exit_price_to_book: Numeric | None = None,
) -> ResidualIncome:
    """Value a share, or all equity, as its book value and the present value of its residual income.

    Parameters
    ----------
    book_value : array_like, shape (...)
        Book value today, per share or in total; may be negative.
    cost_of_equity : array_like, shape (...) or (..., n_periods)
        Required return as a decimal per year: with as many dimensions as the earnings (or `roe`) a path of
        one rate per year, else one rate per valuation, as the `wacc` of `dcf`.
    roe : array_like, shape (..., n_periods), optional
        Return of each year on its OPENING book value. Exactly one of this and `earnings` is given.
    earnings : array_like, shape (..., n_periods), optional
        Comprehensive income of each year; may be negative.
    payout : array_like, scalar or shape (..., n_periods), optional
        Share of earnings paid out, from 0 to 1; a year of loss pays nothing. Exactly one of this and
        `dividends` is given.
    dividends : array_like, shape (..., n_periods), optional
        Dividends of each year, net of what owners put in; may be negative.
    persistence : array_like, shape (...), optional
        Share of residual income that is left one year later, from 0 to 1 (omega): with 0 it ends with the last
        year, with 1 it lasts for ever. Exactly one of this and the next two is given.
    terminal_growth : array_like, shape (...), optional
        Growth of residual income after the last year, -1 or more.
    exit_price_to_book : array_like, shape (...), optional
        Price at the horizon as a multiple of book value then, zero or positive.

    Returns
    -------
    ResidualIncome
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument that a value depends on is NaN and, in arrays, where the last rate is not above the
        growth of residual income. Arrays may be read-only views.

    Raises
    ------
    InputError
        If not exactly one of each group of alternatives is given, there are no periods or their numbers
        differ, a rate is -100% or below, `payout` or `persistence` is outside [0, 1], growth is below -100%,
        `exit_price_to_book` is negative, an argument is not numeric, the shapes do not broadcast, or a single
        valuation has a last rate that is not above the growth of residual income.

    Notes
    -----
    ``V = B_0 + sum(RI_i / (1 + r)**i) + CV / (1 + r)**n`` with ``RI_i = E_i - r B_(i-1)`` and clean surplus,
    ``B_i = B_(i-1) + E_i - D_i``: Ohlson (1995), "Earnings, book values, and dividends in equity valuation".
    ``CV = RI_n omega / (1 + r - omega)``: Dechow, Hutton and Sloan (1999); this is growth at ``omega - 1``.
    Under clean surplus the value is that of `ddm` on the same dividends, whatever the accounting.

    Examples
    --------
    A CFA Institute example, ending with a liquidating dividend. In Excel: ``=6+NPV(10%,1.4,1.8,3.175)``.

    >>> found = residual_income(
    ...     6.0, 0.10, earnings=[2.0, 2.5, 4.0], dividends=[1.0, 1.25, 12.25], persistence=0.0
    ... )
    >>> found.residual_income.round(3), round(found.value, 4)
    (array([1.4  , 1.8  , 3.175]), 11.1458)
    """
    _exactly_one(roe=roe, earnings=earnings)
    _exactly_one(payout=payout, dividends=dividends)
    book = as_float("book_value", book_value)
    rates = as_rates("cost_of_equity", cost_of_equity)
    source, profit = ("earnings", earnings) if roe is None else ("roe", roe)
    profits = as_periods(source, profit)  # type: ignore[arg-type]  # one of the two was given
    path = rates_are_a_path("cost_of_equity", rates, source, profits)
    count = profits.shape[-1]
    paid = (
        {"payout": _as_payout(payout, count, source)}  # type: ignore[arg-type]  # one of the two was given
        if dividends is None
        else {"dividends": as_same_periods("dividends", dividends, count, source)}
    )
    continuing = _as_continuing(persistence, terminal_growth, exit_price_to_book)
    each = {source: profits, **paid, **({"cost_of_equity": rates} if path else {})}
    once = {"book_value": book, **({} if path else {"cost_of_equity": rates}), **continuing.arrays()}
    shape = broadcast_shape(**{name: array[..., 0] for name, array in each.items()}, **once)
    ready = {name: periods_first(array, len(shape)) for name, array in {source: profits, **paid}.items()}
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        books, gained, distributed = _clean_surplus(book, ready, count)
        excess = excess_return(books, gained, rates, path=path, leading=len(shape))
        return _valued(books, gained, distributed, excess, continuing, (*shape, count))


def _clean_surplus(opening: Array, given: dict[str, Array], count: int) -> tuple[Array, Array, Array]:
    """Roll book value forward, with the earnings and dividends of each year; all with the periods first."""
    lead = np.broadcast_shapes(opening.shape, *(array.shape[1:] for array in given.values()))
    years = {name: np.broadcast_to(array, (count, *array.shape[1:])) for name, array in given.items()}
    books, earnings, dividends = (np.empty((count + extra, *lead)) for extra in (1, 0, 0))
    books[0] = opening
    for year in range(count):
        earnings[year] = years["earnings"][year] if "earnings" in years else years["roe"][year] * books[year]
        if "dividends" in years:
            dividends[year] = years["dividends"][year]
        else:
            dividends[year] = np.maximum(earnings[year], 0.0) * years["payout"][year]
        books[year + 1] = books[year] + (earnings[year] - dividends[year])
    return books, earnings, dividends


def _valued(
    books: Array,
    earnings: Array,
    dividends: Array,
    excess: ExcessReturn,
    continuing: _Continuing,
    wide: tuple[int, ...],
) -> ResidualIncome:
    shape = wide[:-1]
    premium = _premium(books[-1], excess, continuing, scalar=shape == ())
    present_premium = np.asarray(premium * excess.horizon)
    value = full(np.asarray(books[0] + sum_of_periods(excess.present) + present_premium), shape)
    value, premium, present_premium = finite_only(value, premium, present_premium)
    causes = {}
    if continuing.growth is not None:
        causes[ValuationStatus.RATE_NOT_ABOVE_GROWTH] = excess.last_rate <= continuing.growth
    return ResidualIncome(
        value=unwrap(value),
        book_values=full(periods_last(books), (*shape, wide[-1] + 1)),
        earnings=full(periods_last(earnings), wide),
        dividends=full(periods_last(dividends), wide),
        residual_income=full(periods_last(excess.excess), wide),
        present_values=full(periods_last(excess.present), wide),
        continuing_value=shaped(premium, shape),
        present_value_of_continuing=shaped(present_premium, shape),
        price_to_book=shaped(quotient(value, books[0]), shape),
        status=statuses(shape, np.isfinite(value), causes),
    )


def _premium(book: Array, excess: ExcessReturn, continuing: _Continuing, *, scalar: bool) -> Array:
    """Value all later residual income, as of the horizon."""
    if continuing.growth is None:
        return np.asarray(book * (continuing.multiple - 1.0))  # type: ignore[operator]  # one of the two is there
    following = np.asarray(excess.excess[-1] * (1.0 + continuing.growth))
    growth_name = "persistence - 1" if continuing.name == "persistence" else continuing.name
    names = Names("cost_of_equity", growth_name)
    return perpetuity(following, excess.last_rate, continuing.growth, names, scalar=scalar)


def _as_continuing(
    persistence: Numeric | None, growth: Numeric | None, multiple: Numeric | None
) -> _Continuing:
    name = _exactly_one(persistence=persistence, terminal_growth=growth, exit_price_to_book=multiple)
    if persistence is not None:
        return _Continuing(np.asarray(as_fraction(name, persistence) - 1.0), None, name)
    if growth is not None:
        return _Continuing(as_growth(name, growth), None, name)
    return _Continuing(None, as_amount(name, multiple), name)  # type: ignore[arg-type]  # one of the three was given


def _as_payout(payout: Numeric, n_periods: int, source: str) -> Array:
    shares = as_fraction("payout", payout)
    if shares.ndim == 0:
        return shares.reshape(1)
    if shares.shape[-1] not in (1, n_periods):
        raise InputError(
            "payout",
            f"expected one number, or {n_periods} period(s) on the last axis, as many as {source}, got shape "
            f"{shares.shape}",
        )
    return shares


def _exactly_one(**alternatives: Numeric | None) -> str:
    given = [name for name, value in alternatives.items() if value is not None]
    if len(given) != 1:
        raise InputError(
            " and ".join(alternatives),
            f"expected exactly one of them, got {' and '.join(given) if given else 'none'}",
        )
    return given[0]
