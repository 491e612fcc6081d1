"""Measures that need the market's view of a company: Merton's distance to default, and Graham's number."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float, refuse
from maos_nb.analytics.fundamental._merton import merton_model
from maos_nb.analytics.fundamental._score_items import market_cap
from maos_nb.analytics.fundamental._score_table import Score, Zone, choose, first_known, ratio, table
from maos_nb.analytics.fundamental.panel import Panel, as_yearly
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GRAHAM_NUMBER", "MERTON", "DefaultPoint", "Earnings", "graham_number", "merton"]

DefaultPoint: TypeAlias = Literal["kmv", "kmv_current", "debt", "liabilities"]
"""Which debt a company has to be able to pay at the horizon."""

Earnings: TypeAlias = Literal["diluted", "basic"]
"""Earnings per share with or without the shares that may be issued."""

MOST_TIMES_EARNINGS, MOST_TIMES_BOOK = 15.0, 1.5


def merton(
    panel: Any, *, debt: DefaultPoint = "kmv", horizon: float = 1.0, drift: Numeric | None = None
) -> pd.DataFrame:
    """Give the distance to default by Merton's model of 1974.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        With ``market_cap`` (or else ``price`` and ``shares_outstanding``), ``equity_volatility`` and
        ``risk_free``, both a year and as decimals, at the end of each period.
    debt : {"kmv", "kmv_current", "debt", "liabilities"}
        The face value to be paid at the horizon: short-term debt and half of long-term debt (KMV's default
        point by financial debt), current liabilities and half of long-term debt, all debt, or total
        liabilities.
    horizon : float
        Years until then, above 0.
    drift : float or array_like, optional
        Expected continuously compounded return of the assets a year, broadcasting to ``(n_companies,
        n_periods)``, for distances in the real world; the risk-free rate by default.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score`` (the distance to default, in standard deviations of
        the assets), ``zone``, ``n_available`` of 4, the four inputs, then ``asset_value``,
        ``asset_volatility``, ``default_probability`` and ``status`` as `merton_model` gives them. NaN where
        an input is NaN; a status of ``"no_debt"`` comes with an infinite distance.

    Raises
    ------
    InputError
        If `panel` or `debt` is none of these, a market capitalisation, a volatility or a debt is negative,
        `horizon` is not above 0, or `drift` is of another shape.

    Notes
    -----
    Merton, "On the Pricing of Corporate Debt", Journal of Finance 29 (1974); default point: Crosbie and Bohn,
    *Modeling Default Risk* (Moody's KMV, 2003). The zones are standard deviations and no rating: 1 leaves a
    default probability of 16%, 3 of 0.13%. KMV reads its distances off a history of defaults instead, which
    are more frequent than the normal distribution says.

    Examples
    --------
    >>> panel = Panel(("A",), (2023,), {
    ...     "market_cap": [[3.0]], "equity_volatility": [[0.80]], "risk_free": [[0.05]],
    ...     "short_term_debt": [[6.0]], "long_term_debt": [[8.0]],
    ... })
    >>> row = merton(panel).loc[("A", 2023)]
    >>> print(f"{row.asset_value:.2f} {row.score:.4f} {row.default_probability:.1%} {row.zone}")
    12.40 1.1408 12.7% watch
    """
    choose("debt", debt, get_args(DefaultPoint))
    facts = as_yearly(panel)
    components = {
        "market_cap": market_cap(facts),
        "equity_volatility": facts["equity_volatility"],
        "risk_free": facts["risk_free"],
        "default_point": _default_point(facts, debt),
    }
    solved = merton_model(
        components["market_cap"],
        components["equity_volatility"],
        components["default_point"],
        components["risk_free"],
        _years(horizon),
        drift=_drift(drift, facts),
    )
    return table(
        facts,
        solved.distance_to_default,
        MERTON.zones,
        components,
        asset_value=solved.asset_value,
        asset_volatility=solved.asset_volatility,
        default_probability=solved.default_probability,
        status=solved.status,
    )


def _years(horizon: float) -> float:
    years = as_float("horizon", horizon)
    if years.ndim:
        raise InputError("horizon", f"expected a single number of years, got shape {years.shape}")
    refuse("horizon", years, years <= 0, "a number of years above 0")
    return float(years)


def _drift(drift: Numeric | None, facts: Panel) -> Array | None:
    if drift is None:
        return None
    given = as_float("drift", drift)
    try:
        return np.broadcast_to(given, facts.shape)
    except ValueError:
        raise InputError(
            "drift", f"expected what broadcasts to {facts.shape}, got shape {given.shape}"
        ) from None


def _default_point(facts: Panel, convention: DefaultPoint) -> Array:
    if convention == "liabilities":
        return facts["total_liabilities"]
    due = facts["current_liabilities"] if convention == "kmv_current" else facts["short_term_debt"]
    return np.asarray(due + (1.0 if convention == "debt" else 0.5) * facts["long_term_debt"])


@np.errstate(invalid="ignore", over="ignore")
def graham_number(panel: Any, *, earnings: Earnings = "diluted") -> pd.DataFrame:
    """Give the most that Graham's defensive investor pays for a share.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months; ``price`` at the end of each for the comparison.
    earnings : {"diluted", "basic"}
        Earnings per share as filed; where they are not known, net income over the shares of the same name.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score`` (money per share), ``zone`` (always empty: the number
        is no mark, and has to be held against the price), ``n_available`` of 2, earnings and book value per
        share
        (shareholders' equity, less preferred equity where some is filed, over ``shares_outstanding``), and
        ``price_to_graham_number``, below 1 for a share that Graham's rule allows. NaN where an input is not
        known, and where earnings or book value are negative: there is no such price then.

    Raises
    ------
    InputError
        If `panel` or `earnings` is none of these.

    Notes
    -----
    Graham, *The Intelligent Investor* (1973), chapter 14: a price of no more than 15 times earnings and 1.5
    times book value, or with a product of no more than 22.5: ``sqrt(22.5 x earnings per share x book value
    per share)``.

    Examples
    --------
    In Excel: ``=SQRT(22.5*2.5*17.92)``.

    >>> panel = Panel(("A",), (2023,), {
    ...     "diluted_eps": [[2.5]], "shareholders_equity": [[1792.0]], "shares_outstanding": [[100.0]],
    ...     "price": [[40.0]],
    ... })
    >>> graham_number(panel)[["score", "price_to_graham_number"]].round(2).values.tolist()
    [[31.75, 1.26]]
    """
    choose("earnings", earnings, get_args(Earnings))
    facts = as_yearly(panel)
    filed = facts[f"{earnings}_eps"]
    preferred = facts["preferred_equity"]
    common = facts["shareholders_equity"] - np.where(np.isnan(preferred), 0.0, preferred)
    components = {
        "earnings_per_share": first_known(filed, ratio(facts["net_income"], facts[f"{earnings}_shares"])),
        "book_value_per_share": ratio(common, facts["shares_outstanding"]),
    }
    per_share, book = components.values()
    product = np.where((per_share < 0) | (book < 0), np.nan, per_share * book)
    number = np.sqrt(MOST_TIMES_EARNINGS * MOST_TIMES_BOOK * product)
    return table(
        facts, number, GRAHAM_NUMBER.zones, components, price_to_graham_number=ratio(facts["price"], number)
    )


MERTON = Score(
    "merton",
    merton,
    "Merton, Journal of Finance 29 (1974); default point of Crosbie and Bohn (2003)",
    {
        "market_cap": "market_cap",
        "equity_volatility": "equity_volatility",
        "risk_free": "risk_free",
        "default_point": "short_term_debt + long_term_debt / 2",
    },
    (
        Zone(-inf, 1.0, "near default", "bad"),
        Zone(1.0, 3.0, "watch", "neutral"),
        Zone(3.0, inf, "far from default", "good"),
    ),
    higher_is_better=True,
    further={
        "asset_value": "solved from the market value and volatility of equity",
        "asset_volatility": "solved from the market value and volatility of equity",
        "default_probability": "normal distribution at minus the score",
        "status": "whether the assets could be solved for, and why not",
    },
)
GRAHAM_NUMBER = Score(
    "graham_number",
    graham_number,
    "Graham, The Intelligent Investor (1973)",
    {
        "earnings_per_share": "diluted_eps",
        "book_value_per_share": "(shareholders_equity - known(preferred_equity)) / shares_outstanding",
    },
    (),
    higher_is_better=True,
    further={"price_to_graham_number": "price / score"},
)
