"""Fixed-rate bonds and the curves they are priced over.

Prices are clean and per 100 of face value, as in Excel; rates are decimals per year. Every function takes
arrays of bonds, all of whose arguments broadcast, and a call on scalars equals the matching element of a
call on arrays.
"""

from __future__ import annotations

from maos_nb.analytics._bond_cashflows import BondCashflows, bond_cashflows
from maos_nb.analytics._bond_curve import bond_price_from_curve, z_spread
from maos_nb.analytics._bond_price import FinalPeriod, Quote, accrued_interest, bond_price, dirty_price
from maos_nb.analytics._bond_risk import convexity, dv01, macaulay_duration, modified_duration
from maos_nb.analytics._bond_schedule import CouponPeriod, coupon_period
from maos_nb.analytics._bond_yield import YieldStatus, bond_yield
from maos_nb.analytics._bootstrap import bootstrap_curve
from maos_nb.analytics._constant_maturity import ReturnMethod, constant_maturity_returns
from maos_nb.analytics._curve_risk import effective_duration, key_rate_duration
from maos_nb.analytics._curves import Compounding, Curve, Interpolation, forward_rates
from maos_nb.analytics._nelson_siegel import NelsonSiegel, nelson_siegel

__all__ = [
    "BondCashflows",
    "Compounding",
    "CouponPeriod",
    "Curve",
    "FinalPeriod",
    "Interpolation",
    "NelsonSiegel",
    "Quote",
    "ReturnMethod",
    "YieldStatus",
    "accrued_interest",
    "bond_cashflows",
    "bond_price",
    "bond_price_from_curve",
    "bond_yield",
    "bootstrap_curve",
    "constant_maturity_returns",
    "convexity",
    "coupon_period",
    "dirty_price",
    "dv01",
    "effective_duration",
    "forward_rates",
    "key_rate_duration",
    "macaulay_duration",
    "modified_duration",
    "nelson_siegel",
    "z_spread",
]
