"""Moving averages: of windows, and those that go on from their own last value.

Observations come as a Series, a DataFrame or an array, down, with assets across, or as the closes of an `Ohlcv` record,
and averages come back in the same kind with the same labels. An average over a window is NaN while a gap is inside
it; one that goes on from its last value takes `nan` to say what follows on a gap. Equal observations give exactly
their value (but for `alma` and `vwma`, whose weights are no whole numbers). Nothing here looks ahead.
"""

from __future__ import annotations

from maos_nb.analytics.technical._adaptive_average import kama
from maos_nb.analytics.technical._exponential_averages import dema, ema, rma, t3, tema, zlema
from maos_nb.analytics.technical._window_averages import alma, hma, sma, trima, vwma, wma

__all__ = ["alma", "dema", "ema", "hma", "kama", "rma", "sma", "t3", "tema", "trima", "vwma", "wma", "zlema"]
