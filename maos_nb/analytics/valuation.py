"""Valuation by dividends, residual income, EVA, APV, earnings power, peers and parts, and all side by side.

Every function takes arrays ``(..., n_periods)``, periods (or peers, or segments) last, and broadcasts over all
leading axes (companies, scenarios, draws); a call on scalars equals the matching element of a call on arrays.
A single valuation that has no value, such as one that grows for ever at its discount rate, raises; in arrays
it is NaN, and the `status` says why.
"""

from __future__ import annotations

from maos_nb.analytics._adjusted_present_value import (
    AdjustedPresentValue,
    ShieldRisk,
    apv,
    miles_ezzell_wacc,
)
from maos_nb.analytics._dividend_discount import DividendDiscount, ddm
from maos_nb.analytics._dividend_stages import gordon_growth, h_model, three_stage_ddm, two_stage_ddm
from maos_nb.analytics._earnings_power import EarningsPower, epv
from maos_nb.analytics._economic_value_added import EconomicValueAdded, eva
from maos_nb.analytics._football_field import FootballField, football_field
from maos_nb.analytics._multiples import Average, Basis, MultiplesValue, multiples_value
from maos_nb.analytics._residual_income import ResidualIncome, residual_income
from maos_nb.analytics._sum_of_parts import DiscountOn, SumOfParts, sum_of_parts
from maos_nb.analytics._valuation_parts import Range, ValuationStatus

__all__ = [
    "AdjustedPresentValue",
    "Average",
    "Basis",
    "DiscountOn",
    "DividendDiscount",
    "EarningsPower",
    "EconomicValueAdded",
    "FootballField",
    "MultiplesValue",
    "Range",
    "ResidualIncome",
    "ShieldRisk",
    "SumOfParts",
    "ValuationStatus",
    "apv",
    "ddm",
    "epv",
    "eva",
    "football_field",
    "gordon_growth",
    "h_model",
    "miles_ezzell_wacc",
    "multiples_value",
    "residual_income",
    "sum_of_parts",
    "three_stage_ddm",
    "two_stage_ddm",
]
