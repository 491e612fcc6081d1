"""From the value of the business to the value of a share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_float,
    broadcast,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._periods import full, unknown
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

__all__ = ["EquityBridge", "equity_bridge"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EquityBridge:
    """The steps from enterprise value to equity value and value per share.

    Parameters
    ----------
    enterprise_value, cash, investments, debt, leases, minority_interest, preferred, pension_deficit
        The amounts as given, floats or arrays.
    shares
        The number of shares as given, or None.
    equity_value
        ``enterprise_value + cash + investments`` less all the claims: what belongs to shares and options.
    value_per_share
        ``equity_value / diluted_shares``; NaN without `shares`.
    diluted_shares
        `shares` and the new ones that options add by the treasury-stock method; NaN without `shares`.
    option_value
        What the options take of the equity value: the sum of ``options x (value_per_share - option_strike)``
        over those in the money.
    """

    enterprise_value: Float
    cash: Float
    investments: Float
    debt: Float
    leases: Float
    minority_interest: Float
    preferred: Float
    pension_deficit: Float
    shares: Float | None
    equity_value: Float
    value_per_share: Float
    diluted_shares: Float
    option_value: Float

    def __repr__(self) -> str:
        return (
            f"EquityBridge(enterprise_value={figure(self.enterprise_value)}, "
            f"equity_value={figure(self.equity_value)}, value_per_share={figure(self.value_per_share)})"
        )


def equity_bridge(
    enterprise_value: Numeric,
    *,
    cash: Numeric = 0.0,
    investments: Numeric = 0.0,
    debt: Numeric = 0.0,
    leases: Numeric = 0.0,
    minority_interest: Numeric = 0.0,
    preferred: Numeric = 0.0,
    pension_deficit: Numeric = 0.0,
    shares: Numeric | None = None,
    options: Numeric | None = None,
    option_strike: Numeric | None = None,
) -> EquityBridge:
    """Walk from enterprise value to equity value and value per share.

    Parameters
    ----------
    enterprise_value : array_like, shape (...)
        Value of the operations, in units of money; may be negative.
    cash, investments : array_like, shape (...)
        What is added: cash and equivalents, and stakes and securities outside the operations.
    debt, leases, minority_interest, preferred, pension_deficit : array_like, shape (...)
        What is deducted, each as a positive amount, at market value where there is one.
    shares : array_like, shape (...), optional
        Number of shares outstanding, without options; with amounts in millions, millions of shares.
    options, option_strike : array_like, scalar or shape (..., n_tranches), optional
        Number of options (warrants, and restricted stock with a strike of 0) and their exercise price per
        share, tranches on the last axis. Both are given, with `shares`, or neither.

    Returns
    -------
    EquityBridge
        Every step as given, with `equity_value`, `value_per_share`, `diluted_shares` and `option_value` in
        the shape that all arguments broadcast to. A NaN amount makes the equity value NaN, a NaN tranche the
        value per share: give 0.0 for what is known to be nothing.

    Raises
    ------
    InputError
        If an amount, a number of options or a strike is negative, `shares` is not above zero, one of
        `options` and `option_strike` comes without the other or without `shares`, an argument is not
        numeric, or the shapes do not broadcast.

    Notes
    -----
    Koller, Goedhart and Wessels, *Valuation*, "From enterprise value to value per share". Treasury-stock
    method: exercised options pay in their strikes, with which shares are bought back AT the value per share
    ``v`` that results, not at a market price that differs from it: ``v (shares + sum(n max(0, 1 - k / v))) =
    equity_value``. The left side is the highest, over all sets of tranches, of what they would claim if
    exercised; so ``v`` is the lowest of ``(equity_value + sum(n k)) / (shares + sum(n))`` over the tranches
    exercised from the lowest strike up. The method leaves out the time value of options.

    Examples
    --------
    In Excel: ``=1446.21+120-400-60`` and ``=1106.21/50``; with 5 million options at 10, all in the money,
    ``=(1106.21+5*10)/(50+5)``.

    >>> bridge = equity_bridge(1446.21, cash=120.0, debt=400.0, leases=60.0, shares=50.0)
    >>> round(bridge.equity_value, 2), round(bridge.value_per_share, 4)
    (1106.21, 22.1242)
    >>> diluted = equity_bridge(
    ...     1446.21, cash=120.0, debt=400.0, leases=60.0, shares=50.0, options=[5.0, 2.0], option_strike=[10.0, 30.0]
    ... )
    >>> round(diluted.value_per_share, 4), round(diluted.diluted_shares, 4), round(diluted.option_value, 4)
    (21.022, 52.6215, 55.11)
    """
    value = as_float("enterprise_value", enterprise_value)
    assets = {"cash": cash, "investments": investments}
    claims = {
        "debt": debt,
        "leases": leases,
        "minority_interest": minority_interest,
        "preferred": preferred,
        "pension_deficit": pension_deficit,
    }
    added = {name: as_amount(name, amount) for name, amount in assets.items()}
    deducted = {name: as_amount(name, amount) for name, amount in claims.items()}
    count = _as_shares(shares)
    tranches = _as_tranches(options, option_strike, count)
    given = {"enterprise_value": value, **added, **deducted}
    per_tranche = {} if tranches is None else {"options": tranches[0][..., 0]}
    shape = broadcast_shape(**given, **({} if count is None else {"shares": count}), **per_tranche)
    equity = full(np.asarray(value + sum(added.values()) - sum(deducted.values())), shape)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        per_share = _per_share(equity, count, tranches)
    return EquityBridge(
        **{name: unwrap(amount) for name, amount in given.items()},
        shares=None if count is None else unwrap(count),
        equity_value=unwrap(equity),
        **{name: unwrap(full(array, shape)) for name, array in per_share.items()},
    )


def _as_shares(shares: Numeric | None) -> Array | None:
    if shares is None:
        return None
    count = as_float("shares", shares)
    refuse(
        "shares", count, count <= 0, "a number of shares above zero", advice="Leave shares out for the total"
    )
    return count


def _as_tranches(
    options: Numeric | None, option_strike: Numeric | None, shares: Array | None
) -> tuple[Array, Array] | None:
    """Accept options with their strikes, and sort the tranches by strike."""
    if options is None and option_strike is None:
        return None
    if options is None or option_strike is None or shares is None:
        raise InputError(
            "options and option_strike",
            "expected both, and shares, got only some of them",
            advice="Give the strike of each tranche and the shares outstanding without the options",
        )
    number, strike = broadcast(
        options=np.atleast_1d(as_amount("options", options)),
        option_strike=np.atleast_1d(as_amount("option_strike", option_strike)),
    )
    if number.shape[-1] == 0:
        raise InputError("options", "expected at least 1 tranche, got 0", advice="Leave options out")
    order = np.argsort(strike, axis=-1, kind="stable")
    return np.take_along_axis(number, order, axis=-1), np.take_along_axis(strike, order, axis=-1)


def _per_share(equity: Array, shares: Array | None, tranches: tuple[Array, Array] | None) -> dict[str, Array]:
    if shares is None:
        return {
            "value_per_share": unknown(equity.shape),
            "diluted_shares": unknown(equity.shape),
            "option_value": np.zeros(()),
        }
    if tranches is None:
        return {
            "value_per_share": np.asarray(equity / shares),
            "diluted_shares": shares,
            "option_value": np.zeros(()),
        }
    per_share = diluted_value_per_share(equity, shares, tranches)
    number, strike = tranches
    gain = np.maximum(per_share[..., np.newaxis] - strike, 0.0)
    bought = np.where(gain > 0, gain / per_share[..., np.newaxis], np.where(np.isnan(gain), np.nan, 0.0))
    return {
        "value_per_share": per_share,
        "diluted_shares": np.asarray(shares + (number * bought).sum(axis=-1)),
        "option_value": (number * gain).sum(axis=-1),
    }


def diluted_value_per_share(equity: Array, shares: Array, tranches: tuple[Array, Array]) -> Array:
    """Solve for the value per share with tranches ``(..., n_tranches)`` in order of their strikes."""
    number, strike = tranches
    per_share = np.asarray(equity / shares)
    paid, count = equity, shares
    for tranche in range(number.shape[-1]):
        paid = paid + number[..., tranche] * strike[..., tranche]
        count = count + number[..., tranche]
        per_share = np.minimum(per_share, paid / count)
    return np.asarray(per_share)
