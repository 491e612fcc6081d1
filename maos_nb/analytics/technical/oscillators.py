"""Momentum: how fast prices move, in which direction, and where they stand in their range.

Every indicator takes a Series, a DataFrame of many assets or an array, observations down, and gives the same kind back
with the same labels; those that read several prices take one `Ohlcv` record as well. No value uses a later bar, and
``lookback`` tells how many bars come before the first one:

>>> import numpy as np
>>> closes = np.array([10.0, 11.0, 10.5, 11.5, 11.0])
>>> rsi(closes, window=3).round(2)
array([  nan,   nan,   nan, 80.  , 61.54])
>>> rsi.lookback(window=3), macd.lookback(), stochastic.lookback()
(3, 25, 15)
"""

from __future__ import annotations

from maos_nb.analytics.technical._momentum_averages import (
    Macd,
    MacdSeed,
    Ppo,
    Trix,
    Tsi,
    macd,
    ppo,
    trix,
    tsi,
)
from maos_nb.analytics.technical._momentum_ranges import Kdj, Stochastic, cci, kdj, stochastic, williams_r
from maos_nb.analytics.technical._momentum_rates import (
    Kst,
    awesome_oscillator,
    coppock,
    dpo,
    kst,
    momentum,
    roc,
    ultimate_oscillator,
)
from maos_nb.analytics.technical._momentum_strength import CmoMethod, RsiSeed, StochRsi, cmo, rsi, stochrsi

__all__ = [
    "CmoMethod",
    "Kdj",
    "Kst",
    "Macd",
    "MacdSeed",
    "Ppo",
    "RsiSeed",
    "StochRsi",
    "Stochastic",
    "Trix",
    "Tsi",
    "awesome_oscillator",
    "cci",
    "cmo",
    "coppock",
    "dpo",
    "kdj",
    "kst",
    "macd",
    "momentum",
    "ppo",
    "roc",
    "rsi",
    "stochastic",
    "stochrsi",
    "trix",
    "tsi",
    "ultimate_oscillator",
    "williams_r",
]
