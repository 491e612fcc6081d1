"""Prices, the list of momentum indicators, and their plain twins: by definition, a bar at a time, on lists without gaps."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from maos_nb.analytics.technical import oscillators as m

NAN = math.nan
HIGH_LOW_CLOSE, HIGH_LOW, CLOSE = ("high", "low", "close"), ("high", "low"), ("close",)


def bars(n_observations=120, n_assets=5, seed=7):
    """Give highs, lows and closes of random walks as DataFrames of days and assets."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0.0, 0.02, (n_observations, n_assets))
    close = 50.0 * np.exp(np.cumsum(steps, axis=0))
    # Two assets trade at whole prices: many bars without a movement, and many equal ones.
    close[:, : n_assets // 2] = np.round(close[:, : n_assets // 2])
    high = close + np.round(np.abs(rng.normal(0.0, 0.6, close.shape)), 1)
    low = close - np.round(np.abs(rng.normal(0.0, 0.6, close.shape)), 1)
    labels = {
        "index": pd.bdate_range("2020-01-01", periods=n_observations),
        "columns": [f"A{i}" for i in range(n_assets)],
    }
    return {
        name: pd.DataFrame(table, **labels)
        for name, table in (("high", high), ("low", low), ("close", close))
    }


def ema(x, n, n_seed):
    """Start with the mean of the first values; what is missing before them does not count."""
    first = next((t for t, value in enumerate(x) if value == value), len(x))
    out = [NAN] * len(x)
    for t in range(first + n_seed - 1, len(x)):
        if t == first + n_seed - 1:
            out[t] = sum(x[first : t + 1]) / n_seed
        else:
            out[t] = (2 * x[t] + (n - 1) * out[t - 1]) / (n + 1)
    return out


def mean(x, n):
    """Average the last values."""
    return [sum(x[t - n + 1 : t + 1]) / n if t >= n - 1 else NAN for t in range(len(x))]


def quotient(part, whole):
    """Divide, or give NaN for nothing."""
    return part / whole if whole != 0 else NAN


def macd(close, fast=12, slow=26, signal=9, seed="sma", scale=None):
    """Subtract averages, in units of price or relative to the slow one."""
    late = slow - fast if seed == "talib" else 0
    n_fast, n_slow, n_signal = (1, 1, 1) if seed == "first" else (fast, slow, signal)
    near = [NAN] * late + ema(close[late:], fast, n_fast)
    far = ema(close, slow, n_slow)
    line = [a - b if scale is None else scale * quotient(a - b, b) for a, b in zip(near, far, strict=True)]
    average = ema(line, signal, n_signal)
    return line, average, [a - b for a, b in zip(line, average, strict=True)]


def ppo(close, fast=12, slow=26, signal=9, seed="sma"):
    """Do so in percent."""
    return macd(close, fast, slow, signal, seed, scale=100.0)


def trix(close, window=15, signal=9, seed="sma"):
    """Smooth three times, then compare with the bar before."""
    n = 1 if seed == "first" else window
    e = ema(ema(ema(close, window, n), window, n), window, n)
    line = [NAN] + [100.0 * quotient(e[t] - e[t - 1], e[t - 1]) for t in range(1, len(e))]
    return line[: len(close)], ema(line[: len(close)], signal, 1 if seed == "first" else signal)


def tsi(close, long=25, short=13, signal=7, seed="sma"):
    """Smooth changes and their sizes twice."""
    changes = [NAN] + [close[t] - close[t - 1] for t in range(1, len(close))]
    n_long, n_short, n_signal = (1, 1, 1) if seed == "first" else (long, short, signal)
    part = ema(ema(changes, long, n_long), short, n_short)
    whole = ema(ema([abs(change) for change in changes], long, n_long), short, n_short)
    line = [100.0 * quotient(a, b) for a, b in zip(part, whole, strict=True)][: len(close)]
    return line, ema(line, signal, n_signal)


def strength(close, window, n_seed, balance):
    """Compare Wilder's averages of gains and losses."""
    out = [NAN] * len(close)
    gain = loss = 0.0
    for t in range(1, len(close)):
        up, down = max(close[t] - close[t - 1], 0.0), max(close[t - 1] - close[t], 0.0)
        if t <= n_seed:
            gain, loss = gain + up / n_seed, loss + down / n_seed
        else:
            gain, loss = (gain * (window - 1) + up) / window, (loss * (window - 1) + down) / window
        if t >= n_seed:
            out[t] = 100.0 * quotient(gain - loss if balance else gain, gain + loss)
        if t > n_seed and close[t] == close[t - 1]:
            out[t] = out[t - 1]  # both averages shrink alike; rounding would make a range for stochrsi
    return out


def rsi(close, window=14, seed="wilder"):
    """Take gains."""
    return strength(close, window, 1 if seed == "first" else window, balance=False)


def cmo(close, window=14, method="sums"):
    """Take gains less losses, of plain sums or averages."""
    if method == "wilder":
        return strength(close, window, window, balance=True)
    out = [NAN] * len(close)
    for t in range(window, len(close)):
        changes = [close[i] - close[i - 1] for i in range(t - window + 1, t + 1)]
        out[t] = 100.0 * quotient(sum(changes), sum(map(abs, changes)))
    return out


def places(high, low, close, window):
    """Look the range up anew at every bar."""
    out = [NAN] * len(close)
    for t in range(window - 1, len(close)):
        top, bottom = high[t - window + 1 : t + 1], low[t - window + 1 : t + 1]
        if not any(value != value for value in top + bottom):
            out[t] = 100.0 * quotient(close[t] - min(bottom), max(top) - min(bottom))
    return out


def stochastic(high, low, close, window=14, smooth=3, signal=3):
    """Average the places twice."""
    k = mean(places(high, low, close, window), smooth)
    return k, mean(k, signal)


def stochrsi(close, window=14, stochastic_window=14, smooth=3, signal=3, seed="wilder"):
    """Take the index for all three prices."""
    index = rsi(close, window, seed)
    return stochastic(index, index, index, stochastic_window, smooth, signal)


def williams_r(high, low, close, window=14):
    """Count from the top."""
    out = [NAN] * len(close)
    for t in range(window - 1, len(close)):
        top, bottom = max(high[t - window + 1 : t + 1]), min(low[t - window + 1 : t + 1])
        out[t] = -100.0 * quotient(top - close[t], top - bottom)
    return out


def kdj(high, low, close, window=9, smooth=3, signal=3):
    """Go on from 50."""
    k, d, lines = 50.0, 50.0, []
    for place in places(high, low, close, window):
        if place == place:
            k += (place - k) / smooth
            d += (k - d) / signal
        lines.append((k, d, 3 * k - 2 * d) if place == place else (NAN, NAN, NAN))
    return tuple(zip(*lines, strict=True)) if lines else ([], [], [])


def cci(high, low, close, window=20, scale=0.015):
    """Take the mean and the mean distance anew at every bar."""
    typical = [(high[t] + low[t] + close[t]) / 3 for t in range(len(close))]
    out = [NAN] * len(close)
    for t in range(window - 1, len(close)):
        last = typical[t - window + 1 : t + 1]
        if min(last) < max(last):
            middle = sum(last) / window
            out[t] = (typical[t] - middle) / (scale * sum(abs(value - middle) for value in last) / window)
    return out


def momentum(close, window=10):
    """Subtract."""
    return [close[t] - close[t - window] if t >= window else NAN for t in range(len(close))]


def roc(close, window=10):
    """Compare in percent."""
    return [
        100.0 * quotient(close[t] - close[t - window], close[t - window]) if t >= window else NAN
        for t in range(len(close))
    ]


def kst(close, rates=(10, 15, 20, 30), averages=(10, 10, 10, 15), signal=9, weights=(1, 2, 3, 4)):
    """Add up four smoothed rates."""
    parts = [mean(roc(close, rate), n) for rate, n in zip(rates, averages, strict=True)]
    line = [sum(w * part[t] for w, part in zip(weights, parts, strict=True)) for t in range(len(close))]
    return line, mean(line, signal)


def coppock(close, long=14, short=11, average=10):
    """Weigh the newest the heaviest."""
    total = [a + b for a, b in zip(roc(close, long), roc(close, short), strict=True)]
    weights = range(1, average + 1)
    return [
        sum(w * x for w, x in zip(weights, total[t - average + 1 : t + 1], strict=True)) / sum(weights)
        if t >= average - 1
        else NAN
        for t in range(len(close))
    ]


def dpo(close, window=20):
    """Look back half a window and a bar."""
    middle, back = mean(close, window), window // 2 + 1
    return [close[t - back] - middle[t] if t >= back else NAN for t in range(len(close))]


def ultimate_oscillator(high, low, close, short=7, medium=14, long=28):
    """Sum anew at every bar."""
    n = len(close)
    gain = [NAN] + [close[t] - min(low[t], close[t - 1]) for t in range(1, n)]
    reach = [NAN] + [max(high[t], close[t - 1]) - min(low[t], close[t - 1]) for t in range(1, n)]
    out = [NAN] * n
    for t in range(long, n):
        shares = [
            quotient(sum(gain[t - k + 1 : t + 1]), sum(reach[t - k + 1 : t + 1]))
            for k in (short, medium, long)
        ]
        out[t] = 100.0 * (4 * shares[0] + 2 * shares[1] + shares[2]) / 7
    return out


def awesome_oscillator(high, low, fast=5, slow=34):
    """Subtract means of middles."""
    middle = [(high[t] + low[t]) / 2 for t in range(len(high))]
    return [a - b for a, b in zip(mean(middle, fast), mean(middle, slow), strict=True)]


WINDOWED = {
    "stochastic": (m.stochastic, stochastic, HIGH_LOW_CLOSE),
    "williams_r": (m.williams_r, williams_r, HIGH_LOW_CLOSE),
    "cci": (m.cci, cci, HIGH_LOW_CLOSE),
    "cmo": (m.cmo, cmo, CLOSE),
    "roc": (m.roc, roc, CLOSE),
    "momentum": (m.momentum, momentum, CLOSE),
    "ultimate_oscillator": (m.ultimate_oscillator, ultimate_oscillator, HIGH_LOW_CLOSE),
    "awesome_oscillator": (m.awesome_oscillator, awesome_oscillator, HIGH_LOW),
    "kst": (m.kst, kst, CLOSE),
    "coppock": (m.coppock, coppock, CLOSE),
    "dpo": (m.dpo, dpo, CLOSE),
}
RECURSIVE = {
    "macd": (m.macd, macd, CLOSE),
    "ppo": (m.ppo, ppo, CLOSE),
    "rsi": (m.rsi, rsi, CLOSE),
    "stochrsi": (m.stochrsi, stochrsi, CLOSE),
    "kdj": (m.kdj, kdj, HIGH_LOW_CLOSE),
    "tsi": (m.tsi, tsi, CLOSE),
    "trix": (m.trix, trix, CLOSE),
    "cmo by Wilder's averages": (m.cmo, cmo, CLOSE),
}
ALL = {**WINDOWED, **RECURSIVE}

SHORT = {
    "stochastic": {"window": 5, "smooth": 3, "signal": 2},
    "williams_r": {"window": 6},
    "cci": {"window": 7},
    "cmo": {"window": 5},
    "roc": {"window": 3},
    "momentum": {"window": 3},
    "ultimate_oscillator": {"short": 3, "medium": 4, "long": 8},
    "awesome_oscillator": {"fast": 2, "slow": 7},
    "kst": {"rates": (2, 3), "averages": (3, 4), "weights": (1, 2), "signal": 3},
    "coppock": {"long": 4, "short": 3, "average": 4},
    "dpo": {"window": 6},
    "macd": {"fast": 3, "slow": 6, "signal": 4},
    "ppo": {"fast": 3, "slow": 6, "signal": 4},
    "rsi": {"window": 4},
    "stochrsi": {"window": 4, "stochastic_window": 5, "smooth": 2, "signal": 3},
    "kdj": {"window": 5},
    "tsi": {"long": 5, "short": 3, "signal": 3},
    "trix": {"window": 3, "signal": 3},
    "cmo by Wilder's averages": {"window": 4, "method": "wilder"},
}
"""Parameters with which gaps leave something over."""

METHODS = {"cmo by Wilder's averages": {"method": "wilder"}}


def lines(result):
    """Give the lines of a result as arrays ``(n_observations, ...)``."""
    return [np.asarray(line) for line in (result if isinstance(result, tuple) else (result,))]
