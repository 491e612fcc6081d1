"""A look at the market on a day: measures, regimes, what speaks for and against it, and what came after such days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from maos_nb.agents import report_progress
from maos_nb.finance._market_confidence import MarketConfidence, market_confidence
from maos_nb.finance._market_findings import favourable, gap_statements, risks
from maos_nb.finance._market_forecasts import Outlook, outlook
from maos_nb.finance._market_fundamentals import fundamental_measures
from maos_nb.finance._market_measures import Measure, Measures, Statement
from maos_nb.finance._market_regimes import Regime, Regimes, regimes_of
from maos_nb.finance._market_screens import screen_statements
from maos_nb.finance._market_technical import (
    expected_measures,
    index_measures,
    internal_measures,
    stock_table,
)
from maos_nb.finance.market_evidence import STALE_DAYS, MarketEvidence, MarketSource, collect_market
from maos_nb.finance.market_requests import MarketAnalysisRequest

__all__ = [
    "MarketConfidence",
    "MarketView",
    "Measure",
    "Measures",
    "Outlook",
    "Regime",
    "Regimes",
    "analyse_market",
]


@dataclass(frozen=True, slots=True, eq=False)
class MarketView:
    """Everything that an analysis found.

    Parameters
    ----------
    request : MarketAnalysisRequest
    evidence : MarketEvidence
    technical, fundamental : Measures
        Of the index and the stocks behind it; of earnings, dividends, prices and yields.
    stocks : mapping of str to mapping
        Last figures of each stock; None where one is not known.
    regimes : Regimes
    outlook : Outlook
    screens : tuple of dict
        Which stocks meet which condition, each with the base rate of such signals.
    risks, opportunities : tuple of dict
        Statements with their figures, by name; screens that a stock passes are opportunities.
    confidence : MarketConfidence
    """

    request: MarketAnalysisRequest
    evidence: MarketEvidence
    technical: Measures = field(repr=False)
    fundamental: Measures = field(repr=False)
    stocks: Mapping[str, Mapping[str, float | None]] = field(repr=False)
    regimes: Regimes
    outlook: Outlook = field(repr=False)
    screens: tuple[Statement, ...] = field(repr=False)
    risks: tuple[Statement, ...] = field(repr=False)
    opportunities: tuple[Statement, ...] = field(repr=False)
    confidence: MarketConfidence


def analyse_market(request: MarketAnalysisRequest, source: MarketSource) -> MarketView:
    """Look at the market as it was known on the request's day.

    Nothing that became known later is used: percentiles, regimes, base rates and forecasts rest on the past alone.

    Raises
    ------
    RequestError
        If the day has not come yet, or there are no closes of a stock that was asked for.
    MissingDataError
        If there is no close of the index up to that day.

    Examples
    --------
    >>> from maos_nb.data import SampleSource
    >>> view = analyse_market(MarketAnalysisRequest(as_of="2020-03-20"), SampleSource())
    >>> view.regimes.trend.state, view.regimes.volatility.state, round(view.technical.value("above_sma_200"), 3)
    ('down', 'turbulent', -0.242)
    """
    report_progress(0.05, "reading prices, volatility, yields and earnings")
    evidence = collect_market(request, source)
    report_progress(0.2, "measuring trend, breadth and turbulence")
    regimes = regimes_of(evidence)
    expected = expected_measures(evidence, regimes.realised)
    technical = Measures({**index_measures(evidence), **internal_measures(evidence), **expected})
    fundamental = fundamental_measures(evidence)
    report_progress(0.7, "looking at what came after such days")
    ahead = outlook(evidence, regimes, request.horizon_months)
    everything = Measures({**technical, **fundamental})
    screens = tuple(screen_statements(evidence, request.horizon_months))
    is_fresh = request.as_of is None or (request.as_of - evidence.as_of).days <= STALE_DAYS
    return MarketView(
        request=request,
        evidence=evidence,
        technical=technical,
        fundamental=fundamental,
        stocks=stock_table(evidence),
        regimes=regimes,
        outlook=ahead,
        screens=screens,
        risks=(*risks(everything, regimes), *gap_statements(evidence)),
        opportunities=(
            *favourable(everything, regimes),
            *(item for item in screens if item["stocks"]),
        ),
        confidence=market_confidence(evidence, everything, regimes, ahead.basis, is_fresh=is_fresh),
    )
