"""Scores of distress by few ratios: Springate's and Zmijewski's."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._special import normal_cdf
from maos_nb.analytics.fundamental import _score_items as items
from maos_nb.analytics.fundamental._score_items import Ebit
from maos_nb.analytics.fundamental._score_table import Score, Zone, ratio, table, weigh
from maos_nb.analytics.fundamental.panel import as_yearly

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SPRINGATE", "ZMIJEWSKI", "springate", "zmijewski"]


@np.errstate(invalid="ignore", over="ignore")
def springate(panel: Any, *, ebit: Ebit = "operating_income") -> pd.DataFrame:
    """Score the distress of a company by Springate's S of 1978.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.
    ebit : {"operating_income", "pretax_income"}
        Operating income as filed, or pretax income and interest expense, which counts other income too.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score``, ``zone``, ``n_available`` of 4, and the four ratios.
        A ratio is NaN where an input is not known or its denominator is zero; so is then the score.

    Raises
    ------
    InputError
        If `panel` or `ebit` is none of these.

    Notes
    -----
    Springate, *Predicting the Possibility of Failure in a Canadian Firm* (Simon Fraser University, 1978):
    ``1.03 x working capital / assets + 3.07 x EBIT / assets + 0.66 x pretax income / current liabilities +
    0.4 x revenue / assets``. Below 0.862 the company is expected to fail.

    Examples
    --------
    In Excel: ``=1.03*200/1000+3.07*150/1000+0.66*120/250+0.4*1000/1000``.

    >>> from maos_nb.analytics.fundamental.panel import Panel
    >>> panel = Panel(("A",), (2023,), {
    ...     "current_assets": [[450.0]], "current_liabilities": [[250.0]], "operating_income": [[150.0]],
    ...     "pretax_income": [[120.0]], "revenue": [[1000.0]], "total_assets": [[1000.0]],
    ... })
    >>> springate(panel)[["score", "zone"]].round(4).values.tolist()
    [[1.3833, 'healthy']]
    """
    facts = as_yearly(panel)
    components = {
        "working_capital_to_assets": items.working_capital_to_assets(facts),
        "ebit_to_assets": ratio(items.ebit(facts, ebit), facts["total_assets"]),
        "pretax_income_to_current_liabilities": ratio(facts["pretax_income"], facts["current_liabilities"]),
        "asset_turnover": ratio(facts["revenue"], facts["total_assets"]),
    }
    score = weigh(SPRINGATE.constant, SPRINGATE.coefficients, components)
    return table(facts, score, SPRINGATE.zones, components)


@np.errstate(invalid="ignore", over="ignore")
def zmijewski(panel: Any) -> pd.DataFrame:
    """Score the distress of a company by Zmijewski's probit model of 1984.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score``, ``zone``, ``n_available`` of 3, the three ratios,
        and ``probability``, the normal distribution's at the score. A ratio is NaN where an input is not
        known or its denominator is zero; so are then score and probability.

    Raises
    ------
    InputError
        If `panel` is none of these.

    Notes
    -----
    Zmijewski, "Methodological Issues Related to the Estimation of Financial Distress Prediction Models",
    Journal of Accounting Research 22 (1984): ``-4.336 - 4.513 x net income / assets + 5.679 x liabilities /
    assets + 0.004 x current assets / current liabilities``, above 0 (a probability of one half) distress.
    Some later texts print -0.004; at a current ratio of 2 that moves the score by 0.016.

    Examples
    --------
    In Excel: ``=-4.336-4.513*80/1000+5.679*500/1000+0.004*2`` and ``=NORM.S.DIST(-1.84954,TRUE)``.

    >>> from maos_nb.analytics.fundamental.panel import Panel
    >>> panel = Panel(("A",), (2023,), {
    ...     "net_income": [[80.0]], "total_liabilities": [[500.0]], "total_assets": [[1000.0]],
    ...     "current_assets": [[400.0]], "current_liabilities": [[200.0]],
    ... })
    >>> zmijewski(panel)[["score", "zone", "probability"]].round(5).values.tolist()
    [[-1.84954, 'healthy', 0.03219]]
    """
    facts = as_yearly(panel)
    components = {
        "return_on_assets": ratio(facts["net_income"], facts["total_assets"]),
        "liabilities_to_assets": ratio(facts["total_liabilities"], facts["total_assets"]),
        "current_ratio": ratio(facts["current_assets"], facts["current_liabilities"]),
    }
    score = weigh(ZMIJEWSKI.constant, ZMIJEWSKI.coefficients, components)
    return table(facts, score, ZMIJEWSKI.zones, components, probability=normal_cdf(score))


SPRINGATE = Score(
    "springate",
    springate,
    "Springate, Predicting the Possibility of Failure in a Canadian Firm (1978)",
    {
        "working_capital_to_assets": "(current_assets - current_liabilities) / total_assets",
        "ebit_to_assets": "operating_income / total_assets",
        "pretax_income_to_current_liabilities": "pretax_income / current_liabilities",
        "asset_turnover": "revenue / total_assets",
    },
    (Zone(-inf, 0.862, "distress", "bad"), Zone(0.862, inf, "healthy", "good")),
    higher_is_better=True,
    coefficients={
        "working_capital_to_assets": 1.03,
        "ebit_to_assets": 3.07,
        "pretax_income_to_current_liabilities": 0.66,
        "asset_turnover": 0.4,
    },
)
ZMIJEWSKI = Score(
    "zmijewski",
    zmijewski,
    "Zmijewski, Journal of Accounting Research 22 (1984)",
    {
        "return_on_assets": "net_income / total_assets",
        "liabilities_to_assets": "total_liabilities / total_assets",
        "current_ratio": "current_assets / current_liabilities",
    },
    (Zone(-inf, 0.0, "healthy", "good"), Zone(0.0, inf, "distress", "bad")),
    higher_is_better=False,
    constant=-4.336,
    coefficients={"return_on_assets": -4.513, "liabilities_to_assets": 5.679, "current_ratio": 0.004},
    further={"probability": "normal distribution at the score"},
)
