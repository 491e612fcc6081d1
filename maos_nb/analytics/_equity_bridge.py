"""From the value of the business to the value of a share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import (
    Float,
    Numeric,
    as_amount,
    as_float,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._periods import full, unknown
from maos_nb.analytics._records import figure

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
        ``enterprise_value + cash + investments`` less all the claims.
    value_per_share
        ``equity_value / shares``; NaN without `shares`.
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
        Number of shares; with amounts in millions, millions of shares.

    Returns
    -------
    EquityBridge
        Every step as given, with `equity_value` and `value_per_share` in the shape that all arguments
        broadcast to. A NaN amount makes the equity value NaN: give 0.0 for what is known to be nothing.

    Raises
    ------
    InputError
        If an amount is negative, `shares` is not above zero, an argument is not numeric, or the shapes do
        not broadcast.

    Notes
    -----
    Koller, Goedhart and Wessels, *Valuation*, "From enterprise value to value per share". Options belong in
    `shares`, by the treasury-stock method.

    Examples
    --------
    In Excel: ``=1446.21+120-400-60`` and ``=1106.21/50``.

    >>> bridge = equity_bridge(1446.21, cash=120.0, debt=400.0, leases=60.0, shares=50.0)
    >>> round(bridge.equity_value, 2), round(bridge.value_per_share, 4)
    (1106.21, 22.1242)
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
    count = None if shares is None else as_float("shares", shares)
    if count is not None:
        refuse(
            "shares",
            count,
            count <= 0,
            "a number of shares above zero",
            advice="Leave shares out for the total",
        )
    given = {"enterprise_value": value, **added, **deducted}
    shape = broadcast_shape(**given, **({} if count is None else {"shares": count}))
    equity = full(np.asarray(value + sum(added.values()) - sum(deducted.values())), shape)
    per_share = unknown(shape) if count is None else np.asarray(equity / count)
    return EquityBridge(
        **{name: unwrap(amount) for name, amount in given.items()},
        shares=None if count is None else unwrap(count),
        equity_value=unwrap(equity),
        value_per_share=unwrap(per_share),
    )
