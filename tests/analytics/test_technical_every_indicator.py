"""What every indicator of averages, momentum, trend, volatility and volume keeps to, asked of one table of all."""

from __future__ import annotations

import inspect
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd
import pytest
from bars_technical import bars, frames

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical import (
    _indicator,
    averages,
    causality,
    levels,
    oscillators,
    patterns,
    signals,
    trend,
    volatility,
    volume,
)
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

MODULES = (averages, oscillators, trend, volatility, volume)
C, HL, HLC, OHLC = ("close",), ("high", "low"), ("high", "low", "close"), ("open", "high", "low", "close")
CV, HLV, HLCV = (*C, "volume"), (*HL, "volume"), (*HLC, "volume")


class Case(NamedTuple):
    """An indicator, the tables that it reads, and parameters small enough for a panel of 70 bars."""

    module: object
    name: str
    fields: tuple[str, ...]
    parameters: dict

    @property
    def function(self):
        """Look the indicator up."""
        return getattr(self.module, self.name)

    def __str__(self):
        shown = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.name}({shown})"

    def __call__(self, tables, **more):
        """Compute, from a mapping of tables, as a tuple of lines."""
        return lines(self.function(*(tables[field] for field in self.fields), **self.parameters | more))


TABLE = [
    Case(averages, "alma", C, {"window": 6}),
    Case(averages, "dema", C, {"window": 5}),
    Case(averages, "dema", C, {"window": 5, "seed": "first"}),
    Case(averages, "ema", C, {"window": 5}),
    Case(averages, "ema", C, {"window": 5, "seed": "first"}),
    Case(averages, "hma", C, {"window": 7}),
    Case(averages, "kama", C, {"window": 5, "slow": 12}),
    Case(averages, "kama", C, {"window": 5, "seed": "sma"}),
    Case(averages, "rma", C, {"window": 5}),
    Case(averages, "rma", C, {"window": 5, "seed": "first"}),
    Case(averages, "sma", C, {"window": 6}),
    Case(averages, "t3", C, {"window": 3}),
    Case(averages, "t3", C, {"window": 3, "seed": "first"}),
    Case(averages, "tema", C, {"window": 4}),
    Case(averages, "tema", C, {"window": 4, "seed": "first"}),
    Case(averages, "trima", C, {"window": 6}),
    Case(averages, "vwma", CV, {"window": 6}),
    Case(averages, "wma", C, {"window": 6}),
    Case(averages, "zlema", C, {"window": 6}),
    Case(averages, "zlema", C, {"window": 6, "seed": "first"}),
    Case(oscillators, "awesome_oscillator", HL, {"fast": 3, "slow": 8}),
    Case(oscillators, "cci", HLC, {"window": 7}),
    Case(oscillators, "cmo", C, {"window": 6}),
    Case(oscillators, "cmo", C, {"window": 6, "method": "wilder"}),
    Case(oscillators, "coppock", C, {"long": 6, "short": 4, "average": 5}),
    Case(oscillators, "dpo", C, {"window": 6}),
    Case(oscillators, "kdj", HLC, {"window": 6}),
    Case(oscillators, "kst", C, {"rates": (2, 4), "averages": (3, 5), "weights": (1.0, 2.0), "signal": 3}),
    Case(oscillators, "macd", C, {"fast": 3, "slow": 7, "signal": 4}),
    Case(oscillators, "macd", C, {"fast": 3, "slow": 7, "signal": 4, "seed": "talib"}),
    Case(oscillators, "macd", C, {"fast": 3, "slow": 7, "signal": 4, "seed": "first"}),
    Case(oscillators, "momentum", C, {"window": 4}),
    Case(oscillators, "ppo", C, {"fast": 3, "slow": 7, "signal": 4}),
    Case(oscillators, "ppo", C, {"fast": 3, "slow": 7, "signal": 4, "seed": "talib"}),
    Case(oscillators, "ppo", C, {"fast": 3, "slow": 7, "signal": 4, "seed": "first"}),
    Case(oscillators, "roc", C, {"window": 4}),
    Case(oscillators, "rsi", C, {"window": 5}),
    Case(oscillators, "rsi", C, {"window": 5, "seed": "first"}),
    Case(oscillators, "stochastic", HLC, {"window": 6, "smooth": 3, "signal": 2}),
    Case(oscillators, "stochrsi", C, {"window": 4, "stochastic_window": 5, "smooth": 2, "signal": 3}),
    Case(oscillators, "stochrsi", C, {"window": 4, "stochastic_window": 5, "seed": "first"}),
    Case(oscillators, "trix", C, {"window": 4, "signal": 3}),
    Case(oscillators, "trix", C, {"window": 4, "signal": 3, "seed": "first"}),
    Case(oscillators, "tsi", C, {"long": 6, "short": 4, "signal": 3}),
    Case(oscillators, "tsi", C, {"long": 6, "short": 4, "signal": 3, "seed": "first"}),
    Case(oscillators, "ultimate_oscillator", HLC, {"short": 3, "medium": 5, "long": 9}),
    Case(oscillators, "williams_r", HLC, {"window": 6}),
    Case(trend, "adx", HLC, {"window": 5}),
    Case(trend, "adx", HLC, {"window": 5, "seed": "talib"}),
    Case(trend, "aroon", HL, {"window": 6}),
    Case(trend, "di", HLC, {"window": 5}),
    Case(trend, "di", HLC, {"window": 5, "seed": "talib"}),
    Case(trend, "ichimoku", HLC, {"conversion": 3, "base": 6, "span_b": 9}),
    Case(
        trend,
        "ichimoku",
        HLC,
        {"conversion": 3, "base": 6, "span_b": 9, "displaced": True, "displacement": 5},
    ),
    Case(trend, "parabolic_sar", HL, {}),
    Case(trend, "parabolic_sar", HL, {"seed": "wilder"}),
    Case(trend, "supertrend", HLC, {"window": 5, "multiplier": 2.0}),
    Case(trend, "supertrend", HLC, {"window": 5, "multiplier": 2.0, "seed": "talib"}),
    Case(trend, "vortex", HLC, {"window": 6}),
    Case(volatility, "atr", HLC, {"window": 5}),
    Case(volatility, "atr", HLC, {"window": 5, "seed": "talib"}),
    Case(volatility, "bollinger", C, {"window": 6}),
    Case(volatility, "bollinger", C, {"window": 6, "ddof": 1}),
    Case(volatility, "choppiness", HLC, {"window": 6}),
    Case(volatility, "donchian", HL, {"window": 6}),
    Case(volatility, "donchian", HL, {"window": 6, "include_current": False}),
    Case(volatility, "garman_klass", OHLC, {"window": 6}),
    Case(volatility, "historical_volatility", C, {"window": 6}),
    Case(volatility, "keltner", HLC, {"window": 6, "atr_window": 4}),
    Case(volatility, "keltner", HLC, {"window": 3, "atr_window": 6, "seed": "talib"}),
    Case(volatility, "mass_index", HL, {"window": 6, "ema_window": 4}),
    Case(volatility, "natr", HLC, {"window": 5}),
    Case(volatility, "natr", HLC, {"window": 5, "seed": "talib"}),
    Case(volatility, "parkinson", HL, {"window": 6}),
    Case(volatility, "rogers_satchell", OHLC, {"window": 6}),
    Case(volatility, "true_range", HLC, {}),
    Case(volatility, "true_range", HLC, {"seed": "talib"}),
    Case(volatility, "ulcer_index", C, {"window": 6}),
    Case(volatility, "yang_zhang", OHLC, {"window": 6}),
    Case(volume, "accumulation_distribution", HLCV, {}),
    Case(volume, "chaikin_oscillator", HLCV, {"fast": 3, "slow": 6}),
    Case(volume, "chaikin_oscillator", HLCV, {"fast": 3, "slow": 6, "seed": "talib"}),
    Case(volume, "cmf", HLCV, {"window": 6}),
    Case(volume, "efi", CV, {"window": 5}),
    Case(volume, "efi", CV, {"window": 5, "seed": "first"}),
    Case(volume, "emv", HLV, {"window": 6}),
    Case(volume, "mfi", HLCV, {"window": 6}),
    Case(volume, "nvi", CV, {}),
    Case(volume, "nvi", CV, {"method": "sum"}),
    Case(volume, "obv", CV, {}),
    Case(volume, "obv", CV, {"seed": "talib"}),
    Case(volume, "pvi", CV, {}),
    Case(volume, "pvi", CV, {"method": "sum"}),
    Case(volume, "pvt", CV, {}),
    Case(volume, "vwap", HLCV, {}),
]
N_ASSETS = 37
"""More than any compiled loop advances together, which is 32, and no multiple of how many it does."""

every = pytest.mark.parametrize("case", TABLE, ids=str)
# Plain sums take no notice of a rule for gaps, which is for the other method of that indicator.
recursive = pytest.mark.parametrize(
    "case",
    [
        case
        for case in TABLE
        if "nan" in inspect.signature(case.function).parameters
        and (case.name, case.parameters.get("method")) != ("cmo", None)
    ],
    ids=str,
)

# Lookback is that of the first line where an indicator has several, but for these.
LOOKBACK_OF = {"ichimoku": 3}  # of the line of the longest range, the last to begin

# The first trade of Wilder's stops is a guess, and left out: where it ends, and values begin, depends on prices.
BEGINS_BY_PRICES = {("parabolic_sar", "wilder")}

# Of the whole span that it is given, with prices down and not days: it has no bar to be the first, or to look ahead of.
NOT_ALONG_TIME = {"volume_profile"}

# The technical indicators of the design, in its order; levels, signals and checks by where they are found.
DESIGN = {
    averages: "sma ema wma rma hma dema tema t3 kama trima vwma zlema alma",
    oscillators: "macd ppo rsi stochrsi stochastic kdj williams_r cci cmo roc momentum tsi trix ultimate_oscillator "
    "awesome_oscillator kst coppock dpo",
    trend: "adx di aroon vortex parabolic_sar supertrend ichimoku",
    volatility: "atr natr true_range bollinger keltner donchian choppiness mass_index ulcer_index "
    "parkinson garman_klass rogers_satchell yang_zhang",
    volume: "obv accumulation_distribution chaikin_oscillator cmf mfi efi emv nvi pvi pvt vwap volume_profile",
    levels: "pivot_points swing_points support_resistance fibonacci_retracements",
    signals: "crossover divergence screen_signals",
    causality: "assert_causal",
    _indicator: "lookback",
}


def lines(result):
    """Give the lines of a result as a tuple."""
    return result if isinstance(result, tuple) else (result,)


def panel(n_bars=70, n_assets=N_ASSETS, *, whole=False):
    """Simulate bars with volumes as DataFrames; prices in whole ticks if asked for."""
    tables = bars(n_bars, n_assets, seed=23)
    tables["volume"] = np.random.default_rng(24).integers(1, 900, (n_bars, n_assets)) * 100.0
    if whole:
        tables = {name: np.round(10 * table) for name, table in tables.items()}
    return frames(tables)


def with_gaps(tables):
    """Leave out single numbers, whole bars, a stretch, the start and the end, and one asset altogether."""
    made = {name: table.copy() for name, table in tables.items()}
    made["close"].iloc[33, 0] = made["high"].iloc[45, 0] = made["volume"].iloc[51, 0] = np.nan
    for table in made.values():
        table.iloc[[30, 50], 1] = np.nan
        table.iloc[28:36, 2] = table.iloc[:6, 2] = table.iloc[-3:, 2] = np.nan
        table.iloc[:, 3] = np.nan
    return made


def constant(price, traded, n_bars=70):
    """Give bars of which nothing ever moves."""
    tables = dict.fromkeys(("open", "high", "low", "close"), np.full((n_bars, 2), price))
    return frames(tables | {"volume": np.full((n_bars, 2), traded)})


def only(tables, part):
    """Apply a function to each table."""
    return {name: part(table) for name, table in tables.items()}


def assert_same(found, expected, **tolerance):
    """Compare line by line; without a tolerance to the last bit, NaN equal to NaN."""
    for line, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(line), np.asarray(other), **{"rtol": 0, "atol": 0} | tolerance)


def first_value(line):
    """Find the place of the first number of an array."""
    known = np.flatnonzero(~np.isnan(line))
    return int(known[0]) if len(known) else None


def indicators(module):
    """Give the names of a module's functions that are public."""
    return {name for name in module.__all__ if inspect.isfunction(getattr(module, name))}


def options(function):
    """Give the parameters of a function by name."""
    return inspect.signature(function).parameters


def choices(function, option):
    """Give the values that an option is annotated with."""
    return set(get_args(function.__globals__[options(function)[option].annotation]))


PANEL = panel()
GAPPY = with_gaps(PANEL)
LONG = panel(150, 1)
WHOLE = {
    kind: only(panel(whole=True), lambda table, kind=kind: table.astype(kind))
    for kind in ("float64", "int64", "int32", "Int64")
}
ONE = only(PANEL, lambda table: table["asset 0"].to_numpy())


class TestTable:
    @pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])
    def test_names_every_indicator(self, module):
        """What is public in a module is in the table, or among the exceptions."""
        assert indicators(module) == {case.name for case in TABLE if case.module is module} | (
            indicators(module) & NOT_ALONG_TIME
        )

    @pytest.mark.parametrize("option", ["seed", "method"])
    def test_has_every_way_to_begin_or_to_compute(self, option):
        """Each value that such an option takes, of each indicator that has it."""
        for function in {case.function for case in TABLE if option in options(case.function)}:
            default = options(function)[option].default
            used = {case.parameters.get(option, default) for case in TABLE if case.function is function}
            assert used == choices(function, option), function.__name__

    def test_every_indicator_states_its_lookback(self):
        """But for those that are not along time."""
        for module in MODULES:
            silent = {name for name in indicators(module) if not hasattr(getattr(module, name), "lookback")}
            assert silent == indicators(module) & NOT_ALONG_TIME

    @pytest.mark.parametrize(
        ("module", "names"), DESIGN.items(), ids=lambda each: getattr(each, "__name__", " ")
    )
    def test_every_indicator_of_the_design_is_public(self, module, names):
        """Under the name that the design gives it."""
        assert set(names.split()) <= set(module.__all__)
        assert all(callable(getattr(module, name)) for name in names.split())

    def test_there_are_twenty_candle_patterns_or_more(self):
        """Those of the design, each of which states its lookback."""
        assert sum(hasattr(getattr(patterns, name), "lookback") for name in patterns.__all__) >= 20


class TestKindsAndLabels:
    @every
    def test_a_dataframe_gives_dataframes_with_its_labels(self, case):
        """Index and columns, of every line; several lines have names."""
        made = case(GAPPY)
        for line in made:
            assert isinstance(line, pd.DataFrame)
            pd.testing.assert_index_equal(line.index, PANEL["close"].index)
            pd.testing.assert_index_equal(line.columns, PANEL["close"].columns)
            assert (line.dtypes == np.float64).all()
        raw = case.function(*(GAPPY[field] for field in case.fields), **case.parameters)
        assert len(made) == 1 or len(raw._fields) == len(made)

    @every
    def test_a_series_gives_series_with_its_labels(self, case):
        """Index and name, of every line."""
        for line in case(only(PANEL, lambda table: table["asset 1"])):
            assert isinstance(line, pd.Series)
            assert line.name == "asset 1"
            pd.testing.assert_index_equal(line.index, PANEL["close"].index)

    @every
    def test_arrays_give_arrays_with_the_same_numbers(self, case):
        """Of two dimensions, whichever way they lie in memory, and of one."""
        expected = case(GAPPY)
        for order in "CF":
            made = case(only(GAPPY, lambda table, order=order: np.array(table, order=order)))
            assert all(type(line) is np.ndarray for line in made)
            assert_same(made, expected)
        alone = case(only(GAPPY, lambda table: table["asset 0"].tolist()))
        assert all(type(line) is np.ndarray and line.shape == (70,) for line in alone)
        assert_same(alone, [line["asset 0"] for line in expected])

    @every
    def test_a_record_stands_for_its_tables(self, case):
        """One `Ohlcv` instead of the tables that the indicator reads."""
        record = Ohlcv(*(PANEL[field] for field in (*OHLC, "volume")))
        made = lines(case.function(record, **case.parameters))
        for line, expected in zip(made, case(PANEL), strict=True):
            pd.testing.assert_frame_equal(line, expected)

    @every
    def test_what_is_given_is_not_written_to(self, case):
        """Tables that may not be written to are taken, and hold the same afterwards."""
        given = only(GAPPY, lambda table: np.asfortranarray(table.to_numpy().copy()))
        for array in given.values():
            array.flags.writeable = False
        made = case(given)
        assert_same(given.values(), GAPPY.values())
        assert not any(np.shares_memory(line, array) for line in made for array in given.values())


class TestPanels:
    @every
    def test_a_panel_equals_its_columns(self, case):
        """Alone, and one of many: the same to the last bit."""
        tables = only(GAPPY, pd.DataFrame.to_numpy)
        made = case(tables)
        for asset in range(N_ASSETS):
            alone = case(only(tables, lambda table, asset=asset: table[:, asset]))
            assert_same(alone, [line[:, asset] for line in made])

    @every
    def test_permuted_columns_permute_the_result(self, case):
        """No asset has a place."""
        order = list(np.random.default_rng(2).permutation(PANEL["close"].columns))
        assert_same(case(only(GAPPY, lambda table: table[order])), [line[order] for line in case(GAPPY)])

    @every
    def test_an_asset_without_observations_has_no_values(self, case):
        """Of all days, in every line."""
        assert all(line["asset 3"].isna().all() for line in case(GAPPY))


class TestTime:
    @every
    def test_lookback_is_the_place_of_the_first_value(self, case):
        """In prices without gaps that have gone both ways, of every asset; and everything after it is there."""
        turns = PANEL["close"].diff().iloc[1] * PANEL["close"].diff().iloc[2] < 0
        line = np.asarray(case(PANEL)[LOOKBACK_OF.get(case.name, 0)])[:, turns]
        place = case.function.lookback(**case.parameters)
        found = {first_value(each) for each in line.T}
        assert line.shape[1] > 10
        if (case.name, case.parameters.get("seed")) in BEGINS_BY_PRICES:
            assert min(found) >= place
            assert all(not np.isnan(each[first_value(each) :]).any() for each in line.T)
        else:
            assert found == {place}
            assert not np.isnan(line[place:]).any()

    @every
    def test_lookback_holds_for_the_parameters_that_go_without_saying(self, case):
        """Of 150 bars, which is more than any takes; a window that has no default is 20."""
        window = options(case.function).get("window")
        parameters = {"window": 20} if window is not None and window.default is window.empty else {}
        made = lines(case.function(*(LONG[field] for field in case.fields), **parameters))
        line = np.asarray(made[LOOKBACK_OF.get(case.name, 0)])[:, 0]
        assert first_value(line) == case.function.lookback(**parameters)

    @every
    def test_nothing_looks_ahead(self, case):
        """With gaps of every shape."""
        assert_causal(
            case.function, *(GAPPY[field] for field in case.fields), n_prefixes=8, **case.parameters
        )

    @every
    def test_no_rows_give_no_rows(self, case):
        """With the labels of the columns; and arrays of none, as one asset or as three."""
        for line in case(only(PANEL, lambda table: table.iloc[:0])):
            assert line.shape == (0, N_ASSETS)
            pd.testing.assert_index_equal(line.columns, PANEL["close"].columns)
        for shape in ((0,), (0, 3)):
            assert {line.shape for line in case(only(PANEL, lambda _, shape=shape: np.empty(shape)))} == {
                shape
            }

    @every
    def test_no_assets_give_no_columns(self, case):
        """With the labels of the rows."""
        for line in case(only(PANEL, lambda table: table.iloc[:, :0])):
            assert line.shape == (70, 0)
            pd.testing.assert_index_equal(line.index, PANEL["close"].index)

    @every
    @pytest.mark.parametrize("n_bars", [1, 2])
    def test_a_history_too_short_is_no_error(self, case, n_bars):
        """One row and two rows give what they give at the start of more."""
        made = case(only(PANEL, lambda table: table.iloc[:n_bars]))
        assert {line.shape for line in made} == {(n_bars, N_ASSETS)}
        assert_same(made, [line.iloc[:n_bars] for line in case(PANEL)], rtol=1e-12)


class TestGaps:
    @recursive
    @pytest.mark.parametrize("rule", ["skip", "reset", "propagate"])
    def test_a_gap_has_no_value_by_any_rule(self, case, rule):
        """At a bar of which all prices are missing."""
        is_gap = GAPPY["close"].isna() & GAPPY["high"].isna() & GAPPY["volume"].isna()
        for line in case(GAPPY, nan=rule):
            assert line.to_numpy()[is_gap].size > 70
            assert np.isnan(line.to_numpy()[is_gap]).all()

    @recursive
    def test_rules_agree_where_there_is_no_gap(self, case):
        """Without one there is nothing to follow."""
        expected = case(PANEL)
        for rule in ("skip", "reset", "propagate"):
            assert_same(case(PANEL, nan=rule), expected)

    @recursive
    def test_what_propagates_never_ends(self, case):
        """An asset has no values after its first gap, and the others go on."""
        assert all(np.isfinite(line["asset 5"].iloc[-1]) for line in case(GAPPY, nan="propagate"))
        assert all(line["asset 1"].iloc[30:].isna().all() for line in case(GAPPY, nan="propagate"))

    @recursive
    def test_an_unknown_rule_is_refused(self, case):
        """Naming those that there are."""
        with pytest.raises(InputError, match=r"nan.*'skip'.*'reset'.*'propagate'.*'drop'"):
            case(ONE, nan="drop")


class TestParameters:
    @every
    def test_a_number_of_bars_is_a_whole_number(self, case):
        """Each is refused by its name when it is something else."""
        for name, parameter in options(case.function).items():
            if name == "window" or (type(parameter.default) is int and name != "periods_per_year"):
                for value in (-1, 2.5, "7", None):
                    with pytest.raises(InputError, match=name):
                        case(ONE, **{name: value})

    @every
    def test_an_unknown_way_to_begin_or_to_compute_is_refused(self, case):
        """By the name of the option."""
        for name in {"seed", "method"} & options(case.function).keys():
            with pytest.raises(InputError, match=name):
                case(ONE, **{name: "unknown"})


class TestNumbers:
    @every
    def test_whole_numbers_equal_floats(self, case):
        """Prices in ticks, 64 bits and 32, and pandas' own whole numbers that may be missing."""
        expected = case(WHOLE["float64"])
        for kind in ("int64", "int32", "Int64"):
            assert_same(case(WHOLE[kind]), expected)

    @every
    def test_single_precision_is_widened(self, case):
        """32-bit floats count as the 64-bit floats that they are equal to."""
        narrow = only(PANEL, lambda table: table.astype("float32"))
        assert_same(case(narrow), case(only(narrow, lambda table: table.astype("float64"))))

    @every
    def test_infinite_values_are_refused(self, case):
        """In each of the tables, naming the row and the asset; an infinite price is no gap."""
        for field in case.fields:
            tables = only(PANEL, pd.DataFrame.copy)
            tables[field].loc["2020-01-10", "asset 2"] = -np.inf if field == "low" else np.inf
            with pytest.raises(InputError, match=r"2020-01-10.*asset 2") as caught:
                case(tables)
            assert "inf" in str(caught.value)

    @every
    @pytest.mark.parametrize(("price", "traded"), [(10.0, 500.0), (0.1, 0.0)])
    def test_constant_prices_are_no_error(self, case, price, traded):
        """With and without volume: no warning, which would be an error here, and nothing infinite."""
        assert not any(np.isinf(line).any() for line in map(np.asarray, case(constant(price, traded))))

    @every
    def test_without_numba_all_is_the_same(self, case, monkeypatch):
        """The same source as plain Python: to rounding, as a compiler may keep what it multiplies and adds."""
        small = only(GAPPY, lambda table: table.iloc[20:60, :9])
        compiled = case(small)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        assert not _kernels.compiling()
        for line, expected in zip(case(small), compiled, strict=True):
            scale = np.nanmax(np.abs(expected.to_numpy()))
            assert_same([line], [expected], rtol=1e-12, atol=1e-13 * scale)
