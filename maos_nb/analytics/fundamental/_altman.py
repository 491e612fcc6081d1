"""Altman's scores of distress: Z for manufacturers that are listed, Z' and Z'' for the others."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental import _score_items as items
from maos_nb.analytics.fundamental._score_items import Ebit
from maos_nb.analytics.fundamental._score_table import Score, Zone, ratio, table, weigh
from maos_nb.analytics.fundamental.panel import Panel, as_yearly
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ALTMAN_Z",
    "ALTMAN_Z_DOUBLE_PRIME",
    "ALTMAN_Z_PRIME",
    "altman_z",
    "altman_z_double_prime",
    "altman_z_prime",
]

EMERGING_MARKETS = 3.25  # sets a bond rated D to about zero

_WORKING_CAPITAL = "(current_assets - current_liabilities) / total_assets"
_RETAINED = "retained_earnings / total_assets"
_EBIT = "operating_income / total_assets"
_BOOK_EQUITY = "shareholders_equity / total_liabilities"
_TURNOVER = "revenue / total_assets"


@np.errstate(invalid="ignore", over="ignore")
def altman_z(panel: Any, *, ebit: Ebit = "operating_income") -> pd.DataFrame:
    """Score the distress of manufacturers whose shares are traded: Altman's Z of 1968.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months; ``market_cap`` (or else ``price`` and
        ``shares_outstanding``) at the end of each.
    ebit : {"operating_income", "pretax_income"}
        Operating income as filed, or pretax income and interest expense, which counts other income too.

    Returns
    -------
    DataFrame
        A row for each ticker and fiscal year: ``score``, ``zone``, ``n_available`` of 5, and the five ratios.
        A ratio is NaN where an input is not known or its denominator is zero; so is then the score.

    Raises
    ------
    InputError
        If `panel` or `ebit` is none of these.

    Notes
    -----
    Altman, "Financial Ratios, Discriminant Analysis and the Prediction of Corporate Bankruptcy", Journal of
    Finance 23 (1968): ``1.2 x working capital / assets + 1.4 x retained earnings / assets + 3.3 x EBIT /
    assets + 0.6 x market capitalisation / liabilities + 0.999 x revenue / assets``. The paper prints the
    first four coefficients for ratios in percent. Below 1.81 distress, above 2.99 safe.

    Examples
    --------
    In Excel: ``=1.2*100/1000+1.4*400/1000+3.3*50/1000+0.6*600/700+0.999*1500/1000``.

    >>> panel = Panel(("A",), (2023,), {
    ...     "current_assets": [[300.0]], "current_liabilities": [[200.0]], "retained_earnings": [[400.0]],
    ...     "operating_income": [[50.0]], "market_cap": [[600.0]], "total_liabilities": [[700.0]],
    ...     "revenue": [[1500.0]], "total_assets": [[1000.0]],
    ... })
    >>> scored = altman_z(panel)
    >>> scored.score.round(3).tolist(), scored.zone.tolist(), scored.n_available.tolist()
    ([2.858], ['grey'], [5])
    """
    facts = as_yearly(panel)
    components = _altman_ratios(facts, ebit) | {
        "market_cap_to_liabilities": ratio(items.market_cap(facts), facts["total_liabilities"]),
        "asset_turnover": ratio(facts["revenue"], facts["total_assets"]),
    }
    return _weighted(facts, ALTMAN_Z, components)


@np.errstate(invalid="ignore", over="ignore")
def altman_z_prime(panel: Any, *, ebit: Ebit = "operating_income") -> pd.DataFrame:
    """Score the distress of manufacturers that are not listed: Altman's Z' of 1983.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.
    ebit : {"operating_income", "pretax_income"}
        As for `altman_z`.

    Returns
    -------
    DataFrame
        As `altman_z` gives it, with book equity in the place of market capitalisation. A ratio is NaN where
        an input is not known or its denominator is zero; so is then the score.

    Raises
    ------
    InputError
        If `panel` or `ebit` is none of these.

    Notes
    -----
    Altman, *Corporate Financial Distress* (1983): ``0.717 x working capital / assets + 0.847 x retained
    earnings / assets + 3.107 x EBIT / assets + 0.420 x book equity / liabilities + 0.998 x revenue /
    assets``. Below 1.23 distress, above 2.90 safe.

    Examples
    --------
    >>> panel = Panel(("A",), (2023,), {
    ...     "current_assets": [[300.0]], "current_liabilities": [[200.0]], "retained_earnings": [[400.0]],
    ...     "operating_income": [[50.0]], "shareholders_equity": [[300.0]], "total_liabilities": [[700.0]],
    ...     "revenue": [[1500.0]], "total_assets": [[1000.0]],
    ... })
    >>> altman_z_prime(panel)[["score", "zone"]].round(3).values.tolist()
    [[2.243, 'grey']]
    """
    facts = as_yearly(panel)
    components = _altman_ratios(facts, ebit) | {
        "book_equity_to_liabilities": ratio(facts["shareholders_equity"], facts["total_liabilities"]),
        "asset_turnover": ratio(facts["revenue"], facts["total_assets"]),
    }
    return _weighted(facts, ALTMAN_Z_PRIME, components)


@np.errstate(invalid="ignore", over="ignore")
def altman_z_double_prime(
    panel: Any, *, ebit: Ebit = "operating_income", emerging_markets: bool = False
) -> pd.DataFrame:
    """Score the distress of companies that do not manufacture, or in emerging markets: Altman's Z''.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        Figures of years, or of the last twelve months.
    ebit : {"operating_income", "pretax_income"}
        As for `altman_z`.
    emerging_markets : bool
        Add the constant 3.25, which makes the emerging market score; the zones move up with it.

    Returns
    -------
    DataFrame
        As `altman_z` gives it, without asset turnover, so that ``n_available`` is of 4, and with book equity
        in the place of market capitalisation. A ratio is NaN where an input is not known or its denominator
        is zero; so is then the score.

    Raises
    ------
    InputError
        If `panel` or `ebit` is none of these, or `emerging_markets` is no bool.

    Notes
    -----
    Altman, *Corporate Financial Distress and Bankruptcy* (1993): ``6.56 x working capital / assets + 3.26 x
    retained earnings / assets + 6.72 x EBIT / assets + 1.05 x book equity / liabilities``. Below 1.10
    distress, above 2.60 safe. Altman, Hartzell and Peck (1995) add 3.25 for emerging markets: 4.35 and 5.85.

    Examples
    --------
    >>> panel = Panel(("A",), (2023,), {
    ...     "current_assets": [[300.0]], "current_liabilities": [[200.0]], "retained_earnings": [[400.0]],
    ...     "operating_income": [[50.0]], "shareholders_equity": [[300.0]], "total_liabilities": [[700.0]],
    ...     "total_assets": [[1000.0]],
    ... })
    >>> altman_z_double_prime(panel).score.round(3).tolist()
    [2.746]
    >>> altman_z_double_prime(panel, emerging_markets=True)[["score", "zone"]].round(3).values.tolist()
    [[5.996, 'safe']]
    """
    if not isinstance(emerging_markets, bool | np.bool_):
        raise InputError("emerging_markets", f"expected True or False, got {emerging_markets!r}")
    facts = as_yearly(panel)
    components = _altman_ratios(facts, ebit) | {
        "book_equity_to_liabilities": ratio(facts["shareholders_equity"], facts["total_liabilities"]),
    }
    return _weighted(
        facts, ALTMAN_Z_DOUBLE_PRIME, components, shift=EMERGING_MARKETS if emerging_markets else 0.0
    )


def _altman_ratios(facts: Panel, ebit: Ebit) -> dict[str, Array]:
    return {
        "working_capital_to_assets": items.working_capital_to_assets(facts),
        "retained_earnings_to_assets": ratio(facts["retained_earnings"], facts["total_assets"]),
        "ebit_to_assets": ratio(items.ebit(facts, ebit), facts["total_assets"]),
    }


def _weighted(facts: Panel, score: Score, components: dict[str, Array], shift: float = 0.0) -> pd.DataFrame:
    values = weigh(score.constant + shift, score.coefficients, components)
    zones = tuple(
        Zone(zone.lower + shift, zone.upper + shift, zone.name, zone.verdict) for zone in score.zones
    )
    return table(facts, values, zones, components)


def _distress_grey_safe(distress: float, safe: float) -> tuple[Zone, ...]:
    return (
        Zone(-inf, distress, "distress", "bad"),
        Zone(distress, safe, "grey", "neutral"),
        Zone(safe, inf, "safe", "good"),
    )


ALTMAN_Z = Score(
    "altman_z",
    altman_z,
    "Altman, Journal of Finance 23 (1968)",
    {
        "working_capital_to_assets": _WORKING_CAPITAL,
        "retained_earnings_to_assets": _RETAINED,
        "ebit_to_assets": _EBIT,
        "market_cap_to_liabilities": "market_cap / total_liabilities",
        "asset_turnover": _TURNOVER,
    },
    _distress_grey_safe(1.81, 2.99),
    higher_is_better=True,
    coefficients={
        "working_capital_to_assets": 1.2,
        "retained_earnings_to_assets": 1.4,
        "ebit_to_assets": 3.3,
        "market_cap_to_liabilities": 0.6,
        "asset_turnover": 0.999,
    },
)
ALTMAN_Z_PRIME = Score(
    "altman_z_prime",
    altman_z_prime,
    "Altman, Corporate Financial Distress (1983)",
    {
        "working_capital_to_assets": _WORKING_CAPITAL,
        "retained_earnings_to_assets": _RETAINED,
        "ebit_to_assets": _EBIT,
        "book_equity_to_liabilities": _BOOK_EQUITY,
        "asset_turnover": _TURNOVER,
    },
    _distress_grey_safe(1.23, 2.90),
    higher_is_better=True,
    coefficients={
        "working_capital_to_assets": 0.717,
        "retained_earnings_to_assets": 0.847,
        "ebit_to_assets": 3.107,
        "book_equity_to_liabilities": 0.420,
        "asset_turnover": 0.998,
    },
)
ALTMAN_Z_DOUBLE_PRIME = Score(
    "altman_z_double_prime",
    altman_z_double_prime,
    "Altman, Corporate Financial Distress and Bankruptcy (1993)",
    {
        "working_capital_to_assets": _WORKING_CAPITAL,
        "retained_earnings_to_assets": _RETAINED,
        "ebit_to_assets": _EBIT,
        "book_equity_to_liabilities": _BOOK_EQUITY,
    },
    _distress_grey_safe(1.10, 2.60),
    higher_is_better=True,
    coefficients={
        "working_capital_to_assets": 6.56,
        "retained_earnings_to_assets": 3.26,
        "ebit_to_assets": 6.72,
        "book_equity_to_liabilities": 1.05,
    },
)
