"""Screens over the stocks, each beside what followed earlier signals of the same kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from maos_nb.analytics.technical.averages import sma
from maos_nb.analytics.technical.oscillators import roc, rsi
from maos_nb.analytics.technical.signals import evaluate_signal, onset
from maos_nb.finance._market_measures import Statement, say
from maos_nb.finance._market_technical import LONG, MONTH, QUARTER, YEAR
from maos_nb.finance.market_evidence import MarketEvidence

__all__ = ["screen_statements"]

LEVEL = 0.95
OVERSOLD = 30
MOST_BARS = YEAR


@dataclass(frozen=True, slots=True)
class _Screen:
    """A condition on closes, and its words, whose numbers are named."""

    name: str
    words: str
    numbers: dict[str, int]
    signal: Callable[[pd.DataFrame], pd.DataFrame]


def _momentum(stocks: pd.DataFrame) -> pd.DataFrame:
    momentum = roc(stocks, QUARTER)
    found: pd.DataFrame = (stocks > sma(stocks, LONG)) & (momentum > 0) & (momentum > momentum.shift(MONTH))
    return found


def _pullback(stocks: pd.DataFrame) -> pd.DataFrame:
    found: pd.DataFrame = (stocks > sma(stocks, LONG)) & (rsi(stocks) < OVERSOLD)
    return found


_SCREENS = (
    _Screen(
        "rising_momentum",
        "a close above the average of {average_days} days and a gain over {momentum_days} days larger than that of "
        "{earlier_days} days before",
        {"average_days": LONG, "momentum_days": QUARTER, "earlier_days": MONTH},
        _momentum,
    ),
    _Screen(
        "oversold_in_uptrend",
        "a close above the average of {average_days} days and a relative strength index below {oversold}",
        {"average_days": LONG, "oversold": OVERSOLD},
        _pullback,
    ),
)


def screen_statements(evidence: MarketEvidence, horizon_months: int) -> Iterator[Statement]:
    """Say which stocks pass each screen, and what followed when stocks began to pass it before."""
    stocks = evidence.stocks
    if not stocks.shape[1]:
        return
    n_bars = min(horizon_months * MONTH, MOST_BARS)
    counted = int(stocks.iloc[-LONG:].notna().all().sum()) if len(stocks) >= LONG else 0
    if not counted:
        return
    for screen in _SCREENS:
        signal = screen.signal(stocks)
        rate = _base_rate(screen, signal, stocks, n_bars)
        for item in _passing(screen, signal, counted):
            yield {**item, "base_rate": rate}


def _passing(screen: _Screen, signal: pd.DataFrame, counted: int) -> Iterator[Statement]:
    passed = [str(name) for name in signal.columns[signal.iloc[-1].to_numpy(dtype=bool)]]
    template = (
        "Stocks with " + screen.words + ": {passing} of {counted}" + (" ({stocks})." if passed else ".")
    )
    named = {"stocks": ", ".join(passed)} if passed else {}
    for item in say(template, passing=len(passed), counted=counted, **screen.numbers, **named):
        yield {"name": screen.name, **item, "stocks": passed}


def _base_rate(screen: _Screen, signal: pd.DataFrame, stocks: pd.DataFrame, n_bars: int) -> Statement | None:
    """Say what followed when a stock began to pass before; nothing without earlier signals."""
    found = evaluate_signal(onset(signal), stocks, n_bars, split=None, level=LEVEL).find(n_bars, sample="all")
    low, high = found.hit_rate_interval
    said = say(
        "When a stock became one with " + screen.words + ", it was higher {horizon_days} days later in "
        "{hit_rate:.0%} of {n_signals} cases ({level:.0%} interval {hit_low:.0%} to {hit_high:.0%}, the cases being as "
        "good as {n_effective:.0f} independent ones), after any day in {base_hit_rate:.0%}; the mean return was "
        "{mean_return:.1%}, after any day {base_return:.1%}: " + _verdict(found.difference_interval) + ".",
        **screen.numbers,
        horizon_days=n_bars,
        hit_rate=found.hit_rate,
        n_signals=found.n_signals,
        level=LEVEL,
        hit_low=low,
        hit_high=high,
        n_effective=found.n_effective,
        base_hit_rate=found.base_hit_rate,
        mean_return=found.mean_return,
        base_return=found.base_return,
        difference_low=found.difference_interval[0],
        difference_high=found.difference_interval[1],
    )
    return said[0] if said else None


def _verdict(interval: tuple[Any, Any]) -> str:
    low, high = interval
    if math.isnan(low) or low <= 0 <= high:
        return "no difference that could not be chance ({difference_low:+.1%} to {difference_high:+.1%})"
    side = "more" if low > 0 else "less"
    return f"{side} than after other days ({{difference_low:+.1%}} to {{difference_high:+.1%}})"
