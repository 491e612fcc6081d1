"""What speaks against the market and what for it: rules with thresholds, each sentence with its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from maos_nb.finance._market_measures import Measures, Statement, say, say_of
from maos_nb.finance._market_regimes import TREND_BAND, TREND_WINDOW, Regimes
from maos_nb.finance._market_technical import LONG, MONTH, QUARTER, YEAR
from maos_nb.finance.market_evidence import STOCKS, MarketEvidence

__all__ = ["favourable", "gap_statements", "risks", "trend_statement", "volatility_statement"]

HIGH, LOW = 0.75, 0.25
"""Percentiles beyond which a figure is called high or low against its past."""
CORRECTION = -0.1
NARROW, BROAD = 0.3, 0.7
OVERBOUGHT, OVERSOLD = 70.0, 30.0
COUPLED = 1.0
"""Kritzman, Li, Page and Rigobon (2011) find falls to follow shifts of more than one deviation."""
STEEP = 0.01


@dataclass(frozen=True, slots=True)
class _Rule:
    """A finding: when it holds, and its words, whose names are those of measures, regimes or thresholds."""

    name: str
    holds: Callable[[Measures], bool]
    words: str


_RISKS = (
    _Rule(
        "drawdown",
        lambda found: found.value("drawdown_252") <= CORRECTION,
        "The index is {drawdown_252:.1%} from its highest close of {year_days} days.",
    ),
    _Rule(
        "expected_volatility",
        lambda found: found.percentile("vix") > HIGH,
        "The volatility index stands at {vix:.1f}, higher than on {vix_percentile:.1%} of earlier days.",
    ),
    _Rule(
        "narrow_breadth",
        lambda found: found.value("share_above_200") < NARROW,
        "Only {share_above_200:.0%} of {counted_200:.0f} stocks are above their average of {long_days} days.",
    ),
    _Rule(
        "new_lows",
        lambda found: found.value("new_lows") > found.value("new_highs"),
        "Stocks below their lowest close of {year_days} days before: {new_lows:.0f} of {counted:.0f}; above their highest: "
        "{new_highs:.0f}.",
    ),
    _Rule(
        "turbulence",
        lambda found: found.percentile("turbulence") > HIGH,
        "Turbulence, the unusualness of the stocks' moves over {month_days} days, is {turbulence:.1f} times the usual, "
        "more than on {turbulence_percentile:.1%} of earlier days.",
    ),
    _Rule(
        "correlation",
        lambda found: found.percentile("average_correlation") > HIGH,
        "The stocks move together: their average correlation of {quarter_days} days is {average_correlation:.2f}, higher "
        "than on {average_correlation_percentile:.1%} of earlier days, so that spreading over them helps less.",
    ),
    _Rule(
        "absorption",
        lambda found: found.value("absorption_shift") > COUPLED,
        "A few factors take up {absorption_ratio:.0%} of the stocks' variance, {absorption_shift:.1f} deviations more than "
        "over the last year; beyond {coupled:.0f} the market has been found to be fragile.",
    ),
    _Rule(
        "valuation",
        lambda found: found.percentile("cape") > HIGH,
        "The index costs {cape:.1f} times its mean real earnings of ten years, more than on {cape_percentile:.1%} of "
        "earlier days.",
    ),
    _Rule(
        "earnings_yield_gap",
        lambda found: found.percentile("earnings_yield_gap") < LOW,
        "Earnings yield {earnings_yield:.1%} and the ten-year Treasury {treasury_10y:.1%}: the gap was smaller on only "
        "{earnings_yield_gap_percentile:.1%} of earlier days.",
    ),
    _Rule(
        "earnings",
        lambda found: found.value("earnings_growth") < 0,
        "Earnings of twelve months changed by {earnings_growth:+z.1%} over a year, by what was known of them.",
    ),
    _Rule(
        "curve",
        lambda found: found.value("slope_3m_10y") < 0,
        "The yield curve is inverted: ten-year yields are {slope_points:+.2f} percentage points from three-month ones.",
    ),
    _Rule(
        "rising_yields",
        lambda found: found.value("treasury_10y_change") > STEEP,
        "The ten-year Treasury yields {treasury_10y:.2%}, after {treasury_10y_before:.2%} a year before.",
    ),
    _Rule(
        "inflation",
        lambda found: found.percentile("inflation") > HIGH,
        "Consumer prices rose by {inflation:.1%} over a year, more than on {inflation_percentile:.1%} of earlier days.",
    ),
    _Rule(
        "overbought",
        lambda found: found.value("rsi_14") > OVERBOUGHT,
        "The index's relative strength index is {rsi_14:.0f}, above {overbought:.0f}: overbought.",
    ),
)

_FAVOURABLE = (
    _Rule(
        "broad_participation",
        lambda found: found.value("share_above_200") >= BROAD,
        "{share_above_200:.0%} of {counted_200:.0f} stocks are above their average of {long_days} days.",
    ),
    _Rule(
        "new_highs",
        lambda found: found.value("new_highs") > found.value("new_lows"),
        "Stocks above their highest close of {year_days} days before: {new_highs:.0f} of {counted:.0f}; below their lowest: "
        "{new_lows:.0f}.",
    ),
    _Rule(
        "oversold",
        lambda found: found.value("rsi_14") < OVERSOLD,
        "The index's relative strength index is {rsi_14:.0f}, below {oversold:.0f}: oversold.",
    ),
    _Rule(
        "low_valuation",
        lambda found: found.percentile("cape") < LOW,
        "The index costs {cape:.1f} times its mean real earnings of ten years, more than on only {cape_percentile:.1%} "
        "of earlier days.",
    ),
    _Rule(
        "earnings_over_bonds",
        lambda found: found.percentile("earnings_yield_gap") > HIGH,
        "Earnings yield {earnings_yield:.1%} and the ten-year Treasury {treasury_10y:.1%}: the gap was smaller on "
        "{earnings_yield_gap_percentile:.1%} of earlier days.",
    ),
    _Rule(
        "dividends_over_bonds",
        lambda found: found.value("dividend_yield") > found.value("treasury_10y"),
        "Dividends of {dividend_yield:.2%} of the price are more than the ten-year Treasury's {treasury_10y:.2%}.",
    ),
    _Rule(
        "growing_earnings",
        lambda found: found.value("earnings_growth") > 0,
        "Earnings of twelve months changed by {earnings_growth:+z.1%} over a year, by what was known of them.",
    ),
    _Rule(
        "falling_yields",
        lambda found: found.value("treasury_10y_change") < -STEEP,
        "The ten-year Treasury yields {treasury_10y:.2%}, after {treasury_10y_before:.2%} a year before.",
    ),
)

_THRESHOLDS: dict[str, Any] = {
    "year_days": YEAR,
    "quarter_days": QUARTER,
    "month_days": MONTH,
    "long_days": LONG,
    "overbought": OVERBOUGHT,
    "oversold": OVERSOLD,
    "coupled": COUPLED,
}

_TREND = (
    "The trend is {direction} since {since} (trading days: {days}): the index is {distance:+z.1%} from its average of "
    "{window} days, and {band:.0%} on the other side would turn it."
)
_VOLATILITY = (
    "Volatility of {month_days} days is {volatility:.0%} a year, higher than on {percentile:.1%} of earlier days: {state} "
    "since {since}."
)


def risks(measures: Measures, regimes: Regimes) -> Iterator[Statement]:
    """Say what speaks against the market."""
    yield from _regime_statements(regimes, trend="down", volatility="turbulent")
    yield from _holding(_RISKS, measures)


def favourable(measures: Measures, regimes: Regimes) -> Iterator[Statement]:
    """Say what speaks for the market as a whole."""
    yield from _regime_statements(regimes, trend="up", volatility="calm")
    yield from _holding(_FAVOURABLE, measures)


def gap_statements(evidence: MarketEvidence) -> Iterator[Statement]:
    """Say what is missing, and what the stocks cannot show."""
    if set(STOCKS) >= set(evidence.stocks.columns) and evidence.stocks.shape[1]:
        words = "The {counted} stocks are known to have lasted: shares and rates taken from them flatter the market."
        for item in say(words, counted=evidence.stocks.shape[1]):
            yield {"name": "chosen_stocks", **item}
    for words, figures in evidence.gaps:
        for item in say(f"{words[0].upper()}{words[1:]}.", **figures):
            yield {"name": "missing_evidence", **item}


def _holding(rules: tuple[_Rule, ...], measures: Measures) -> Iterator[Statement]:
    for rule in rules:
        if rule.holds(measures):
            for item in say_of(measures, rule.words, **_THRESHOLDS):
                yield {"name": rule.name, **item}


def _regime_statements(regimes: Regimes, *, trend: str, volatility: str) -> Iterator[Statement]:
    if regimes.trend.state == trend:
        for item in trend_statement(regimes):
            yield {"name": f"{trend}_trend", **item}
    if regimes.volatility.state == volatility:
        for item in volatility_statement(regimes):
            yield {"name": f"{volatility}_volatility", **item}


def trend_statement(regimes: Regimes) -> list[Statement]:
    """Say which trend the index has, and since when."""
    now = regimes.trend
    return say(
        _TREND,
        direction=now.state,
        since=now.since,
        days=now.days,
        distance=now.figure,
        window=TREND_WINDOW,
        band=TREND_BAND,
    )


def volatility_statement(regimes: Regimes) -> list[Statement]:
    """Say how much the index moves, and since when."""
    now = regimes.volatility
    return say(
        _VOLATILITY,
        month_days=MONTH,
        volatility=now.figure,
        percentile=now.percentile,
        state=now.state,
        since=now.since,
    )
