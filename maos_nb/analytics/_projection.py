"""From a company's drivers to its free cash flow, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Numeric,
    as_amount,
    as_count,
    as_float,
    as_fraction,
    broadcast_shape,
    refuse,
)
from maos_nb.analytics._periods import full, periods_first, periods_last, unknown
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

__all__ = [
    "Projection",
    "TaxLosses",
    "as_projection_drivers",
    "as_tax_losses",
    "fade",
    "project_drivers",
    "year_figures",
]

TaxLosses: TypeAlias = Literal["none", "refund"]

_PARTS = ("depreciation", "capital_expenditure", "change_in_working_capital")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Projection:
    """Projected figures of each year, every one an array ``(..., n_periods)`` in units of money.

    Parameters
    ----------
    revenue, ebit, taxes, nopat
        Revenue; operating profit; taxes on it; operating profit after taxes.
    depreciation, capital_expenditure, change_in_working_capital
        The parts of reinvestment; NaN where it was projected as one figure by `sales_to_capital`.
    reinvestment
        ``capital_expenditure - depreciation + change_in_working_capital``.
    free_cash_flow
        ``nopat - reinvestment``: cash flow to the firm.
    """

    revenue: Array
    ebit: Array
    taxes: Array
    nopat: Array
    depreciation: Array
    capital_expenditure: Array
    change_in_working_capital: Array
    reinvestment: Array
    free_cash_flow: Array

    def __repr__(self) -> str:
        return (
            f"Projection(n_periods={self.revenue.shape[-1]}, revenue={figure(self.revenue)}, "
            f"free_cash_flow={figure(self.free_cash_flow)})"
        )


def fade(start: Numeric, end: Numeric, n_periods: int, *, hold: int = 0) -> Array:
    """Draw a straight path from one level of a driver to another.

    Parameters
    ----------
    start, end : array_like, shape (...)
        Level of the first and of the last period.
    n_periods : int
        Number of periods, at least 2.
    hold : int
        Number of periods that stay at `start` before the path begins to move, less than `n_periods`; as the
        first period is at `start` in any case, 0 and 1 are the same.

    Returns
    -------
    ndarray, shape (..., n_periods)
        The path; NaN where `start` or `end` is NaN.

    Raises
    ------
    InputError
        If `n_periods` is not a whole number of at least 2, `hold` is not one from 0 to ``n_periods - 1``, a
        level is not numeric or the shapes do not broadcast.

    Notes
    -----
    ``start + (end - start) i / (n_periods - m)`` in period ``m + i``, where ``m`` is the last period at
    `start`: Damodaran's fade from high to stable growth. In Excel, with the start in B2, fill
    ``=B2+($G$1-$B$1)/5`` to the right.

    Examples
    --------
    >>> fade(0.10, 0.02, 5)
    array([0.1 , 0.08, 0.06, 0.04, 0.02])
    >>> fade(0.10, 0.02, 6, hold=2)
    array([0.1 , 0.1 , 0.08, 0.06, 0.04, 0.02])
    """
    first = as_float("start", start)
    last = as_float("end", end)
    count = as_count("n_periods", n_periods, minimum=2)
    held = as_count("hold", hold, minimum=0)
    if held >= count:
        raise InputError(
            "hold", f"expected fewer than n_periods ({count}), got {held}", advice="Leave a period to end"
        )
    broadcast_shape(start=first, end=last)
    moving = np.maximum(np.arange(count) - (max(held, 1) - 1), 0)
    distance = np.asarray(last - first)
    path: Array = first[..., np.newaxis] + distance[..., np.newaxis] * (moving / moving[-1])
    path[..., -1] = np.where(np.isnan(distance), np.nan, last)  # the end itself, free of rounding
    return path


def project_drivers(
    revenue: Numeric,
    growth: Numeric,
    operating_margin: Numeric,
    tax_rate: Numeric,
    *,
    sales_to_capital: Numeric | None = None,
    depreciation: Numeric | None = None,
    capital_expenditure: Numeric | None = None,
    working_capital: Numeric | None = None,
    n_periods: int | None = None,
    tax_losses: TaxLosses = "none",
) -> Projection:
    """Project revenue, profit, reinvestment and free cash flow from a company's drivers.

    A driver is a single number held for all periods, or a path with the periods on its last axis; a last
    axis of length 1 is held too, so ``(companies, 1)`` is one number per company.

    Parameters
    ----------
    revenue : array_like, shape (...)
        Revenue of the last known year.
    growth : array_like, scalar or shape (..., n_periods)
        Growth of revenue as a decimal, -1 or more.
    operating_margin : array_like, scalar or shape (..., n_periods)
        EBIT as a share of revenue.
    tax_rate : array_like, scalar or shape (..., n_periods)
        Tax rate on EBIT, from 0 to 1.
    sales_to_capital : array_like, scalar or shape (..., n_periods), optional
        Revenue gained per unit of capital invested, above 0: reinvestment, net of depreciation, is the
        change in revenue divided by it. Shrinking revenue sets capital free. Give either this or the three
        ratios below.
    depreciation, capital_expenditure : array_like, scalar or shape (..., n_periods), optional
        Shares of revenue, zero or positive.
    working_capital : array_like, scalar or shape (..., n_periods), optional
        Net working capital tied up per unit of CHANGE in revenue; negative where growth sets cash free.
    n_periods : int, optional
        Number of years, needed where no driver is a path of more than one period.
    tax_losses : {"none", "refund"}
        Taxes of a year with a negative EBIT: zero, or negative at once. Losses are not carried forward.

    Returns
    -------
    Projection
        Every figure with the shape ``(..., n_periods)`` that all arguments broadcast to. A NaN driver makes
        what depends on it NaN; a NaN growth makes all later years NaN. Arrays may be read-only views.

    Raises
    ------
    InputError
        If revenue is negative, growth below -100%, `tax_rate` outside [0, 1], `sales_to_capital` not above 0,
        a share negative, paths differ in length or from `n_periods`, no path and no `n_periods` is given,
        `sales_to_capital` comes with any of the three ratios or neither is complete, `tax_losses` is
        unknown, an argument is not numeric or the shapes do not broadcast.

    Notes
    -----
    The value drivers of Damodaran, *Investment Valuation*: growth, margin, tax, sales to capital.

    Examples
    --------
    Two years from revenue of 1000. In Excel, with growth in B1 and last year's revenue in A2: revenue
    ``=A2*(1+B1)``, free cash flow ``=B2*20%*(1-25%)-(B2-A2)/2``.

    >>> plan = project_drivers(1000.0, [0.10, 0.05], 0.20, 0.25, sales_to_capital=2.0)
    >>> plan.revenue, plan.reinvestment.round(9), plan.free_cash_flow.round(9)
    (array([1100., 1155.]), array([50. , 27.5]), array([115.  , 145.75]))
    """
    base = as_amount("revenue", revenue)
    drivers = as_projection_drivers(
        growth,
        operating_margin,
        tax_rate,
        sales_to_capital=sales_to_capital,
        depreciation=depreciation,
        capital_expenditure=capital_expenditure,
        working_capital=working_capital,
    )
    refund = as_tax_losses(tax_losses) == "refund"
    count = _number_of_periods(drivers, n_periods)
    paths = {name: driver.reshape(1) if driver.ndim == 0 else driver for name, driver in drivers.items()}
    shape = broadcast_shape(revenue=base, **{name: path[..., 0] for name, path in paths.items()})
    ready = {name: periods_first(path, len(shape)) for name, path in paths.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        return _projected(base, ready, (*shape, count), refund=refund)


def as_projection_drivers(
    growth: Numeric,
    operating_margin: Numeric,
    tax_rate: Numeric,
    *,
    sales_to_capital: Numeric | None = None,
    depreciation: Numeric | None = None,
    capital_expenditure: Numeric | None = None,
    working_capital: Numeric | None = None,
) -> dict[str, Array]:
    """Accept drivers in their ranges, with exactly one way to reinvestment."""
    drivers = {
        "growth": as_float("growth", growth),
        "operating_margin": as_float("operating_margin", operating_margin),
        "tax_rate": as_fraction("tax_rate", tax_rate),
    }
    refuse("growth", drivers["growth"], drivers["growth"] < -1, "growth of -1 (-100%) or more")
    return drivers | _reinvestment_drivers(
        sales_to_capital, depreciation, capital_expenditure, working_capital
    )


def as_tax_losses(tax_losses: TaxLosses) -> TaxLosses:
    """Accept one of the two treatments by name."""
    if tax_losses not in ("none", "refund"):
        raise InputError("tax_losses", f'expected "none" or "refund", got {tax_losses!r}')
    return tax_losses


def _reinvestment_drivers(
    sales_to_capital: Numeric | None,
    depreciation: Numeric | None,
    capital_expenditure: Numeric | None,
    working_capital: Numeric | None,
) -> dict[str, Array]:
    named = {
        "depreciation": depreciation,
        "capital_expenditure": capital_expenditure,
        "working_capital": working_capital,
    }
    ratios = {name: ratio for name, ratio in named.items() if ratio is not None}
    if sales_to_capital is not None:
        if ratios:
            raise InputError(
                f"sales_to_capital and {' and '.join(ratios)}",
                "expected one way to reinvestment, got both",
                advice="Give sales_to_capital alone, or all of depreciation, capital_expenditure and working_capital",
            )
        capital = as_float("sales_to_capital", sales_to_capital)
        refuse("sales_to_capital", capital, capital <= 0, "a ratio above zero")
        return {"sales_to_capital": capital}
    if len(ratios) < len(named):
        missing = [name for name in named if name not in ratios]
        raise InputError(
            " and ".join(missing if ratios else ["sales_to_capital", *missing]),
            "expected sales_to_capital, or all of depreciation, capital_expenditure and working_capital, "
            f"got {'only ' + ' and '.join(ratios) if ratios else 'none of them'}",
            advice="Give 0.0 for a ratio that is meant to be nothing",
        )
    return {
        "depreciation": as_amount("depreciation", ratios["depreciation"]),
        "capital_expenditure": as_amount("capital_expenditure", ratios["capital_expenditure"]),
        "working_capital": as_float("working_capital", ratios["working_capital"]),
    }


def _number_of_periods(drivers: dict[str, Array], n_periods: int | None) -> int:
    lengths = {name: driver.shape[-1] for name, driver in drivers.items() if driver.ndim}
    paths = {name: length for name, length in lengths.items() if length != 1}
    if n_periods is not None:
        count = as_count("n_periods", n_periods)
        paths = {"n_periods": count, **paths}
    elif not lengths:
        raise InputError(
            "n_periods",
            "expected the number of years, as no driver is a path",
            advice="Give n_periods=5, or a path such as growth=[0.08, 0.07, 0.06]",
        )
    else:
        count = next(iter(paths.values()), 1)
    if len(set(paths.values())) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in paths.items())
        raise InputError(" and ".join(paths), f"expected paths of one length on the last axis, got {shown}")
    if count == 0:
        raise InputError(" and ".join(paths), "expected at least 1 period on the last axis, got 0")
    return count


def _projected(base: Array, drivers: dict[str, Array], shape: tuple[int, ...], *, refund: bool) -> Projection:
    revenue, change = _revenue(base, drivers["growth"], shape)
    figures = year_figures(revenue, change, drivers, refund=refund)
    shaped = {name: full(periods_last(array), shape) for name, array in figures.items()}
    missing = dict.fromkeys((name for name in _PARTS if name not in shaped), unknown(shape))
    return Projection(**shaped, **missing)


def year_figures(
    revenue: Array, change: Array, drivers: dict[str, Array], *, refund: bool
) -> dict[str, Array]:
    """Work out the figures of a year, or of all years at once, from revenue and its change."""
    ebit = revenue * drivers["operating_margin"]
    taxes = (ebit if refund else np.maximum(ebit, 0.0)) * drivers["tax_rate"]
    nopat = ebit - taxes
    parts = _parts_of_reinvestment(revenue, change, drivers)
    reinvestment = (
        parts["capital_expenditure"] - parts["depreciation"] + parts["change_in_working_capital"]
        if parts
        else change / drivers["sales_to_capital"]
    )
    figures = {"revenue": revenue, "ebit": ebit, "taxes": taxes, "nopat": nopat, **parts}
    return figures | {"reinvestment": reinvestment, "free_cash_flow": nopat - reinvestment}


def _revenue(base: Array, growth: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Compound revenue year on year, as a spreadsheet does, and its change in each year."""
    count = shape[-1]
    factors = 1.0 + growth
    lead = np.broadcast_shapes(base.shape, factors.shape[1:])
    level = np.empty((count + 1, *lead))
    level[0] = base
    for period in range(count):
        factor = factors[period] if len(factors) > 1 else factors[0]
        np.multiply(level[period], factor, out=level[period + 1, ...])
    revenue = level[1:]
    return revenue, revenue - level[:-1]


def _parts_of_reinvestment(revenue: Array, change: Array, drivers: dict[str, Array]) -> dict[str, Array]:
    if "sales_to_capital" in drivers:
        return {}
    return {
        "depreciation": revenue * drivers["depreciation"],
        "capital_expenditure": revenue * drivers["capital_expenditure"],
        "change_in_working_capital": change * drivers["working_capital"],
    }
