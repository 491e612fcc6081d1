"""Momentum indicators against TA-Lib on a panel, and bar by bar against vectors computed by another library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import talib
from panels_momentum import bars

from maos_nb.analytics.technical.oscillators import (
    cci,
    cmo,
    macd,
    momentum,
    ppo,
    roc,
    rsi,
    stochastic,
    stochrsi,
    trix,
    ultimate_oscillator,
    williams_r,
)

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "ta_vectors"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="needs ../shared/data/ta_vectors beside the repository"
)

# Prices without ties: where nothing moves TA-Lib says 0 and we NaN, which other tests show.
PRICES = {name: table.iloc[:, 7:].to_numpy() for name, table in bars(n_observations=400, n_assets=14).items()}
HIGH, LOW, CLOSE = PRICES["high"], PRICES["low"], PRICES["close"]


def by_columns(function, *tables, line=0, **parameters):
    """Run TA-Lib over the columns and take one of its lines."""
    made = []
    for asset in range(tables[0].shape[1]):
        result = function(*(np.ascontiguousarray(table[:, asset]) for table in tables), **parameters)
        made.append(result[line] if isinstance(result, tuple) else result)
    return np.array(made).T


def equal(ours, theirs, rtol=1e-10, atol=1e-10):
    """Where they have a value it is ours, and they have one from the same bar on."""
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)


class TestTaLib:
    @pytest.mark.parametrize("window", [2, 9, 14])
    def test_rsi(self, window):
        """Both are Wilder's."""
        equal(rsi(CLOSE, window), by_columns(talib.RSI, CLOSE, timeperiod=window))

    @pytest.mark.parametrize("window", [3, 14])
    def test_cmo_is_wilders_there(self, window):
        """TA-Lib smooths gains and losses as for its RSI, which Chande did not."""
        equal(cmo(CLOSE, window, method="wilder"), by_columns(talib.CMO, CLOSE, timeperiod=window))

    @pytest.mark.parametrize("windows", [(12, 26, 9), (3, 10, 16), (5, 6, 1)])
    def test_macd_in_its_own_seed(self, windows):
        """TA-Lib starts the fast average late, and leaves out what has no signal yet."""
        ours = macd(CLOSE, *windows, seed="talib")
        first = windows[1] - 1 + windows[2] - 1
        for place, line in enumerate(ours):
            theirs = by_columns(
                talib.MACD,
                CLOSE,
                line=place,
                fastperiod=windows[0],
                slowperiod=windows[1],
                signalperiod=windows[2],
            )
            equal(line[first:], theirs[first:])
            assert np.isnan(theirs[:first]).all()

    def test_macd_seeded_as_published_is_two_averages_of_ta_lib(self):
        """Each TA-Lib average on its own is seeded on its own."""
        line = by_columns(talib.EMA, CLOSE, timeperiod=12) - by_columns(talib.EMA, CLOSE, timeperiod=26)
        ours = macd(CLOSE)
        equal(ours.macd, line)
        equal(ours.signal[25:], by_columns(talib.EMA, line[25:], timeperiod=9))

    def test_seeds_of_macd_meet(self):
        """After three hundred bars nothing is left of where they started."""
        late, own = macd(CLOSE, seed="talib"), macd(CLOSE)
        assert np.nanmax(np.abs(late.macd - own.macd)) > 1e-3
        np.testing.assert_allclose(late.macd[350:], own.macd[350:], atol=1e-9)

    def test_ppo(self):
        """With matype 1 TA-Lib takes exponential averages, each seeded on its own."""
        theirs = by_columns(talib.PPO, CLOSE, fastperiod=12, slowperiod=26, matype=1)
        equal(ppo(CLOSE).ppo, theirs)

    @pytest.mark.parametrize("window", [2, 15])
    def test_trix(self, window):
        """Three averages, each seeded with the mean of its first values."""
        equal(trix(CLOSE, window).trix, by_columns(talib.TRIX, CLOSE, timeperiod=window))

    @pytest.mark.parametrize("window", [1, 10])
    def test_roc_and_momentum(self, window):
        """In percent, and in units of price."""
        equal(roc(CLOSE, window), by_columns(talib.ROC, CLOSE, timeperiod=window))
        equal(momentum(CLOSE, window), by_columns(talib.MOM, CLOSE, timeperiod=window))

    @pytest.mark.parametrize("window", [2, 14, 20])
    def test_williams_r_and_cci(self, window):
        """The same from the same bar on."""
        equal(
            williams_r(HIGH, LOW, CLOSE, window), by_columns(talib.WILLR, HIGH, LOW, CLOSE, timeperiod=window)
        )
        equal(cci(HIGH, LOW, CLOSE, window), by_columns(talib.CCI, HIGH, LOW, CLOSE, timeperiod=window))

    @pytest.mark.parametrize("windows", [(14, 3, 3), (5, 1, 4), (21, 7, 2)])
    def test_stochastic(self, windows):
        """TA-Lib leaves out what has no signal yet."""
        window, smooth, signal = windows
        first = window + smooth + signal - 3
        parameters = {"fastk_period": window, "slowk_period": smooth, "slowd_period": signal}
        for place, line in enumerate(stochastic(HIGH, LOW, CLOSE, *windows)):
            theirs = by_columns(
                talib.STOCH, HIGH, LOW, CLOSE, line=place, slowk_matype=0, slowd_matype=0, **parameters
            )
            equal(line[first:], theirs[first:])

    def test_stochrsi(self):
        """The fast one: no smoothing of the first line."""
        ours = stochrsi(CLOSE, 14, 9, 1, 3)
        for place, line in enumerate(ours):
            theirs = by_columns(
                talib.STOCHRSI,
                CLOSE,
                line=place,
                timeperiod=14,
                fastk_period=9,
                fastd_period=3,
                fastd_matype=0,
            )
            # Its range of the index is small: errors of the last bit grow.
            equal(line[24:], theirs[24:], atol=1e-7)

    @pytest.mark.parametrize("windows", [(7, 14, 28), (3, 5, 11)])
    def test_ultimate_oscillator(self, windows):
        """The same from the same bar on."""
        theirs = by_columns(
            talib.ULTOSC,
            HIGH,
            LOW,
            CLOSE,
            timeperiod1=windows[0],
            timeperiod2=windows[1],
            timeperiod3=windows[2],
        )
        equal(ultimate_oscillator(HIGH, LOW, CLOSE, *windows), theirs)

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (lambda x: rsi(x), lambda x: talib.RSI(x)),
            (lambda x: cmo(x, method="wilder"), lambda x: talib.CMO(x)),
            (lambda x: cci(x, x, x, 14), lambda x: talib.CCI(x, x, x, 14)),
            (lambda x: stochastic(x, x, x).k, lambda x: talib.STOCH(x, x, x, 14, 3, 0, 3, 0)[0]),
        ],
    )
    def test_where_nothing_moves_it_says_0_and_we_nan(self, ours, theirs):
        """There is no answer to what is 0 of 0: the difference is meant."""
        flat = np.full(40, 10.0)
        assert np.isnan(ours(flat)).all()
        assert set(theirs(flat)[20:]) == {0.0}


@pytest.fixture(name="quotes", scope="module")
def spy():
    """Two years of SPY."""
    return pd.read_csv(VECTORS / "quotes" / "default.csv", index_col="date", parse_dates=True)


def expected(name, column):
    """Give one line of a result, NaN where it has none yet."""
    results = json.loads((VECTORS / "results" / f"{name}.standard.json").read_text())
    return np.array([np.nan if row[column] is None else row[column] for row in results])


@needs_vectors
class TestVectors:
    """SPY 2017-2018 and the results of Skender's Stock.Indicators (Apache-2), in full double precision."""

    def test_rsi(self, quotes):
        """502 bars: the first 62.05405405, the last 42.07732357."""
        equal(rsi(quotes["close"]), expected("rsi", "rsi"))

    def test_macd(self, quotes):
        """Each average is seeded on its own there, which is our default."""
        for column, line in macd(quotes["close"])._asdict().items():
            equal(line, expected("macd", column))

    def test_cci(self, quotes):
        """20 bars."""
        equal(cci(quotes["high"], quotes["low"], quotes["close"], 20), expected("cci", "cci"))

    def test_stochastic(self, quotes):
        """14, 3 and 3 bars."""
        lines = stochastic(quotes["high"], quotes["low"], quotes["close"])
        equal(lines.k, expected("stoch", "k"))
        equal(lines.d, expected("stoch", "d"))
