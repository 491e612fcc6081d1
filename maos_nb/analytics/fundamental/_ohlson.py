"""Ohlson's O: the probability of bankruptcy by nine variables."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, log
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric
from maos_nb.analytics.fundamental._price_index import price_level
from maos_nb.analytics.fundamental._score_items import working_capital_to_assets
from maos_nb.analytics.fundamental._score_table import (
    Score,
    Zone,
    above,
    choose,
    ratio,
    table,
    true_where,
    weigh,
)
from maos_nb.analytics.fundamental.panel import Panel, as_yearly

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OHLSON", "Funds", "ohlson"]

Funds: TypeAlias = Literal["pretax_income", "operating_cash_flow"]
"""Funds from operations: pretax income with depreciation and amortization, or operating cash flow."""


@np.errstate(invalid="ignore", over="ignore")
def ohlson(
    panel: Any,
    *,
    price_index: Mapping[int | str, float] | Numeric | None = None,
    funds: Funds = "pretax_income",
) -> pd.DataFrame:
    """Score the probability of bankruptcy within a year: Ohlson's O of 1980, his model 1.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months, in US dollars: not in thousands or millions, which
        would add 0.407 log(1000), or 2.8, for each factor of 1000 and make every company look ill.
    price_index : mapping of period to float, or array_like, optional
        The price level, 100 in 1968, by which total assets are divided, for each period of the panel, or
        broadcasting to ``(n_companies, n_periods)``. By default the deflator of the gross domestic product of
        the United States in the calendar year before the fiscal year (Bureau of Economic Analysis, to 2025).
        For another currency give a level times the units of that currency that a dollar buys.
    funds : {"pretax_income", "operating_cash_flow"}
        Funds from operations: pretax income with depreciation and amortization, or operating cash flow.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score``, ``zone``, ``n_available`` of 9, the nine variables,
        and ``probability``, ``1 / (1 + exp(-score))``. A variable is NaN where an input is not known or its
        denominator is zero; so are then score and probability. The first year has none, and without
        `price_index` neither has a panel whose currency is known not to be the US dollar.

    Raises
    ------
    InputError
        If `panel` or `funds` is none of these, or `price_index` is not above zero or of another shape.

    Notes
    -----
    Ohlson, "Financial Ratios and the Probabilistic Prediction of Bankruptcy", Journal of Accounting Research
    18
    (1980): ``-1.32 - 0.407 size + 6.03 liabilities / assets - 1.43 working capital / assets + 0.0757 current
    liabilities / current assets - 1.72 (liabilities exceed assets) - 2.37 net income / assets - 1.83 funds /
    liabilities + 0.285 (losses in two years) - 0.521 change in net income``, where ``size = ln(assets / price
    level)`` and the change is over the sum of both years' absolute net incomes. Among his companies a
    probability of 3.8% (a score of -3.23) told the sick from the sound with the fewest errors; at a score of
    0 the probability is one half.

    Examples
    --------
    >>> panel = Panel(("A",), (2022, 2023), {
    ...     "total_assets": [[9.0e8, 1.0e9]], "total_liabilities": [[4.0e8, 5.0e8]],
    ...     "current_assets": [[4.0e8, 4.0e8]], "current_liabilities": [[2.0e8, 2.0e8]],
    ...     "net_income": [[4.0e7, 6.0e7]], "pretax_income": [[6.0e7, 8.0e7]],
    ...     "depreciation_and_amortization": [[2.0e7, 2.0e7]],
    ... })
    >>> scored = ohlson(panel, price_index={2023: 600.0}).loc[("A", 2023)]
    >>> print(f"{scored['size']:.3f} {scored.score:.3f} {scored.probability:.2%} {scored.zone}")
    14.326 -4.996 0.67% healthy
    """
    choose("funds", funds, get_args(Funds))
    facts = as_yearly(panel)
    components = _variables(facts, price_level(facts, price_index), _funds(facts, funds))
    score = weigh(OHLSON.constant, OHLSON.coefficients, components)
    return table(facts, score, OHLSON.zones, components, probability=1 / (1 + np.exp(-score)))


def _funds(facts: Panel, convention: Funds) -> Array:
    if convention == "operating_cash_flow":
        return facts["operating_cash_flow"]
    return np.asarray(facts["pretax_income"] + facts["depreciation_and_amortization"])


def _variables(facts: Panel, level: Array, funds: Array) -> dict[str, Array]:
    assets, liabilities = facts["total_assets"], facts["total_liabilities"]
    income, before = facts["net_income"], facts.before("net_income")
    return {
        "size": np.log(np.where(assets > 0, assets, np.nan) / level),
        "liabilities_to_assets": ratio(liabilities, assets),
        "working_capital_to_assets": working_capital_to_assets(facts),
        "current_liabilities_to_current_assets": ratio(facts["current_liabilities"], facts["current_assets"]),
        "liabilities_exceed_assets": above(liabilities, assets),
        "return_on_assets": ratio(income, assets),
        "funds_to_liabilities": ratio(funds, liabilities),
        "losses_in_two_years": true_where((income < 0) & (before < 0), income, before),
        "change_in_net_income": ratio(income - before, np.abs(income) + np.abs(before)),
    }


_BEST_CUT_OFF = log(0.038 / 0.962)

OHLSON = Score(
    "ohlson",
    ohlson,
    "Ohlson, Journal of Accounting Research 18 (1980), model 1",
    {
        "size": "log(total_assets / price_index)",
        "liabilities_to_assets": "total_liabilities / total_assets",
        "working_capital_to_assets": "(current_assets - current_liabilities) / total_assets",
        "current_liabilities_to_current_assets": "current_liabilities / current_assets",
        "liabilities_exceed_assets": "total_liabilities > total_assets",
        "return_on_assets": "net_income / total_assets",
        "funds_to_liabilities": "(pretax_income + depreciation_and_amortization) / total_liabilities",
        "losses_in_two_years": "net_income < 0 and prev(net_income) < 0",
        "change_in_net_income": "(net_income - prev(net_income)) / (abs(net_income) + abs(prev(net_income)))",
    },
    (
        Zone(-inf, _BEST_CUT_OFF, "healthy", "good"),
        Zone(_BEST_CUT_OFF, 0.0, "at risk", "neutral"),
        Zone(0.0, inf, "distress", "bad"),
    ),
    higher_is_better=False,
    constant=-1.32,
    coefficients={
        "size": -0.407,
        "liabilities_to_assets": 6.03,
        "working_capital_to_assets": -1.43,
        "current_liabilities_to_current_assets": 0.0757,
        "liabilities_exceed_assets": -1.72,
        "return_on_assets": -2.37,
        "funds_to_liabilities": -1.83,
        "losses_in_two_years": 0.285,
        "change_in_net_income": -0.521,
    },
    further={"probability": "1 / (1 + exp(-score))"},
)
