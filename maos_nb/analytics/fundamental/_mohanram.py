"""Mohanram's G: eight criteria that compare a company with the median of its industry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.fundamental._score_table import Score, Zone, above, ratio, table, tally
from maos_nb.analytics.fundamental.panel import Panel, as_yearly
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOHANRAM_G", "mohanram_g"]


@np.errstate(invalid="ignore", over="ignore")
def mohanram_g(
    panel: Any,
    *,
    groups: Mapping[str, Any] | pd.Series | None = None,
    years: int = 4,
    minimum_companies: int = 3,
) -> pd.DataFrame:
    """Score growth companies against their industry by eight criteria: Mohanram's G of 2005.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months, of many companies.
    groups : mapping or Series of ticker to industry, optional
        A company is compared with the median of its group, to which it belongs itself; a ticker that is not
        there, or whose group is None or NaN, has no medians. One group of all companies by default.
    years : int
        Over how many years return on assets and growth of revenue are to vary little, 2 at least; all have to
        be known. The paper takes the quarters of four years.
    minimum_companies : int
        The median of fewer known figures than these is NaN.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score`` from 0 to 8, ``zone``, ``n_available`` of 8, eight
        criteria that are 1, 0 or NaN, and ``met``, how many of the available ones are met. A criterion is NaN
        where an input or the median is not known or a denominator is zero; ``score`` is NaN unless all eight
        are known: read ``met`` with ``n_available`` there. ``advertising`` is seldom filed.

    Raises
    ------
    InputError
        If `panel` is none of these, `groups` is no mapping or has a ticker twice, or `years` or
        `minimum_companies` is no whole number of at least 2 and 1.

    Notes
    -----
    Mohanram, "Separating Winners from Losers among Low Book-to-Market Stocks using Financial Statement
    Analysis", Review of Accounting Studies 10 (2005), for companies with a low ratio of book to market value.
    Net income and operating cash flow over average assets are above the median; operating cash flow exceeds
    net income; the variances of return on assets and of revenue growth are below the median; research and
    development, capital expenditure and advertising, each over the assets at the beginning of the year, are
    above it. 6 to 8 is high, 0 and 1 low.

    Examples
    --------
    >>> panel = Panel(("A", "B", "C"), (2022, 2023), {
    ...     "net_income": [[5.0, 6.0], [4.0, 4.0], [1.0, 2.0]],
    ...     "total_assets": [[100.0, 100.0], [100.0, 100.0], [100.0, 100.0]],
    ... })
    >>> mohanram_g(panel)["high_return_on_assets"].tolist()
    [nan, 1.0, nan, 0.0, nan, 0.0]
    """
    as_count("years", years, minimum=2)
    as_count("minimum_companies", minimum_companies)
    facts = as_yearly(panel)
    members = _members(facts, groups)
    found = {"cash_flow_above_earnings": above(facts["operating_cash_flow"], facts["net_income"])}
    for name, figures in _levels(facts).items():
        found[name] = above(figures, _medians(figures, members, minimum_companies))
    for name, figures in _variances(facts, years).items():
        found[name] = above(_medians(figures, members, minimum_companies), figures)
    criteria = {name: found[name] for name in MOHANRAM_G.components}
    score, met = tally(criteria)
    return table(facts, score, MOHANRAM_G.zones, criteria, met=met)


def _members(facts: Panel, groups: Any) -> list[npt.NDArray[np.intp]]:
    """Give the rows of each group."""
    import pandas as pd

    if groups is None:
        return [np.arange(len(facts.tickers))]
    if not hasattr(groups, "items") or not hasattr(groups, "keys"):
        raise InputError("groups", f"expected a mapping of ticker to industry, got {type(groups).__name__}")
    industries = dict(groups.items())
    if len(industries) < len(groups):
        raise InputError("groups", "expected one industry for each ticker, got a ticker more than once")
    rows: dict[Any, list[int]] = {}
    for row, ticker in enumerate(facts.tickers):
        industry = industries.get(ticker)
        if not (pd.api.types.is_scalar(industry) and pd.isna(industry)):
            rows.setdefault(industry, []).append(row)
    return [np.array(places) for places in rows.values()]


def _levels(facts: Panel) -> dict[str, Array]:
    average, begin = facts.average("total_assets"), facts.before("total_assets")
    return {
        "high_return_on_assets": ratio(facts["net_income"], average),
        "high_cash_return_on_assets": ratio(facts["operating_cash_flow"], average),
        "high_research_intensity": ratio(facts["research_and_development"], begin),
        "high_capital_intensity": ratio(facts["capital_expenditure"], begin),
        "high_advertising_intensity": ratio(facts["advertising"], begin),
    }


def _variances(facts: Panel, years: int) -> dict[str, Array]:
    growth = ratio(facts["revenue"], facts.before("revenue"))
    return {
        "stable_return_on_assets": _variance(
            facts, ratio(facts["net_income"], facts.average("total_assets")), years
        ),
        "stable_revenue_growth": _variance(facts, growth, years),
    }


def _variance(facts: Panel, figures: Array, years: int) -> Array:
    """Give the variance of the last figures, a year apart; NaN unless all are known."""
    window = [figures]
    for _ in range(years - 1):
        window.append(facts.year_before(window[-1]))
    return np.asarray(np.var(np.stack(window), axis=0, ddof=1))


def _medians(figures: Array, members: list[npt.NDArray[np.intp]], minimum: int) -> Array:
    """Give the median of each company's group in each period, NaN where too few figures are known."""
    medians = np.full(figures.shape, np.nan)
    for rows in members:
        group = figures[rows]
        enough = np.flatnonzero(np.isfinite(group).sum(axis=0) >= minimum)
        medians[np.ix_(rows, enough)] = np.nanmedian(group[:, enough], axis=0)
    return medians


MOHANRAM_G = Score(
    "mohanram_g",
    mohanram_g,
    "Mohanram, Review of Accounting Studies 10 (2005)",
    {
        "high_return_on_assets": "net_income / avg(total_assets) above the group's median",
        "high_cash_return_on_assets": "operating_cash_flow / avg(total_assets) above the group's median",
        "cash_flow_above_earnings": "operating_cash_flow > net_income",
        "stable_return_on_assets": "variance of net_income / avg(total_assets) below the group's median",
        "stable_revenue_growth": "variance of revenue / prev(revenue) below the group's median",
        "high_research_intensity": "research_and_development / prev(total_assets) above the group's median",
        "high_capital_intensity": "capital_expenditure / prev(total_assets) above the group's median",
        "high_advertising_intensity": "advertising / prev(total_assets) above the group's median",
    },
    (Zone(0, 2, "low", "bad"), Zone(2, 6, "middling", "neutral"), Zone(6, 8, "high", "good")),
    higher_is_better=True,
    further={"met": "how many of the criteria that are available are met"},
)
