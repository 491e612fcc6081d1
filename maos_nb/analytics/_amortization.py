"""The schedule of a loan: what each payment is made of, and what is still owed after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._annuity_terms import When, as_begin, level_payment, signed_terms
from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_count,
    as_float,
    broadcast,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._periods import periods_first, periods_last, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AmortizationSchedule", "amortization_schedule"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AmortizationSchedule:
    """Payments of a loan, or of many; all amounts are positive.

    Parameters
    ----------
    period
        1 to the number of periods, ``(n_periods,)``.
    payment
        All that is paid in each period, extra payments and balloon included, ``(..., n_periods)``.
    interest, principal
        The two parts of each payment, ``(..., n_periods)``; principal is negative where a payment does not
        cover the interest.
    balance
        What is owed after each payment, ``(..., n_periods)``; exactly zero after the last.
    """

    period: npt.NDArray[np.int_]
    payment: Array
    interest: Array
    principal: Array
    balance: Array

    @property
    def total_interest(self) -> Float:
        """Interest over the whole life, ``(...)``."""
        return unwrap(sum_of_periods(periods_first(self.interest, self.interest.ndim - 1)))

    @property
    def n_payments(self) -> Float:
        """Periods until nothing is owed, ``(...)``; NaN where the balance is."""
        settled = self.balance == 0
        return unwrap(np.where(settled.any(axis=-1), settled.argmax(axis=-1) + 1.0, np.nan))

    def __repr__(self) -> str:
        return (
            f"AmortizationSchedule(n_periods={len(self.period)}, "
            f"payment={figure(unwrap(np.asarray(self.payment[..., 0])))}, "
            f"total_interest={figure(self.total_interest)})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per period.

        Returns
        -------
        DataFrame
            Columns ``payment``, ``interest``, ``principal`` and ``balance``, indexed by ``period``; of many
            loans by ``loan`` (its number in the flattened leading axes) and ``period``.
        """
        import pandas as pd

        names = ("payment", "interest", "principal", "balance")
        columns = {name: getattr(self, name).ravel() for name in names}
        if self.payment.ndim == 1:
            return pd.DataFrame(columns, index=pd.Index(self.period, name="period"))
        loans = range(self.payment[..., 0].size)
        return pd.DataFrame(
            columns, index=pd.MultiIndex.from_product([loans, self.period], names=["loan", "period"])
        )


def amortization_schedule(
    principal: Numeric,
    rate: Numeric,
    nper: Numeric,
    *,
    payment: Numeric | None = None,
    extra_payment: Numeric = 0.0,
    balloon: Numeric = 0.0,
    when: When = "end",
    decimals: int | None = None,
) -> AmortizationSchedule:
    """Split the payments of a loan into interest and principal, period by period.

    Parameters
    ----------
    principal : array_like (...)
        Amount borrowed, positive.
    rate : array_like (...)
        Interest per period, as a decimal above -1: 6% a year paid monthly is ``0.06 / 12``.
    nper : array_like (...)
        Number of periods, whole; loans of different terms have zeros after their last one.
    payment : array_like (...), optional
        Regular payment, positive; by default the level one that leaves the balloon, as `pmt` gives it. One
        below the interest lets the balance grow.
    extra_payment : array_like (...) or (..., n_periods)
        Principal repaid beside the regular payment, positive: the same in every period, or, with more axes
        than the other arguments broadcast to, one amount per period on the last of them. The regular
        payment stays as it was, and the loan ends early.
    balloon : array_like (...)
        Amount due with the last payment on top of it, positive.
    when : {"end", "begin"}
        Whether payments are due at the end or the beginning of their periods; with "begin" the first one
        holds no interest.
    decimals : int, optional
        Round payments, interest and balances to so many decimals, half to even as `numpy.round` does: 2 for
        cents. By default nothing is rounded.

    Returns
    -------
    AmortizationSchedule
        Arrays ``(..., n_periods)`` in positive amounts. The last payment settles what is owed to the last
        digit. A NaN argument makes that loan NaN, a NaN extra payment its own and all later periods.

    Raises
    ------
    InputError
        An amount is negative or not numeric; the rate is -100% or less; `nper` is not a whole number of at
        least 1; `payment` and `balloon` are both given; the balloon is more than the principal grows to;
        `extra_payment` has another number of periods; `decimals` is not a whole number from 0; `when` is
        neither word; or the shapes do not broadcast.

    Notes
    -----
    ``interest = rate x balance before``, ``principal = payment - interest``, ``balance = balance before -
    principal``. Sums over rows are Excel's CUMIPMT and CUMPRINC with the sign reversed.

    Examples
    --------
    Excel's example of CUMPRINC, 125,000 at 9% over 30 years, of which 934.11 is repaid in the second:

    >>> schedule = amortization_schedule(125000, 0.09 / 12, 360)
    >>> round(float(schedule.principal[12:24].sum()), 4)
    934.1071
    >>> schedule
    AmortizationSchedule(n_periods=360, payment=1,005.78, total_interest=237,080.18)

    With 200 more every month it is paid off in 202 months:

    >>> amortization_schedule(125000, 0.09 / 12, 360, extra_payment=200).n_payments
    202.0
    """
    if payment is not None and np.count_nonzero(balloon):
        raise InputError(
            "payment and balloon",
            "expected one of them, got both",
            advice="A given payment leaves whatever it leaves: the last payment settles that",
        )
    places = None if decimals is None else as_count("decimals", decimals, minimum=0)
    rates = as_rates("rate", rate)
    n = as_float("nper", nper, finite=True)
    refuse("nper", n, (n < 1) | (n != np.round(n)), "a whole number of at least 1 period")
    owed, at_end = as_amount("principal", principal), as_amount("balloon", balloon)
    with np.errstate(all="ignore"):
        if payment is None:
            regular = _level_payment(rates, n, owed, at_end, when)
        else:
            regular = as_amount("payment", payment)
        return _schedule(owed, rates, n, _rounded(regular, places), extra_payment, when, places)


def _level_payment(rates: Array, n: Array, owed: Array, balloon: Array, when: When) -> Array:
    g, n, owed, balloon, begin = signed_terms(when, rate=rates, nper=n, principal=owed, balloon=balloon)
    # The balloon comes with the last payment: with payments at the beginning, a period before the end.
    level = level_payment(g, n, -owed, np.where(begin, balloon * np.exp(g), balloon), begin) + 0.0
    refuse(
        "balloon",
        np.asarray(balloon),
        level < 0,
        "no more than the principal grows to",
        advice="Give the amount due at the end, in the unit of the principal",
    )
    return level


def _schedule(
    owed: Array,
    rates: Array,
    n: Array,
    regular: Array,
    extra_payment: Numeric,
    when: When,
    places: int | None,
) -> AmortizationSchedule:
    loan = {"principal": owed, "rate": rates, "nper": n, "payment": regular}
    owed, rates, n, regular, begin = broadcast(**loan, when=as_begin(when).astype(np.float64))
    n_periods = int(n.max(initial=1.0))
    extra = _extra_by_period(extra_payment, n_periods, owed)
    lead = np.broadcast_shapes(owed.shape, extra.shape[1:])
    payment, interest, principal, balance = np.empty((4, n_periods, *lead))
    left = np.broadcast_to(owed, lead)
    for row in range(n_periods):
        accrued = _rounded(left * rates, places) + 0.0
        if row == 0:
            accrued = np.where(begin == 1.0, 0.0 * accrued, accrued)
        repaid = np.minimum(left, _rounded(regular + extra[row] - accrued, places))
        repaid = np.where(n == row + 1, left, repaid)
        left = _rounded(left - repaid, places)
        interest[row], principal[row], balance[row] = accrued, repaid, left
        payment[row] = _rounded(accrued + repaid, places)
    period = np.arange(1, n_periods + 1)
    return AmortizationSchedule(period, *map(periods_last, (payment, interest, principal, balance)))


def _extra_by_period(extra_payment: Numeric, n_periods: int, loans: Array) -> Array:
    """Give the extra payments as ``(n_periods, ...)``."""
    extra = as_amount("extra_payment", extra_payment)
    if extra.ndim > loans.ndim:
        if extra.shape[-1] != n_periods:
            raise InputError(
                "extra_payment",
                f"expected {n_periods} periods on the last axis, got shape {extra.shape} for loans {loans.shape}",
                advice="With more axes than the loans its last one is the periods",
            )
        extra = periods_first(extra, loans.ndim)
    else:
        extra = np.broadcast_to(extra, (n_periods, *extra.shape))
    broadcast_shape(extra_payment=extra[0], loans=loans)
    return extra


def _rounded(amount: Array, places: int | None) -> Array:
    return amount if places is None else np.asarray(np.round(amount, places))
