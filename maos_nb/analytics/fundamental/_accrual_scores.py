"""Scores of how far earnings run ahead of cash: Beneish's M and Sloan's accruals."""

from __future__ import annotations

from functools import reduce
from math import inf
from operator import add
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._special import normal_cdf
from maos_nb.analytics.fundamental._score_items import gross_profit, working_capital_accruals
from maos_nb.analytics.fundamental._score_table import Score, Zone, choose, ratio, table, weigh
from maos_nb.analytics.fundamental.panel import Panel, as_yearly

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BENEISH", "SLOAN_ACCRUALS", "AccrualMethod", "TaxPayable", "beneish", "sloan_accruals"]

AccrualMethod: TypeAlias = Literal["balance_sheet", "cash_flow"]
"""Changes in working capital less depreciation, or net income less operating cash flow."""

TaxPayable: TypeAlias = Literal["required", "left_out"]
"""Whether income taxes payable are taken out of current liabilities, or stay among them."""


@np.errstate(invalid="ignore", over="ignore")
def beneish(
    panel: Any, *, accruals: AccrualMethod = "cash_flow", tax_payable: TaxPayable = "required"
) -> pd.DataFrame:
    """Score how likely earnings are manipulated: Beneish's M of 1999, with eight variables.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.
    accruals : {"cash_flow", "balance_sheet"}
        Net income less operating cash flow, as Beneish, Lee and Nichols (2013) have it, or the change in
        working capital without cash, short-term debt and income taxes payable, less depreciation, as in 1999.
    tax_payable : {"required", "left_out"}
        With ``accruals="balance_sheet"``: ``"left_out"`` does without ``income_tax_payable``, which then
        stays among current liabilities.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score``, ``zone``, ``n_available`` of 8, the eight variables
        (all but the last are indices: this year's ratio over the year's before), and ``probability``, the
        normal distribution's at the score. A variable is NaN where an input is not known or a denominator is
        zero; so are then score and probability. The first year has none.

    Raises
    ------
    InputError
        If `panel`, `accruals` or `tax_payable` is none of these.

    Notes
    -----
    Beneish, "The Detection of Earnings Manipulation", Financial Analysts Journal 55 (1999):

    ``-4.84 + 0.920 DSRI + 0.528 GMI + 0.404 AQI + 0.892 SGI + 0.115 DEPI - 0.172 SGAI + 4.679 TATA - 0.327
    LVGI``, the indices of receivables over revenue, gross margin, the share of assets that are neither
    current nor property, revenue, the rate of depreciation ``depreciation / (depreciation + property)``,
    selling, general and administrative expenses over revenue, accruals over assets (no index), and current
    liabilities with long-term debt over assets. Gross margin and depreciation have the year before on top, so
    that a fall is above 1. Depreciation includes amortization here, as few companies file them apart.

    Above -1.78 the paper expects manipulation where missing one costs 20 times a false alarm; -2.22 is a
    stricter bound of later practice.

    Examples
    --------
    A company that doubles on the same ratios, with accruals of nothing:

    >>> panel = Panel(("A",), (2022, 2023), {
    ...     "receivables": [[20.0, 40.0]], "revenue": [[100.0, 200.0]], "gross_profit": [[40.0, 80.0]],
    ...     "current_assets": [[50.0, 100.0]], "property_plant_equipment": [[40.0, 80.0]],
    ...     "total_assets": [[100.0, 200.0]], "depreciation_and_amortization": [[4.0, 8.0]],
    ...     "selling_general_administrative": [[10.0, 20.0]], "current_liabilities": [[30.0, 60.0]],
    ...     "long_term_debt": [[20.0, 40.0]], "net_income": [[5.0, 10.0]],
    ...     "operating_cash_flow": [[5.0, 10.0]],
    ... })
    >>> beneish(panel)[["score", "zone", "n_available"]].round(3).values.tolist()
    [[nan, '', 1], [-1.588, 'likely manipulator', 8]]
    """
    choose("accruals", accruals, get_args(AccrualMethod))
    choose("tax_payable", tax_payable, get_args(TaxPayable))
    facts = as_yearly(panel)
    if accruals == "cash_flow":
        accrued = facts["net_income"] - facts["operating_cash_flow"]
    else:
        accrued = _sum(working_capital_accruals(facts, without_tax_payable=tax_payable == "left_out"))
    components = _indices(facts) | {"accruals_to_assets": ratio(accrued, facts["total_assets"])}
    score = weigh(BENEISH.constant, BENEISH.coefficients, components)
    return table(facts, score, BENEISH.zones, components, probability=normal_cdf(score))


def _indices(facts: Panel) -> dict[str, Array]:
    revenue, assets, property_ = facts["revenue"], facts["total_assets"], facts["property_plant_equipment"]
    depreciation = facts["depreciation_and_amortization"]
    debts = facts["current_liabilities"] + facts["long_term_debt"]
    margin = ratio(gross_profit(facts), revenue)
    depreciation_rate = ratio(depreciation, depreciation + property_)
    return {
        "days_sales_in_receivables_index": _index(facts, ratio(facts["receivables"], revenue)),
        "gross_margin_index": ratio(facts.year_before(margin), margin),
        "asset_quality_index": _index(facts, 1 - ratio(facts["current_assets"] + property_, assets)),
        "sales_growth_index": _index(facts, revenue),
        "depreciation_index": ratio(facts.year_before(depreciation_rate), depreciation_rate),
        "sga_index": _index(facts, ratio(facts["selling_general_administrative"], revenue)),
        "leverage_index": _index(facts, ratio(debts, assets)),
    }


def _index(facts: Panel, figures: Array) -> Array:
    return ratio(figures, facts.year_before(figures))


@np.errstate(invalid="ignore", over="ignore")
def sloan_accruals(
    panel: Any, *, method: AccrualMethod = "balance_sheet", tax_payable: TaxPayable = "required"
) -> pd.DataFrame:
    """Give the accruals in earnings over average total assets: Sloan's measure of 1996.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.
    method : {"balance_sheet", "cash_flow"}
        The change in working capital without cash (and short-term investments, where both balances are
        known), short-term debt and income taxes payable, less depreciation and amortization; or net income
        less operating cash flow, which acquisitions and translation do not disturb (Hribar and Collins 2002).
    tax_payable : {"required", "left_out"}
        With the balance sheet: ``"left_out"`` does without ``income_tax_payable``, which many companies do
        not file and which then stays among current liabilities.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score``, ``zone``, ``n_available`` and what the score is the
        sum of, each with its sign and over average total assets: six parts by the balance sheet (five without
        taxes payable), two by the cash flow statement. A part is NaN where an input is not known; so is then
        the score. The first year has none.

    Raises
    ------
    InputError
        If `panel`, `method` or `tax_payable` is none of these.

    Notes
    -----
    Sloan, "Do Stock Prices Fully Reflect Information in Accruals and Cash Flows about Future Earnings?",
    Accounting Review 71 (1996): ``((change in current assets - change in cash) - (change in current
    liabilities - change in short-term debt - change in taxes payable) - depreciation) / average total
    assets``. The paper ranks companies and sets no bounds: below zero cash exceeds earnings; that accruals
    above 10% of assets are a warning is a rule of practice.

    Examples
    --------
    In Excel: ``=(40-10)/AVERAGE(190,210)``.

    >>> panel = Panel(("A",), (2022, 2023), {
    ...     "net_income": [[30.0, 40.0]], "operating_cash_flow": [[35.0, 10.0]],
    ...     "total_assets": [[190.0, 210.0]],
    ... })
    >>> sloan_accruals(panel, method="cash_flow")[["score", "zone"]].round(3).values.tolist()
    [[nan, ''], [0.15, 'high accruals']]
    """
    choose("method", method, get_args(AccrualMethod))
    choose("tax_payable", tax_payable, get_args(TaxPayable))
    facts = as_yearly(panel)
    if method == "balance_sheet":
        parts = working_capital_accruals(facts, without_tax_payable=tax_payable == "left_out")
    else:
        parts = {"net_income": facts["net_income"], "operating_cash_flow": -facts["operating_cash_flow"]}
    components = {name: ratio(part, facts.average("total_assets")) for name, part in parts.items()}
    return table(facts, _sum(components), SLOAN_ACCRUALS.zones, components)


def _sum(parts: dict[str, Array]) -> Array:
    return np.asarray(reduce(add, parts.values()))


BENEISH = Score(
    "beneish",
    beneish,
    "Beneish, Financial Analysts Journal 55 (1999)",
    {
        "days_sales_in_receivables_index": "receivables / revenue, over that of the year before",
        "gross_margin_index": "gross_profit / revenue of the year before, over this year's",
        "asset_quality_index": (
            "1 - (current_assets + property_plant_equipment) / total_assets, over that of the year before"
        ),
        "sales_growth_index": "revenue / prev(revenue)",
        "depreciation_index": (
            "depreciation_and_amortization / (depreciation_and_amortization + property_plant_equipment)"
            " of the year before, over this year's"
        ),
        "sga_index": "selling_general_administrative / revenue, over that of the year before",
        "leverage_index": (
            "(current_liabilities + long_term_debt) / total_assets, over that of the year before"
        ),
        "accruals_to_assets": "(net_income - operating_cash_flow) / total_assets",
    },
    (
        Zone(-inf, -2.22, "unlikely manipulator", "good"),
        Zone(-2.22, -1.78, "grey", "neutral"),
        Zone(-1.78, inf, "likely manipulator", "bad"),
    ),
    higher_is_better=False,
    constant=-4.84,
    coefficients={
        "days_sales_in_receivables_index": 0.920,
        "gross_margin_index": 0.528,
        "asset_quality_index": 0.404,
        "sales_growth_index": 0.892,
        "depreciation_index": 0.115,
        "sga_index": -0.172,
        "leverage_index": -0.327,
        "accruals_to_assets": 4.679,
    },
    further={"probability": "normal distribution at the score"},
)
SLOAN_ACCRUALS = Score(
    "sloan_accruals",
    sloan_accruals,
    "Sloan, Accounting Review 71 (1996)",
    {
        "change_in_current_assets": "(current_assets - prev(current_assets)) / avg(total_assets)",
        "change_in_cash": (
            "less the change in cash_and_equivalents and short_term_investments, / avg(total_assets)"
        ),
        "change_in_current_liabilities": "less the change in current_liabilities, / avg(total_assets)",
        "change_in_short_term_debt": "(short_term_debt - prev(short_term_debt)) / avg(total_assets)",
        "change_in_tax_payable": "(income_tax_payable - prev(income_tax_payable)) / avg(total_assets)",
        "depreciation": "-depreciation_and_amortization / avg(total_assets)",
    },
    (
        Zone(-inf, 0.0, "cash above earnings", "good"),
        Zone(0.0, 0.10, "some accruals", "neutral"),
        Zone(0.10, inf, "high accruals", "bad"),
    ),
    higher_is_better=False,
    coefficients=dict.fromkeys(
        (
            "change_in_current_assets",
            "change_in_cash",
            "change_in_current_liabilities",
            "change_in_short_term_debt",
            "change_in_tax_payable",
            "depreciation",
        ),
        1.0,
    ),
)
