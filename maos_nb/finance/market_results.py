"""A look at the market as the plain values of a task result: dicts, lists, texts and numbers."""

from __future__ import annotations

from typing import Any

from maos_nb.finance._market_confidence import votes
from maos_nb.finance._market_findings import trend_statement, volatility_statement
from maos_nb.finance._market_measures import Measures, Statement, say, say_of
from maos_nb.finance._market_technical import LONG, MONTH, QUARTER, SHORT, YEAR
from maos_nb.finance.market_view import MarketView

__all__ = ["market_analysis", "market_metadata"]

INDEX_NAME = "S&P 500"


def market_analysis(view: MarketView) -> dict[str, Any]:
    """Give the result of ``analyze_market_conditions``.

    Rates and shares are decimals. A sentence is a mapping with ``statement`` and ``evidence``, where every number of
    its words stands by name. A measure has its value, unit, place among earlier values, state in words, day and source.
    What is not known is None, or not there.
    """
    everything = Measures({**view.technical, **view.fundamental})
    return {
        "market_overview": _overview(view, everything),
        "technical_indicators": {
            "statements": _technical_statements(view),
            "measures": view.technical.to_dict(),
            "screens": list(view.screens),
            "stocks": {ticker: dict(row) for ticker, row in view.stocks.items()},
        },
        "fundamental_metrics": {
            "statements": _fundamental_statements(view),
            "measures": view.fundamental.to_dict(),
        },
        "trend_analysis": _trends(view, everything),
        "risk_factors": list(view.risks),
        "opportunities": list(view.opportunities),
        "forecasts": _forecasts(view),
    }


def market_metadata(view: MarketView) -> dict[str, Any]:
    """Give what the task's metadata say of the analysis: day, sources, confidence with its parts, request."""
    judged = view.confidence
    return {
        "analysis_date": view.evidence.as_of.isoformat(),
        "confidence_level": judged.level,
        "confidence_parts": {
            "evidence": judged.evidence,
            "agreement": judged.agreement,
            "history": judged.history,
        },
        "data_sources": _sources(view),
        "request": view.request.model_dump(mode="json", exclude_none=True),
        "understood": list(view.request.describe()),
        "ignored": list(view.request.ignored),
        "seed": view.request.seed,
    }


def _sources(view: MarketView) -> list[dict[str, Any]]:
    evidence = view.evidence
    closes = {"data": "closes", "source": evidence.closes_source, "as_of": evidence.as_of.isoformat()}
    tables = [
        {"data": name, "source": part.source, "as_of": part.as_of.isoformat(), "is_fresh": part.fresh}
        for name, part in evidence.parts.items()
        if part is not None
    ]
    return [{**closes, "is_fresh": True}, *tables]


def _overview(view: MarketView, measures: Measures) -> dict[str, Any]:
    day = view.evidence.as_of.isoformat()
    closed = say_of(measures, "The {index} closed at {close:,.2f} on {day}.", index=INDEX_NAME, day=day)
    moved = say_of(
        measures,
        "That is {return_252:+z.1%} over {year_days} trading days and {drawdown_252:z.1%} from the highest close of them.",
        year_days=YEAR,
    )
    costs = say_of(
        measures,
        "It costs {pe_trailing:.1f} times the earnings of twelve months that are known and {cape:.1f} times the real ones of "
        "ten years, pays {dividend_yield:.1%} in dividends, and the ten-year Treasury yields {treasury_10y:.2%}.",
    )
    return {
        "statements": [
            *closed,
            *moved,
            *trend_statement(view.regimes),
            *volatility_statement(view.regimes),
            *_breadth_statement(measures),
            *costs,
            *_balance(view, measures),
            *view.outlook.statements[:1],
        ],
        "index": INDEX_NAME,
        "close": view.technical["close"].to_dict()["value"],
        "trend": view.regimes.trend.state,
        "volatility": view.regimes.volatility.state,
        "n_risk_factors": len(view.risks),
        "n_opportunities": len(view.opportunities),
    }


def _breadth_statement(measures: Measures) -> list[Statement]:
    return say_of(
        measures,
        "Above their average of {short_days} days are {share_above_50:.0%} of {counted_50:.0f} stocks, above that of "
        "{long_days} days {share_above_200:.0%} of {counted_200:.0f}.",
        short_days=SHORT,
        long_days=LONG,
    )


def _balance(view: MarketView, measures: Measures) -> list[Statement]:
    cast = votes(measures, view.regimes)
    if not cast:
        return []
    up = sum(vote > 0 for vote in cast.values())
    return say(
        "Indicators of direction that point up: {n_up} of {n_indicators}.", n_up=up, n_indicators=len(cast)
    )


def _technical_statements(view: MarketView) -> list[Statement]:
    found = view.technical
    return [
        *say_of(
            found,
            "The close is {above_sma_50:+z.1%} from its simple average of {short_days} days and {above_sma_200:+z.1%} from "
            "that of {long_days} days; the shorter average is {sma_cross:+z.1%} from the longer one.",
            short_days=SHORT,
            long_days=LONG,
        ),
        *say_of(
            found,
            "The relative strength index is {rsi_14:.0f} ({state}), higher than on {rsi_14_percentile:.1%} of earlier days.",
            state=found["rsi_14"].state,
        ),
        *say_of(
            found,
            "The MACD is {macd:+z.2%} of the close and {macd_histogram:+z.2%} from its signal line; the close is {percent_b:.0%} "
            "of the way from the lower to the upper Bollinger band.",
            percent_b=found.value("bollinger_percent_b"),
        ),
        *_breadth_statement(found),
        *say_of(
            found,
            "The stocks' average correlation of {quarter_days} days is {average_correlation:.2f}, higher than on "
            "{average_correlation_percentile:.1%} of earlier days.",
            quarter_days=QUARTER,
        ),
        *say_of(
            found,
            "The volatility index expects {vix:.1f} percent a year, after {realised_volatility:.1%} over {month_days} days.",
            month_days=MONTH,
        ),
    ]


def _fundamental_statements(view: MarketView) -> list[Statement]:
    found, table = view.fundamental, view.evidence.earnings
    last = "" if table is None else table.as_of.isoformat()
    return [
        *say_of(
            found,
            "By the earnings known, those up to {last}, the index costs {pe_trailing:.1f} times a year of them, more than "
            "on {pe_trailing_percentile:.1%} of earlier days.",
            last=last,
        ),
        *say_of(
            found,
            "Against the mean real earnings of ten years it costs {cape:.1f} times, more than on {cape_percentile:.1%} of "
            "earlier days.",
        ),
        *say_of(
            found,
            "Over a year earnings changed by {earnings_growth:+z.1%}, dividends by {dividend_growth:+z.1%} and consumer prices "
            "by {inflation:+z.1%}.",
        ),
        *say_of(
            found,
            "Earnings yield {earnings_yield:.1%} and the ten-year Treasury {treasury_10y:.1%}: the gap was smaller on "
            "{earnings_yield_gap_percentile:.1%} of earlier days.",
        ),
        *say_of(
            found,
            "The ten-year Treasury yields {treasury_10y:.2%}, after {treasury_10y_before:.2%} a year before.",
        ),
        *say_of(found, "Ten-year yields are {slope_points:+.2f} percentage points from three-month ones."),
    ]


def _trends(view: MarketView, measures: Measures) -> dict[str, Any]:
    cast = votes(measures, view.regimes)
    above = [row[f"above_sma_{LONG}"] for row in view.stocks.values()]
    known = [value for value in above if value is not None]
    stocks = say(
        "{n_above} of {n_stocks} stocks are above their average of {window} days.",
        n_above=sum(value > 0 for value in known),
        n_stocks=len(known),
        window=LONG,
    )
    return {
        "statements": [
            *trend_statement(view.regimes),
            *volatility_statement(view.regimes),
            *(stocks if known else []),
            *_balance(view, measures),
        ],
        "trend": view.regimes.trend.to_dict(),
        "volatility": view.regimes.volatility.to_dict(),
        "votes": dict(cast),
    }


def _forecasts(view: MarketView) -> dict[str, Any]:
    ahead = view.outlook
    return {
        "statements": list(ahead.statements),
        "records": [item.to_dict() for item in ahead.forecasts],
        "basis": None if ahead.basis is None else ahead.basis.to_dict(),
        "track_record": None if ahead.record is None else ahead.record.to_dict(),
    }
