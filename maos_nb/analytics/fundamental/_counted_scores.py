"""Scores that count criteria over two years: Piotroski's F and Montier's C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._score_items import change, gross_profit
from maos_nb.analytics.fundamental._score_table import (
    Score,
    Zone,
    above,
    choose,
    first_known,
    ratio,
    table,
    tally,
    true_where,
)
from maos_nb.analytics.fundamental.panel import Panel, as_yearly

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MONTIER_C",
    "PIOTROSKI",
    "AssetBase",
    "DebtCounted",
    "Offering",
    "Plant",
    "montier_c",
    "piotroski",
]

AssetBase: TypeAlias = Literal["begin", "average", "end"]
"""Total assets at the beginning of the year, the mean of both ends, or at its end."""

DebtCounted: TypeAlias = Literal["long_term", "total"]
"""Long-term debt, or short-term debt with it."""

Offering: TypeAlias = Literal["shares", "proceeds"]
"""New shares told by the number of shares, or by what their issue brought in."""

Plant: TypeAlias = Literal["gross", "net"]
"""Property, plant and equipment before or after accumulated depreciation."""

HIGH_GROWTH = 0.10  # of total assets in a year, by Montier


@np.errstate(invalid="ignore", over="ignore")
def piotroski(
    panel: Any,
    *,
    assets: AssetBase = "begin",
    debt: DebtCounted = "long_term",
    offering: Offering = "shares",
) -> pd.DataFrame:
    """Score the financial strength of a company by nine criteria: Piotroski's F of 2000.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months; share counts restated for splits.
    assets : {"begin", "average", "end"}
        What return on assets and asset turnover are over: total assets at the beginning of the year, as in
        the paper, their mean, or those at its end. With ``"begin"`` and ``"average"`` two of the criteria
        look three balance sheets back.
    debt : {"long_term", "total"}
        Leverage by long-term debt, or by short-term debt too, where the part of it stands that falls due.
    offering : {"shares", "proceeds"}
        No new shares where their number did not rise (``shares_outstanding`` where both are known, or else
        ``basic_shares``), or where ``share_issuance`` is zero, as in the paper. Shares paid to employees make
        the latter rare today.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score`` from 0 to 9, ``zone``, ``n_available`` of 9, nine
        criteria that are 1, 0 or NaN, and ``met``, how many of the available ones are met. A criterion is NaN
        where an input is not known or a denominator is zero. ``score`` is NaN unless all nine are known, for
        5 of 6 is not 5 of 9: read ``met`` with ``n_available`` there.

    Raises
    ------
    InputError
        If `panel` or an option is none of these.

    Notes
    -----
    Piotroski, "Value Investing: The Use of Historical Financial Statement Information to Separate Winners
    from Losers", Journal of Accounting Research 38 (2000). Return on assets and operating cash flow are above
    zero; return on assets rose; operating cash flow exceeds net income; debt over average assets fell; the
    current ratio rose; no shares were issued; gross margin and asset turnover rose. What is equal has neither
    risen nor fallen. 8 and 9 are strong, 0 and 1 weak.

    Examples
    --------
    >>> panel = Panel(("A",), (2021, 2022, 2023), {
    ...     "net_income": [[5.0, 6.0, 8.0]], "operating_cash_flow": [[6.0, 7.0, 9.0]],
    ...     "total_assets": [[90.0, 100.0, 105.0]], "long_term_debt": [[30.0, 30.0, 28.0]],
    ...     "current_assets": [[40.0, 44.0, 50.0]], "current_liabilities": [[20.0, 22.0, 24.0]],
    ...     "shares_outstanding": [[10.0, 10.0, 10.0]], "gross_profit": [[30.0, 33.0, 36.0]],
    ...     "revenue": [[80.0, 88.0, 99.0]],
    ... })
    >>> piotroski(panel)[["score", "zone", "n_available", "met"]].values.tolist()
    [[nan, '', 3, 3.0], [nan, '', 6, 4.0], [8.0, 'strong', 9, 8.0]]
    """
    choose("assets", assets, get_args(AssetBase))
    choose("debt", debt, get_args(DebtCounted))
    choose("offering", offering, get_args(Offering))
    facts = as_yearly(panel)
    base = {"begin": facts.before, "average": facts.average, "end": facts.__getitem__}[assets]("total_assets")
    income, cash = facts["net_income"], facts["operating_cash_flow"]
    return_on_assets = ratio(income, base)
    owed = (
        facts["long_term_debt"] if debt == "long_term" else facts["long_term_debt"] + facts["short_term_debt"]
    )
    criteria = {
        "positive_return_on_assets": above(income, 0.0),
        "positive_operating_cash_flow": above(cash, 0.0),
        "rising_return_on_assets": _risen(facts, return_on_assets),
        "cash_flow_above_earnings": above(cash, income),
        "falling_leverage": _fallen(facts, ratio(owed, facts.average("total_assets"))),
        "rising_current_ratio": _risen(facts, ratio(facts["current_assets"], facts["current_liabilities"])),
        "no_new_shares": _no_new_shares(facts, offering),
        "rising_gross_margin": _risen(facts, ratio(gross_profit(facts), facts["revenue"])),
        "rising_asset_turnover": _risen(facts, ratio(facts["revenue"], base)),
    }
    score, met = tally(criteria)
    return table(facts, score, PIOTROSKI.zones, criteria, met=met)


def _no_new_shares(facts: Panel, offering: Offering) -> Array:
    if offering == "proceeds":
        return true_where(facts["share_issuance"] <= 0, facts["share_issuance"])
    added = first_known(*(change(facts, facts[count]) for count in ("shares_outstanding", "basic_shares")))
    return true_where(added <= 0, added)


def _risen(facts: Panel, figures: Array) -> Array:
    return above(figures, facts.year_before(figures))


def _fallen(facts: Panel, figures: Array) -> Array:
    return above(facts.year_before(figures), figures)


@np.errstate(invalid="ignore", over="ignore")
def montier_c(panel: Any, *, plant: Plant = "gross") -> pd.DataFrame:
    """Count signs that a company cooks its books: Montier's C of 2008, with six criteria.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.
    plant : {"gross", "net"}
        Depreciation over property, plant and equipment before accumulated depreciation
        (``property_plant_equipment_gross``), as Montier has it, or after.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score`` from 0 to 6, ``zone``, ``n_available`` of 6, six
        criteria that are 1 (a bad sign), 0 or NaN, and ``met``, how many of the available ones are met. A
        criterion is NaN where an input is not known or a denominator is zero; ``score`` is NaN unless all six
        are known: read ``met`` with ``n_available`` there. The first year has none.

    Raises
    ------
    InputError
        If `panel` or `plant` is none of these.

    Notes
    -----
    Montier, "Cooking the Books, or, More Sailing under the Black Flag" (Societe Generale, 2008). Net income
    less operating cash flow grew, as an amount; receivables over revenue rose; inventory over cost of revenue
    rose; other current assets (without cash, short-term investments, receivables and inventory) over revenue
    rose; depreciation and amortization over property fell; total assets grew by more than 10%. He went short
    of companies with 5 or 6.

    Examples
    --------
    >>> panel = Panel(("A",), (2022, 2023), {
    ...     "net_income": [[5.0, 8.0]], "operating_cash_flow": [[6.0, 5.0]], "receivables": [[10.0, 14.0]],
    ...     "revenue": [[80.0, 88.0]], "inventory": [[8.0, 10.0]], "cost_of_revenue": [[50.0, 55.0]],
    ...     "current_assets": [[40.0, 44.0]], "cash_and_equivalents": [[10.0, 8.0]],
    ...     "short_term_investments": [[4.0, 4.0]], "depreciation_and_amortization": [[5.0, 5.0]],
    ...     "property_plant_equipment_gross": [[70.0, 80.0]], "total_assets": [[90.0, 100.0]],
    ... })
    >>> montier_c(panel)[["score", "zone", "n_available"]].values.tolist()
    [[nan, '', 0], [5.0, 'many signs', 6]]
    """
    choose("plant", plant, get_args(Plant))
    facts = as_yearly(panel)
    property_ = facts["property_plant_equipment" + ("_gross" if plant == "gross" else "")]
    revenue, assets = facts["revenue"], facts["total_assets"]
    liquid = facts["cash_and_equivalents"] + facts["short_term_investments"]
    other = facts["current_assets"] - liquid - facts["receivables"] - facts["inventory"]
    criteria = {
        "widening_accruals": _risen(facts, facts["net_income"] - facts["operating_cash_flow"]),
        "rising_receivable_days": _risen(facts, ratio(facts["receivables"], revenue)),
        "rising_inventory_days": _risen(facts, ratio(facts["inventory"], facts["cost_of_revenue"])),
        "rising_other_current_assets": _risen(facts, ratio(other, revenue)),
        "falling_depreciation_rate": _fallen(facts, ratio(facts["depreciation_and_amortization"], property_)),
        "high_asset_growth": above(ratio(change(facts, assets), facts.before("total_assets")), HIGH_GROWTH),
    }
    score, met = tally(criteria)
    return table(facts, score, MONTIER_C.zones, criteria, met=met)


_MET = {"met": "how many of the criteria that are available are met"}

PIOTROSKI = Score(
    "piotroski",
    piotroski,
    "Piotroski, Journal of Accounting Research 38 (2000)",
    {
        "positive_return_on_assets": "net_income > 0",
        "positive_operating_cash_flow": "operating_cash_flow > 0",
        "rising_return_on_assets": "net_income / prev(total_assets) above that of the year before",
        "cash_flow_above_earnings": "operating_cash_flow > net_income",
        "falling_leverage": "long_term_debt / avg(total_assets) below that of the year before",
        "rising_current_ratio": "current_assets / current_liabilities above that of the year before",
        "no_new_shares": "shares_outstanding <= prev(shares_outstanding)",
        "rising_gross_margin": "gross_profit / revenue above that of the year before",
        "rising_asset_turnover": "revenue / prev(total_assets) above that of the year before",
    },
    (Zone(0, 2, "weak", "bad"), Zone(2, 8, "middling", "neutral"), Zone(8, 9, "strong", "good")),
    higher_is_better=True,
    further=_MET,
)
MONTIER_C = Score(
    "montier_c",
    montier_c,
    "Montier, Cooking the Books (Societe Generale, 2008)",
    {
        "widening_accruals": "net_income - operating_cash_flow above that of the year before",
        "rising_receivable_days": "receivables / revenue above that of the year before",
        "rising_inventory_days": "inventory / cost_of_revenue above that of the year before",
        "rising_other_current_assets": (
            "(current_assets - cash_and_equivalents - short_term_investments - receivables - inventory)"
            " / revenue above that of the year before"
        ),
        "falling_depreciation_rate": (
            "depreciation_and_amortization / property_plant_equipment_gross below that of the year before"
        ),
        "high_asset_growth": "total_assets / prev(total_assets) - 1 > 10%",
    },
    (Zone(0, 2, "few signs", "good"), Zone(2, 5, "some signs", "neutral"), Zone(5, 6, "many signs", "bad")),
    higher_is_better=False,
    further=_MET,
)
