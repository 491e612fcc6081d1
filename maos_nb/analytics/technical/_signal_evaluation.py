"""An honest look at a signal: what came after it, in sample and out of sample, beside what came anyway."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics._sampling import as_seed
from maos_nb.analytics.technical._columns import Columns, Observations, as_same_columns
from maos_nb.analytics.technical._signal_outcomes import Judging, SignalOutcome, judged
from maos_nb.analytics.technical._signal_panels import Signal, as_signal, row_of
from maos_nb.analytics.technical._signal_statistics import Resampling
from maos_nb.analytics.technical._signal_trades import Entry, as_market, trades
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SignalEvaluation", "evaluate_signal"]

Side: TypeAlias = Literal["long", "short"]
Interval: TypeAlias = Literal["hac", "bootstrap"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SignalEvaluation:
    """What came after a signal.

    Parameters
    ----------
    outcomes : tuple of SignalOutcome
        By part of the time, horizon and asset; all assets together come before each.
    split : label or None
        The first bar out of sample.
    entry, side, cost, level, interval
        As given.
    """

    outcomes: tuple[SignalOutcome, ...]
    split: Any
    entry: Entry
    side: Side
    cost: float
    level: float
    interval: Interval

    def find(
        self, horizon: int, *, sample: str = "out_of_sample", asset: Hashable | None = None
    ) -> SignalOutcome:
        """Give one outcome; of all assets together by default.

        Raises
        ------
        InputError
            If there is none such; the message says what there is.
        """
        for item in self.outcomes:
            if (item.horizon, item.sample, item.asset) == (horizon, sample, asset):
                return item
        samples = dict.fromkeys(item.sample for item in self.outcomes)
        horizons = dict.fromkeys(item.horizon for item in self.outcomes)
        raise InputError(
            "horizon, sample and asset",
            f"there is no outcome for {horizon!r}, {sample!r}, {asset!r}",
            advice=f"There are horizons {', '.join(map(str, horizons))} and samples {', '.join(samples)}",
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with a row for each outcome; intervals are two columns, ``..._low`` and ``..._high``.

        Returns
        -------
        DataFrame
            Index sample, horizon, asset, which is ``"all"`` for all together.
        """
        import pandas as pd

        frame = pd.DataFrame([_flat(item) for item in self.outcomes])
        return frame.set_index(["sample", "horizon", "asset"])

    def summary(self) -> str:
        """Say in sentences, one a horizon, what was found for all assets together, each beside its numbers."""
        pooled = [item for item in self.outcomes if item.asset is None]
        judged_last = [item for item in pooled if item.sample == pooled[-1].sample]
        lines = [_sentence(item, self) for item in judged_last]
        return "\n".join([*lines, "This tells of these prices and this time; later ones may differ."])

    def __repr__(self) -> str:
        counted = max(item.n_signals for item in self.outcomes)
        horizons = ", ".join(map(str, dict.fromkeys(item.horizon for item in self.outcomes)))
        return (
            f"<SignalEvaluation {self.side} at {self.entry}, horizons {horizons}: up to {counted} signals, "
            f"split {_label(self.split)}, cost {self.cost:g}>"
        )


def evaluate_signal(
    signal: Signal,
    close: Observations | Ohlcv,
    horizons: Sequence[int] | int = (1, 5, 20),
    *,
    open: Observations | None = None,  # noqa: A002  # the field's word
    entry: Entry | None = None,
    side: Side = "long",
    split: Any = 0.7,
    cost: float = 0.0,
    delisting_return: float | None = None,
    level: float = 0.95,
    interval: Interval = "hac",
    lags: int | None = None,
    n_resamples: int = 999,
    block_length: float | None = None,
    rng: int | np.random.Generator = 0,
) -> SignalEvaluation:
    """Look at what followed a signal, beside what followed any other bar.

    Parameters
    ----------
    signal : Series, DataFrame or array of bool, shape (n_observations,) or (n_observations, n_assets)
        True at the bar at whose close the signal is known. A condition that lasts is a signal at each bar; `onset`
        keeps the first.
    close : Series, DataFrame or array of the same shape and labels
        Closes above zero, adjusted for splits and dividends; NaN where there is none. Or an `Ohlcv` record, whose
        openings are then taken too.
    horizons : int or sequence of int
        How many bars trades last.
    open : like `close`, optional
        Opening prices, needed with and taken by ``entry="next_open"``.
    entry : {"next_open", "next_close", "close"}
        When a trade is entered. After the signal by default: "next_open" where `open` is given, else "next_close".
        "close" is the signal's own bar, before whose end nobody knows it: for comparison only. A trade over `h` bars
        ends at a close: that of the h-th bar after a close, or of the h-th bar from an opening on.
    side : {"long", "short"}
        A short trade brings ``1 - exit / entry``.
    split : float, label or None
        From where on signals are out of sample: a share of all bars between 0 and 1, or a label of the index (a date,
        also as text). None: no split. A trade of a signal before it that ends after it counts in neither part.
    cost : float
        Of a whole trade, in and out, as a decimal, zero or positive.
    delisting_return : float, optional
        For an asset whose prices end before the last bar: what then becomes of its last close, such as -0.3 (Shumway,
        1997, for American shares). By default trades open at that time are not counted, which flatters a long signal.
    level : float
        Confidence of intervals.
    interval : {"hac", "bootstrap"}
        How intervals of means are found, see Notes. That of the hit rate is Wilson's.
    lags : int, optional
        For "hac": days over which a day's gains may be correlated, ``4 (n / 100)**(2 / 9)`` by default.
    n_resamples, block_length, rng
        For "bootstrap": number of resamples, mean length of a block of days (``n**(1 / 3)`` by default), and seed.

    Returns
    -------
    SignalEvaluation
        A `SignalOutcome` for each part of the time (all of it, in sample, out of sample), horizon and asset, and for
        all assets together. Without signals counts are 0 and means NaN; with one signal intervals are NaN.

    Raises
    ------
    InputError
        If `signal` holds anything but booleans, prices are not numbers above zero, inputs differ in kind, shape or
        labels, a horizon is not a whole number of at least 1, `open` is missing for ``"next_open"``, `split` leaves
        nothing on a side or is a label of an array, a number is out of bounds, or a word is unknown.

    Notes
    -----
    Trades of near signals overlap, and so do those of many assets on one day: counted as independent they would prove
    anything. Here a mean is the sum of what all open positions gain each day (the calendar-time view of Fama, 1998,
    and of Hodrick's, 1992, standard errors 1B), which overlap no more. Days are summed over assets, and then
    judged by Newey and West's estimator or the stationary bootstrap (Politis and Romano, 1994), with t quantiles for the
    number of days with positions.

    What no interval shows: signals that were chosen among many (`compare_signals`), assets chosen because they did
    well, and a future unlike the past.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(1000)))
    >>> found = evaluate_signal(rng.random(1000) < 0.1, close, horizons=5, cost=0.001)
    >>> outcome = found.find(5)
    >>> outcome.n_signals, round(outcome.n_effective), round(outcome.difference, 4)
    (24, 16, -0.0017)
    >>> low, high = outcome.difference_interval
    >>> bool(low < 0 < high)
    True
    """
    flags, columns = as_signal("signal", signal)
    closes, opens = _as_prices(columns, close, open)
    how = _as_entry(entry, opens)
    steps = _as_horizons(horizons)
    _check_word("side", side, Side)
    judging = _as_judging(cost, level, interval, lags, n_resamples, block_length, rng)
    rest = None if delisting_return is None else _as_number("delisting_return", delisting_return, -1.0)
    row = _split_row(columns, split)
    market = as_market(closes, opens if how == "next_open" else None, how, rest)
    assets = (None, *_assets(columns))
    outcomes: list[SignalOutcome] = []
    for sample, span in _samples(columns.shape[1], row).items():
        for horizon in steps:
            made = trades(market, horizon, is_short=side == "short")
            outcomes += judged(made, flags, span, sample=sample, assets=assets, judging=judging)
    first = None if row is None else row if columns.index is None else columns.index[row]
    return SignalEvaluation(tuple(outcomes), first, how, side, judging.cost, judging.level, interval)


def _flat(item: SignalOutcome) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in asdict(item).items():
        if isinstance(value, tuple) and name.endswith("_interval"):
            stem = name.removesuffix("_interval")
            row[f"{stem}_low"], row[f"{stem}_high"] = value
        else:
            row[name] = value
    return {**row, "asset": "all" if item.asset is None else item.asset}


def _sentence(item: SignalOutcome, whole: SignalEvaluation) -> str:
    when = {"all": "", "in_sample": " in sample", "out_of_sample": " out of sample"}[item.sample]
    bars = f"{item.horizon} bar{'' if item.horizon == 1 else 's'}"
    if not item.n_signals:
        return f"{bars}: no signals{when} whose result is known, so nothing can be said."
    low, high = item.difference_interval
    if math.isnan(low):
        verdict = "too few signals to tell"
    elif low <= 0 <= high:
        verdict = "not told apart from other bars"
    else:
        verdict = f"{'above' if low > 0 else 'below'} other bars, if this were the only test"
    return (
        f"{bars} after {item.n_signals} signals{when} (as good as {item.n_effective:.0f} independent ones): "
        f"mean return {item.mean_return:.2%} after costs of {whole.cost:.2%}, after any bar {item.base_return:.2%}; "
        f"difference {item.difference:.2%}, {whole.level:.0%} interval {low:.2%} to {high:.2%}: {verdict}. "
        f"Hit rate {item.hit_rate:.0%} ({item.hit_rate_interval[0]:.0%} to {item.hit_rate_interval[1]:.0%}), "
        f"after any bar {item.base_hit_rate:.0%}."
    )


def _label(split: Any) -> str:
    if split is None:
        return "none"
    return str(getattr(split, "isoformat", split.__str__)()).removesuffix("T00:00:00")


def _as_prices(columns: Columns, close: Any, opens: Any) -> tuple[Array, Array | None]:
    if isinstance(close, Ohlcv):
        if opens is not None:
            raise InputError("open", "expected nothing beside an Ohlcv record, which has openings")
        close, opens = close.close, close.open
    given = {"close": close} if opens is None else {"close": close, "open": opens}
    held = as_same_columns(**given)
    # The signal's labels are compared with those of prices by way of a panel of numbers.
    as_same_columns(signal=columns.restore(columns.array), close=close)
    for name, prices in zip(("close", "open"), held, strict=False):
        refuse(name, prices.array.T, prices.array.T <= 0, "prices above zero")
    return held[0].array, held[1].array if opens is not None else None


def _as_entry(entry: Any, opens: Array | None) -> Entry:
    if entry is None:
        return "next_close" if opens is None else "next_open"
    _check_word("entry", entry, Entry)
    if (entry == "next_open") is (opens is None):
        raise InputError(
            "open", "expected opening prices with entry='next_open', and only there", advice="Leave entry out"
        )
    checked: Entry = entry
    return checked


def _as_horizons(horizons: Any) -> tuple[int, ...]:
    given = horizons if isinstance(horizons, Iterable) and not isinstance(horizons, str) else (horizons,)
    steps = tuple(as_count("horizons", item) for item in given)
    if not steps or len(set(steps)) < len(steps):
        raise InputError("horizons", f"expected different numbers of bars, got {horizons!r}")
    return steps


def _as_judging(
    cost: Any, level: Any, interval: Any, lags: Any, n_resamples: Any, block_length: Any, rng: Any
) -> Judging:
    _check_word("interval", interval, Interval)
    confidence = _as_number("level", level, 0.0)
    if not 0 < confidence < 1:
        raise InputError("level", f"expected a confidence between 0 and 1, got {level!r}")
    most = None if lags is None else as_count("lags", lags, minimum=0)
    resampling = None
    if interval == "bootstrap":
        length = None if block_length is None else _as_number("block_length", block_length, 1.0)
        resampling = Resampling(as_count("n_resamples", n_resamples, minimum=99), length, as_seed(rng))
    return Judging(_as_number("cost", cost, 0.0), confidence, most, resampling)


def _as_number(name: str, value: Any, least: float) -> float:
    array = as_float(name, value, finite=True)
    if array.ndim or array < least:
        raise InputError(name, f"expected a single number of at least {least:g}, got {value!r}")
    return float(array)


def _check_word(name: str, word: Any, words: Any) -> None:
    if word not in get_args(words):
        raise InputError(name, f"expected {' or '.join(map(repr, get_args(words)))}, got {word!r}")


def _split_row(columns: Columns, split: Any) -> int | None:
    """Give the first row out of sample."""
    n_bars = columns.shape[1]
    if split is None:
        return None
    if isinstance(split, bool | np.bool_):
        raise InputError("split", f"expected a share of the bars or a label, got {split}")
    if isinstance(split, float | np.floating):
        row = math.ceil(split * n_bars) if 0 < split < 1 else -1
    elif columns.index is None:
        row = as_count("split", split)
    else:
        row = row_of(columns, "split", split, side="left", least=0)
    if not 0 < row < n_bars:
        raise InputError(
            "split", f"expected bars before and after it, got {split!r} of {n_bars} bars", advice="Or None"
        )
    return row


def _samples(n_bars: int, row: int | None) -> dict[str, tuple[int, int]]:
    whole = {"all": (0, n_bars)}
    return whole if row is None else {**whole, "in_sample": (0, row), "out_of_sample": (row, n_bars)}


def _assets(columns: Columns) -> list[Hashable]:
    if columns.kind == "frame":
        return list(columns.columns)
    name = columns.columns if columns.kind == "series" and columns.columns is not None else 0
    return list(range(columns.shape[0])) if columns.kind == "matrix" else [name]
