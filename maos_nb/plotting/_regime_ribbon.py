"""A price with a ribbon of named regimes below it, and how likely each was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from maos_nb.analytics._arrays import Array, BoolArray, refuse
from maos_nb.errors import InputError
from maos_nb.plotting._bar_dates import bar_name
from maos_nb.plotting._bar_lines import Rows, read_line, read_rows
from maos_nb.plotting._chart import INK, Chart, label, set_ticks
from maos_nb.plotting._time_panes import (
    WIDTH,
    draw_line,
    figure_words,
    finish,
    fitted,
    head,
    new_panes,
    rectangles,
    runs,
    set_amounts,
    text_width,
)

__all__ = ["regime_ribbon"]

_PRICE, _RIBBON, _PROBABILITIES = 2.9, 0.5, 1.5
"""Inches of the panes."""
_LOOKS: Final[tuple[dict[str, Any], ...]] = (
    {"facecolor": "#cfdcea", "edgecolor": "#1f4e79", "hatch": ""},
    {"facecolor": "#f6d9bf", "edgecolor": "#a8480a", "hatch": "////"},
    {"facecolor": "#e4e7eb", "edgecolor": "#52606d", "hatch": "...."},
    {"facecolor": "#d5e8d9", "edgecolor": "#1d6b3a", "hatch": "\\\\\\\\"},
    {"facecolor": "#e6d6ec", "edgecolor": "#7b3294", "hatch": "xxxx"},
    {"facecolor": "#f7efc6", "edgecolor": "#6b5a00", "hatch": "||||"},
    {"facecolor": "#ffffff", "edgecolor": "#1f2933", "hatch": "----"},
    {"facecolor": "#d3eef0", "edgecolor": "#0b5e66", "hatch": "++++"},
)
_NAMES: Final = {
    "TrendRegime": {1.0: "Up", -1.0: "Down", 0.0: "None yet"},
    "VolatilityRegime": {-1.0: "Calm", 1.0: "Turbulent", 0.0: "Usual"},
}


@dataclass(frozen=True, slots=True, eq=False)
class _Regimes:
    """Names of the regimes in the order of drawing, and which is on at each row ``(n_rows,)``, -1 for none."""

    names: tuple[str, ...]
    states: Array
    probabilities: Array | None

    def on(self, place: int) -> BoolArray:
        """Where a regime is on."""
        return np.asarray(self.states == place)


def regime_ribbon(
    price: Any,
    regimes: Any,
    *,
    names: Mapping[Any, str] | None = None,
    probabilities: Any = None,
    name: str = "Price",
) -> Chart:
    """Draw a price and a ribbon of its regimes below.

    Parameters
    ----------
    price : Ohlcv, Series or array, shape (n_observations,)
        Prices of one asset; of a record the closes.
    regimes : TrendRegime, VolatilityRegime, MarkovRegimes, Series or array, shape (n_observations,)
        A result with ``state``, or a regime at each observation, as a number, a word or a truth; NaN or None is none.
    names : mapping, optional
        Regime -> its name, in the order of drawing, eight at most; regimes of results have names of their own.
    probabilities : DataFrame or array, shape (n_observations, n_regimes), optional
        How likely each regime was, drawn below the ribbon; columns in the order of `names`, without which they are
        in the order of the regimes. `MarkovRegimes` brings its own.
    name : str
        What to call the price.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. Regimes are told apart by colour, hatches, words in the ribbon where there is room, and
        words above it with the share of the known observations that each takes.

    Raises
    ------
    InputError
        If the lines are not numbers or do not belong to the same observations, there is no regime or more than eight,
        a regime has no name in `names`, or probabilities are not one column for each regime, between 0 and 1.

    Examples
    --------
    >>> chart = regime_ribbon([10.0, 11.0, 9.0, 8.0], ["calm", "calm", "wild", "wild"])
    >>> [text.get_text() for text in chart.axes[1].texts]
    ['calm', 'wild']
    """
    rows, closes = read_rows("price", price)
    found = _read(regimes, names, probabilities, rows)
    has_chances = found.probabilities is not None
    title = fitted(name, 3.0, 13, "bold")
    span = bar_name(rows.index, 0) + (
        f" to {bar_name(rows.index, rows.n_shown - 1)}" if rows.n_shown > 1 else ""
    )
    page = new_panes(
        f"{title} and its regimes, {span}", [_PRICE, _RIBBON, *([_PROBABILITIES] if has_chances else [])]
    )
    above, ribbon, *below = page.axes
    draw_line(above, closes, color=INK, linewidth=1.3)
    set_amounts(above, closes)
    head(above, f"{title}, last {figure_words(float(closes[-1]))}")
    _shade(above, found)
    finish(page, rows.index, rows.n_shown)
    _draw_ribbon(ribbon, found)
    if below:
        _draw_probabilities(below[0], found)
    return page.chart


def _read(regimes: Any, names: Any, probabilities: Any, rows: Rows) -> _Regimes:
    kind = type(regimes).__name__
    states = getattr(regimes, "state", regimes) if not _is_table(regimes) else regimes
    if kind == "MarkovRegimes":
        probabilities = regimes.probabilities if probabilities is None else probabilities
        names = _markov_names(regimes) if names is None else names
    elif names is None:
        names = _NAMES.get(kind)
    if names is not None and (not isinstance(names, Mapping) or not names):
        raise InputError("names", f"expected a mapping of regimes to names, got {names!r:.60}")
    labels = _labels(states, rows)
    is_none = np.array([item is None or item != item for item in labels])
    seen = list(dict.fromkeys(labels[~is_none].tolist()))
    order = list(names) if names is not None else _sorted(seen)
    missing = [item for item in seen if item not in order]
    if missing:
        raise InputError(
            "names", f"there is no name for the regime {missing[0]!r}", advice="Name each of them"
        )
    if not seen or len(order) > len(_LOOKS):
        raise InputError("regimes", f"expected one to {len(_LOOKS)} regimes, got {len(order) if seen else 0}")
    places = {item: place for place, item in enumerate(order)}
    numbers = np.array(
        [-1 if none else places[item] for none, item in zip(is_none, labels.tolist(), strict=True)]
    )
    words = tuple(str(names[item]) if names is not None else _word(item) for item in order)
    return _Regimes(words, numbers, _chances(probabilities, len(order), rows))


def _is_table(given: Any) -> bool:
    return type(given).__name__ in ("Series", "DataFrame", "ndarray")


def _markov_names(regimes: Any) -> dict[float, str]:
    yearly = [f"{100 * value:.2g}%" for value in regimes.volatilities]
    return {
        float(place): f"Regime {place + 1} (volatility {words} a period)"
        for place, words in enumerate(yearly)
    }


def _labels(states: Any, rows: Rows) -> Any:
    """Give the regime of each row: words as they are, numbers by way of the door."""
    index = getattr(states, "index", None) if _is_table(states) else None
    words = states.to_numpy(dtype=object, na_value=None) if index is not None else _objects(states)
    if words.ndim == 1 and any(isinstance(item, str | bool | np.bool_) for item in words):
        if words.size != rows.count:
            raise InputError(
                "regimes", f"expected one regime for each of {rows.count} rows, got {words.size}"
            )
        if index is not None and rows.whole is not None and not index.equals(rows.whole):
            raise InputError("regimes", "expected the same labels as the price's")
        return words
    return read_line("regimes", states, rows)


def _objects(states: Any) -> Any:
    try:
        return np.array(states, dtype=object)
    except ValueError as error:
        raise InputError("regimes", f"expected one regime a row ({error})") from None


def _sorted(seen: list[Any]) -> list[Any]:
    try:
        return sorted(seen)
    except TypeError:
        return seen


def _word(item: Any) -> str:
    return f"{item:g}" if isinstance(item, float) else str(item)


def _chances(given: Any, count: int, rows: Rows) -> Array | None:
    if given is None:
        return None
    from maos_nb.analytics.technical._columns import as_columns

    held = as_columns("probabilities", given)
    if held.shape != (count, rows.count):
        raise InputError(
            "probabilities",
            f"expected {rows.count} rows and {count} columns, got {held.shape[1]} and {held.shape[0]}",
        )
    if held.index is not None and rows.whole is not None and not held.index.equals(rows.whole):
        raise InputError("probabilities", "expected the same labels as the price's")
    # Sums of filtered probabilities are one but for rounding.
    refuse(
        "probabilities",
        held.array,
        (held.array < -1e-9) | (held.array > 1 + 1e-9),
        "a probability between 0 and 1",
    )
    return np.clip(held.array, 0.0, 1.0)


def _shade(axes: Axes, found: _Regimes) -> None:
    """Put the regimes' colours behind the price."""
    for place in range(len(found.names)):
        look = {"facecolor": _LOOKS[place]["facecolor"], "edgecolor": "none", "alpha": 0.55}
        _add_runs(axes, found.on(place), look)


def _add_runs(axes: Axes, flags: BoolArray, look: dict[str, Any]) -> None:
    spans = np.array(runs(flags), dtype=float).reshape(-1, 2)
    if spans.size:
        drawn: PolyCollection = rectangles(
            spans[:, 0] - 0.5,
            spans[:, 1] + 0.5,
            np.zeros(len(spans)),
            np.ones(len(spans)),
            zorder=1.0,
            **look,
        )
        drawn.set_transform(axes.get_xaxis_transform())
        axes.add_collection(drawn, autolim=False)


def _draw_ribbon(axes: Axes, found: _Regimes) -> None:
    known = max(int(np.count_nonzero(found.states >= 0)), 1)
    low, high = axes.get_xlim()
    inch = WIDTH / (high - low)
    handles = []
    for place, name in enumerate(found.names):
        look = {**_LOOKS[place], "linewidth": 0.0}
        flags = found.on(place)
        _add_runs(axes, flags, look)
        for first, last in runs(flags):
            if (last - first + 1) * inch > text_width(name, 8.5) + 0.16:
                label(axes, name, ((first + last) / 2, 0.5), fontsize=8.5, back=True)
        if not flags.any() and found.probabilities is None:
            continue
        share = np.count_nonzero(flags) / known
        handles.append(Patch(**_LOOKS[place], linewidth=0.6, label=f"{fitted(name, 2.4)} {_percent(share)}"))
    axes.set_ylim(0, 1)
    axes.grid(visible=False)
    set_ticks(axes, "y", [], [])
    head(axes, "Regimes", handles)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if 0.01 <= share <= 0.99 or share in (0.0, 1.0) else f"{100 * share:.1f}%"


def _draw_probabilities(axes: Axes, found: _Regimes) -> None:
    chances = np.asarray(found.probabilities)
    along = np.arange(chances.shape[1])
    edges = np.vstack([np.zeros(chances.shape[1]), np.cumsum(chances, axis=0)])
    for place in range(len(found.names)):
        look = {**_LOOKS[place], "linewidth": 0.0}
        axes.fill_between(along, 100 * edges[place], 100 * edges[place + 1], zorder=1.5, **look)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100], ["0%", "50%", "100%"])
    head(axes, "Probability of each, one above the other")
