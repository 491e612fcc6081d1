"""Returns of a portfolio that money flows into and out of.

Flows are seen from the portfolio: a contribution is positive, a withdrawal negative.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_float,
    as_periods,
    broadcast,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._dated_flows import netted
from maos_nb.analytics._dates import DateArray, Dates, as_dates, day_count_function
from maos_nb.analytics._internal_rates import internal_rates
from maos_nb.analytics._periods import periods_first, sum_of_periods
from maos_nb.errors import InputError

__all__ = ["FlowTiming", "modified_dietz", "money_weighted_return", "time_weighted_return"]

FlowTiming: TypeAlias = Literal["end", "start"]


def money_weighted_return(
    begin_value: Numeric,
    end_value: Numeric,
    flows: Numeric = (),
    dates: Dates = (),
    *,
    start: Dates,
    end: Dates,
    annualized: bool = True,
    day_count: str = "act/365",
    guess: Numeric = 0.1,
    return_status: bool = False,
) -> Any:
    """Find the rate at which the opening value and the flows grow to the closing value.

    Parameters
    ----------
    begin_value, end_value : array_like (...)
        Market value on `start` and on `end`, in units of money.
    flows : array_like (..., n_flows)
        External flows: contributions positive, withdrawals negative. None by default.
    dates : dates (n_flows,) or (..., n_flows)
        The day of each flow, in any order, from `start` to `end`.
    start, end : dates (...)
        The days of the two valuations.
    annualized : bool
        Give the effective rate per year; with False the return over the whole period, which is what the
        GIPS standards ask for where that is less than a year.
    day_count : {"act/365", "act/360", "act/act", "30/360"}
        How days become years: see `year_fraction`.
    guess : array_like (...)
        Where there are several rates, the one nearest to this is given, as by `xirr`; per year, or with
        ``annualized=False`` over the period.
    return_status : bool
        Give the pair (rates, status) instead of the rates.

    Returns
    -------
    float or array (...)
        As a decimal. NaN where there is no rate, as where all is lost, and where a value or flow is not
        finite.
    RootStatus, or array (...) of its values as text
        Only with `return_status`, as for `xirr`.

    Raises
    ------
    InputError
        `end` is not after `start`; a date is missing or outside the two; there is not one date per flow; an
        argument holds anything but numbers, or dates; `day_count` is unknown; `guess` is -100% or less; or
        the shapes do not broadcast.

    Notes
    -----
    Solves ``begin_value (1 + r)^T + sum of flow_i (1 + r)^(T - t_i) = end_value``, with times from `start` in
    years, or with ``annualized=False`` in periods (T = 1): the internal rate of return of an investor who buys
    the portfolio and sells it again.

    Examples
    --------
    A share bought at 200 and another at 225, with a dividend of 5 paid out; both are worth 470, with
    10 more in dividends, a year later:

    >>> rate = money_weighted_return(200, 480, [220], ["2022-01-01"], start="2021-01-01", end="2023-01-01")
    >>> round(rate, 4)
    0.0939
    """
    convention = day_count_function("day_count", day_count)
    portfolio = _Portfolio.of(begin_value, end_value, flows, dates, start, end)
    investor, days = portfolio.seen_by_the_investor()
    times = convention(np.broadcast_to(portfolio.start[..., np.newaxis], days.shape), days)
    if not annualized:
        times = times / convention(portfolio.start, portfolio.end)[..., np.newaxis]
    n_flows = days.shape[-1]
    table, times = netted(investor.reshape(-1, n_flows), times.reshape(-1, n_flows))
    return internal_rates(table, times, portfolio.start.shape, guess, "nearest", return_status)


def modified_dietz(
    begin_value: Numeric,
    end_value: Numeric,
    flows: Numeric = (),
    dates: Dates = (),
    *,
    start: Dates,
    end: Dates,
    flow_timing: FlowTiming = "end",
) -> Float:
    """Return over a period, with each flow weighted by the share of the days that it was invested.

    Parameters
    ----------
    begin_value, end_value : array_like (...)
        Market value at the close of `start` and of `end`, in units of money.
    flows : array_like (..., n_flows)
        External flows: contributions positive, withdrawals negative. None by default.
    dates : dates (n_flows,) or (..., n_flows)
        The day of each flow, in any order.
    start, end : dates (...)
        The days of the two valuations. For January these are 31 December and 31 January: 31 days.
    flow_timing : {"end", "start"}
        Whether flows are taken to come at the close or the opening of their day. At the opening a flow
        earns that day's return, and none can come on `start` itself.

    Returns
    -------
    float or array (...)
        Return over the period, not annualised, as a decimal. NaN where the average capital is not positive,
        and where a value or a flow is NaN.

    Raises
    ------
    InputError
        `end` is not after `start`; a date is missing or outside the two; there is not one date per flow; an
        argument holds anything but numbers, or dates; `flow_timing` is neither word; or the shapes do not
        broadcast.

    Notes
    -----
    ``(EMV - BMV - F) / (BMV + sum of w_i F_i)`` with ``w_i = (CD - D_i) / CD``, or ``(CD - D_i + 1) / CD`` for
    flows at the start of their day; CD are the calendar days of the period, D_i those up to the flow. GIPS
    Guidance Statement on Calculation Methodology (CFA Institute).

    Examples
    --------
    >>> round(modified_dietz(100, 300, [50], ["2022-01-01"], start="2021-01-01", end="2023-01-01"), 12)
    1.2
    """
    timing = _as_timing(flow_timing)
    portfolio = _Portfolio.of(begin_value, end_value, flows, dates, start, end)
    length = (portfolio.end - portfolio.start).astype(np.float64)[..., np.newaxis]
    elapsed = (portfolio.dates - portfolio.start[..., np.newaxis]).astype(np.float64)
    if timing == "start":
        if not elapsed.all():
            raise InputError(
                "dates",
                "expected days after start for flows at the opening, got start itself",
                advice='Value the portfolio on the day before, or take flow_timing="end"',
            )
        elapsed = elapsed - 1.0
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        capital = portfolio.opening + _total(portfolio.flows * (1.0 - elapsed / length))
        gain = portfolio.closing - portfolio.opening - _total(portfolio.flows)
        return unwrap(np.asarray(gain / np.where(capital > 0, capital, np.nan)))


def time_weighted_return(
    values: Numeric,
    flows: Numeric = 0.0,
    *,
    flow_timing: FlowTiming = "end",
    years: Numeric | None = None,
) -> Float:
    """Return of a portfolio valued whenever money flows, linked over the subperiods.

    Parameters
    ----------
    values : array_like (..., n_subperiods + 1)
        Market values: at the beginning, and at the end of each subperiod.
    flows : array_like (..., n_subperiods), or one number
        External flow of each subperiod: contributions positive, withdrawals negative.
    flow_timing : {"end", "start"}
        Whether a subperiod's flow comes at its end, and is included in the value there, or at its
        beginning, after the value there was taken.
    years : array_like (...), optional
        Length of the whole period: the return is then annualised, as ``(1 + R)^(1 / years) - 1``.

    Returns
    -------
    float or array (...)
        As a decimal. NaN where a subperiod does not begin with a positive amount or loses more than that,
        and where a value, a flow or `years` is NaN.

    Raises
    ------
    InputError
        `values` has fewer than two items on its last axis; `flows` has another number than subperiods;
        `years` is not above zero; an argument is not numeric; `flow_timing` is neither word; or the shapes
        do not broadcast.

    Notes
    -----
    ``product of (V_i - F_i) / V_{i-1}`` less 1 for flows at the end, ``V_i / (V_{i-1} + F_i)`` at the start: GIPS
    Guidance Statement on Calculation Methodology (CFA Institute). Flows do not matter to it, as a fund
    manager does not decide about them: `money_weighted_return` is what the investor earned.

    Examples
    --------
    Two shares held for two years, the second bought after one (see `money_weighted_return`):

    >>> round(time_weighted_return([200, 450, 480], [220, 0], years=2), 4)
    0.1075
    """
    timing = _as_timing(flow_timing)
    worth = as_periods("values", values, minimum=2)
    external = as_float("flows", flows)
    n_subperiods = worth.shape[-1] - 1
    if external.ndim and external.shape[-1] != n_subperiods:
        raise InputError(
            "flows",
            f"expected {n_subperiods} on the last axis, one per subperiod between values {worth.shape}, "
            f"got shape {external.shape}",
        )
    length = None if years is None else as_float("years", years)
    if length is not None:
        refuse("years", length, length <= 0, "a length above zero")
    before, after, external = broadcast(begin=worth[..., :-1], end=worth[..., 1:], flows=external)
    with np.errstate(all="ignore"):
        opening, closing = (before, after - external) if timing == "end" else (before + external, after)
        growth = closing / np.where(opening > 0, opening, np.nan)
        growth = np.where(growth >= 0, growth, np.nan)
        linked = np.ones(growth.shape[:-1])
        for subperiod in range(n_subperiods):
            linked = linked * growth[..., subperiod]
        if length is None:
            return unwrap(np.asarray(linked - 1.0))
        broadcast_shape(values=linked, years=length)
        return unwrap(np.asarray(linked ** (1.0 / length) - 1.0))


class _Portfolio(NamedTuple):
    """Two valuations ``(...)`` and the flows between them ``(..., n_flows)``, broadcast together."""

    opening: Array
    closing: Array
    start: DateArray
    end: DateArray
    flows: Array
    dates: DateArray

    @classmethod
    def of(
        cls, begin_value: Numeric, end_value: Numeric, flows: Numeric, dates: Dates, start: Dates, end: Dates
    ) -> _Portfolio:
        external = as_periods("flows", flows, minimum=0)
        days = as_dates("dates", dates) if np.size(dates) else np.empty(0, dtype="datetime64[D]")
        if days.ndim == 0 or days.shape[-1] != external.shape[-1]:
            raise InputError(
                "dates",
                f"expected one date per flow on the last axis, got shape {days.shape} for {external.shape} flows",
            )
        opening, closing = as_float("begin_value", begin_value), as_float("end_value", end_value)
        first, last = as_dates("start", start), as_dates("end", end)
        lead = _leading_shape(opening, closing, external, days, first, last)
        portfolio = cls(
            np.broadcast_to(opening, lead),
            np.broadcast_to(closing, lead),
            np.broadcast_to(first, lead),
            np.broadcast_to(last, lead),
            np.broadcast_to(external, (*lead, external.shape[-1])),
            np.broadcast_to(days, (*lead, days.shape[-1])),
        )
        portfolio.check_days()
        return portfolio

    def seen_by_the_investor(self) -> tuple[Array, DateArray]:
        """Give what is paid and received, and when, ``(..., n_flows + 2)``."""
        first, last = self.start[..., np.newaxis], self.end[..., np.newaxis]
        paid, received = -self.opening[..., np.newaxis], self.closing[..., np.newaxis]
        days = np.concatenate([first, self.dates, last], axis=-1)
        return np.concatenate([paid, -self.flows, received], axis=-1), days

    def check_days(self) -> None:
        """Refuse an end that is not after the start, and flows outside the two."""
        early = self.end <= self.start
        if early.any():
            raise InputError(
                "end",
                f"expected a day after start, got {self.end[early][0]} for start {self.start[early][0]}",
            )
        outside = (self.dates < self.start[..., np.newaxis]) | (self.dates > self.end[..., np.newaxis])
        if outside.any():
            raise InputError(
                "dates",
                f"expected days from start to end, got {self.dates[outside][0]}",
                advice="Leave out flows before the first valuation and after the last",
            )


def _leading_shape(
    opening: Array, closing: Array, flows: Array, dates: DateArray, start: DateArray, end: DateArray
) -> tuple[int, ...]:
    shapes = {
        "begin_value": opening.shape,
        "end_value": closing.shape,
        "flows": flows.shape[:-1],
        "dates": dates.shape[:-1],
        "start": start.shape,
        "end": end.shape,
    }
    return broadcast_shape(**{name: np.empty(shape) for name, shape in shapes.items()})


def _total(flows: Array) -> Array:
    """Sum over the last axis, which may be empty, in an order that does not depend on the other axes."""
    if not flows.shape[-1]:
        return np.zeros(flows.shape[:-1])
    return sum_of_periods(periods_first(flows, flows.ndim - 1))


def _as_timing(flow_timing: FlowTiming) -> FlowTiming:
    if flow_timing not in get_args(FlowTiming):
        raise InputError("flow_timing", f'expected "end" or "start", got {flow_timing!r}')
    return flow_timing
