"""What followed a signal beside what followed any bar: hit rates and mean returns with their intervals."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    MUTED,
    Chart,
    label,
    legend_below,
    limits,
    set_ticks,
    write,
)
from maos_nb.plotting._statement_tables import ratio_words, title_words
from maos_nb.plotting._time_panes import GRID, PAPER, fitted

if TYPE_CHECKING:
    from maos_nb.analytics.technical._signal_outcomes import SignalOutcome

__all__ = ["signal_study"]

_PITCH = 0.34
"""Inches of a row."""
_NOTE = 0.4
"""Inches of the words below."""
_MOST = 60
_KEPT = 0.05
_SAMPLES: Final = {"all": "", "in_sample": "in sample", "out_of_sample": "out of sample"}
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "in_sample": {"color": MUTED, "marker": "s", "markerfacecolor": PAPER, "linestyle": (0, (3, 1.5))},
    "out_of_sample": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE, "linestyle": "-"},
    "all": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE, "linestyle": "-"},
}
_BASE: Final[dict[str, Any]] = {
    "marker": "D",
    "markersize": 6,
    "markerfacecolor": PAPER,
    "color": AMBER,
    "linestyle": "",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One outcome with its name, and its p-value among all that were tested where several were."""

    name: str
    outcome: SignalOutcome
    adjusted: float | None = None


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is drawn in one of the two charts: a figure, its interval, and the base rate."""

    title: str
    figure: str
    base: str

    def of(self, row: _Row) -> tuple[float, float, float, float]:
        outcome = row.outcome
        low, high = getattr(outcome, f"{self.figure}_interval")
        values = getattr(outcome, self.figure), low, high, getattr(outcome, self.base)
        value, low, high, base = (100 * float(item) for item in values)
        return value, low, high, base


_MEASURES: Final = (
    _Measure("Hit rate", "hit_rate", "base_hit_rate"),
    _Measure("Mean return of a trade", "mean_return", "base_return"),
)


def signal_study(evaluation: Any, *, asset: Any = None, name: str = "Signal") -> Chart:
    """Draw hit rates and mean returns after a signal, with intervals, against the rates after any bar.

    Parameters
    ----------
    evaluation : SignalEvaluation or SignalComparison
        As `evaluate_signal` gives it: a row for each horizon, in and out of sample; or as `compare_signals` does: a
        row for each signal and horizon, of the part of the time that was compared.
    asset : label, optional
        Draw this asset; all together by default. Only of a `SignalEvaluation`.
    name : str
        What to call the signal in the title.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. Beside each row are the number of signals, as how many independent ones they tell as
        much, and in words whether the difference from any bar is told apart from none. Without signals a row is empty,
        and says so.

    Raises
    ------
    InputError
        If it is neither record, there is no such asset, or there are more than 60 rows.

    Notes
    -----
    Intervals are about each figure; the verdict is of their difference from the base rate, whose own interval is not
    drawn. Of a comparison it is the p-value that was raised for there being several tests.

    Examples
    --------
    >>> import numpy as np
    >>> from maos_nb.analytics.technical.signals import evaluate_signal
    >>> rng = np.random.default_rng(1)
    >>> close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(1000)))
    >>> chart = signal_study(evaluate_signal(rng.random(1000) < 0.1, close, horizons=5))
    >>> [text.get_text() for text in chart.axes[0].get_yticklabels()]
    ['5 bars in sample', '5 bars out of sample']
    """
    rows, words = _rows(evaluation, asset)
    if len(rows) > _MOST:
        raise InputError(
            "evaluation", f"expected at most {_MOST} rows, got {len(rows)}", advice="Draw fewer signals"
        )
    whole = _whole(evaluation)
    chart = Chart(
        figsize=(9.6, 1.9 + _NOTE + _PITCH * len(rows)),
        dpi=100,
        layout="constrained",
        facecolor=PAPER,
        edgecolor=PAPER,
    )
    title = title_words(f"{fitted(name, 4.0, 13, 'bold')}: what followed{_of(asset)}", 62)
    write(chart.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold", color=INK))
    grid = chart.add_gridspec(2, 2, height_ratios=[0.4 + _PITCH * len(rows), _NOTE])
    axes = [chart.add_subplot(grid[0, place], facecolor=PAPER) for place in range(2)]
    for each, measure in zip(axes, _MEASURES, strict=True):
        _style(each, measure.title)
        _draw(each, rows, measure)
        each.set_ylim(len(rows) - 0.5, -0.6)
    set_ticks(axes[0], "y", range(len(rows)), [row.name for row in rows])
    set_ticks(axes[1], "y", [], [])
    _verdicts(axes[1], rows)
    _note(chart.add_subplot(grid[1, :], facecolor=PAPER), words)
    legend_below(chart, _legend(rows, whole.level), columns=3)
    return chart


def _whole(evaluation: Any) -> Any:
    return next(iter(evaluation.evaluations.values())) if hasattr(evaluation, "evaluations") else evaluation


def _rows(evaluation: Any, asset: Any) -> tuple[list[_Row], str]:
    """Give the rows, and how they were found in words."""
    from maos_nb.analytics.technical.signals import SignalComparison, SignalEvaluation

    if isinstance(evaluation, SignalComparison):
        if asset is not None:
            raise InputError("asset", "a comparison is of all assets together", advice="Draw one evaluation")
        return _compared(evaluation)
    if not isinstance(evaluation, SignalEvaluation):
        raise InputError(
            "evaluation",
            f"expected a SignalEvaluation or a SignalComparison, got {type(evaluation).__name__}",
            advice="Give what evaluate_signal or compare_signals returns",
        )
    chosen = [item for item in evaluation.outcomes if item.asset == asset]
    if not chosen:
        known = list(dict.fromkeys(str(item.asset) for item in evaluation.outcomes if item.asset is not None))
        raise InputError("asset", f"there is no {asset!r}", advice=f"Here: {', '.join(known[:20])}")
    has_split = any(item.sample != "all" for item in chosen)
    shown = [item for item in chosen if item.sample != "all" or not has_split]
    horizons = list(dict.fromkeys(item.horizon for item in shown))
    ordered = sorted(shown, key=lambda item: horizons.index(item.horizon))
    rows = [
        _Row(" ".join(filter(None, (_bars(item.horizon), _SAMPLES[item.sample]))), item) for item in ordered
    ]
    return rows, f"{_how(evaluation)} This tells of these prices and this time; later ones may differ."


def _compared(comparison: Any) -> tuple[list[_Row], str]:
    rows = [
        _Row(
            f"{fitted(name, 1.9)}, {_bars(horizon)}",
            evaluation.find(horizon, sample=comparison.sample),
            adjusted,
        )
        for (name, horizon), adjusted in comparison.adjusted.items()
        for evaluation in (comparison.evaluations[name],)
    ]
    part = _SAMPLES[comparison.sample] or "all of the time"
    tests = comparison.n_tests
    words = (
        f"{part[:1].upper()}{part[1:]}: p-values of {tests} test{'s' if tests != 1 else ''}, raised by "
        f"{comparison.correction.replace('_', '-').title()}. {_how(_whole(comparison))}"
    )
    return rows, words


def _how(evaluation: Any) -> str:
    cost = f"after costs of {100 * evaluation.cost:.2g}% a trade" if evaluation.cost else "before costs"
    entry = {"next_open": "the next open", "next_close": "the next close", "close": "the same close"}
    return f"Trades are {evaluation.side}, entered at {entry[evaluation.entry]}, {cost}."


def _bars(horizon: int) -> str:
    return f"{horizon} bar{'' if horizon == 1 else 's'}"


def _of(asset: Any) -> str:
    return "" if asset is None else f" in {fitted(asset, 2.5, 13, 'bold')}"


def _note(axes: Axes, words: str) -> None:
    axes.set_axis_off()
    set_ticks(axes, "x", [], [])
    set_ticks(axes, "y", [], [])
    look: dict[str, Any] = {
        "where": "axes fraction",
        "ha": "left",
        "va": "top",
        "fontsize": 9,
        "color": MUTED,
    }
    text = label(axes, textwrap.fill(words, 100), (0.0, 1.0), linespacing=1.3, **look)
    # It spans both charts, whose widths it must not press.
    text.set_in_layout(False)


def _style(axes: Axes, title: str) -> None:
    axes.tick_params(axis="both", colors=MUTED, labelsize=9, length=0)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=GRID, linewidth=0.7, linestyle="-", alpha=1.0)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(GRID)
    write(axes.set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK, pad=6))


def _draw(axes: Axes, rows: list[_Row], measure: _Measure) -> None:
    """Draw a figure with its interval a row, and the base rate beside it."""
    values = np.array([measure.of(row) for row in rows])
    known = values[np.isfinite(values)]
    for place, (row, (value, low, high, base)) in enumerate(zip(rows, values, strict=True)):
        if not math.isfinite(value):
            label(
                axes, "no signals", (0.5, place), where=axes.get_yaxis_transform(), fontsize=8.5, color=MUTED
            )
            continue
        look = _LOOKS[row.outcome.sample]
        line = {"color": look["color"], "linestyle": look["linestyle"], "linewidth": 1.6, "zorder": 2.5}
        axes.plot([low, high], [place, place], **line)
        point = {key: look[key] for key in ("color", "marker", "markerfacecolor")}
        axes.plot([base], [place], **_BASE, zorder=2.8)
        axes.plot([value], [place], **point, markersize=6, zorder=3)
    if known.size:
        _scale(axes, known, is_rate=measure.figure == "hit_rate")
    else:
        set_ticks(axes, "x", [], [])


def _scale(axes: Axes, known: Array, *, is_rate: bool) -> None:
    if not is_rate and known.min() < 0 < known.max():
        axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1.5)
    axes.set_xlim(*((-3.0, 103.0) if is_rate else limits(known, room=0.06)))
    axes.xaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}%"))


def _verdicts(axes: Axes, rows: list[_Row]) -> None:
    """Write beside each row how far it lies from the base rate, and whether that is told apart from chance."""
    where = axes.get_yaxis_transform()
    for place, row in enumerate(rows):
        outcome = row.outcome
        colour, verdict = _verdict(row)
        words = f"{ratio_words(outcome.difference, 'rate', '+')} against any bar"
        small = f"{verdict}; {_counts(outcome)}"
        if not outcome.n_signals:
            words, small = "No signals", _counts(outcome)
        style: dict[str, Any] = {"where": where, "ha": "left"}
        label(axes, words, (1.0, place), by=(10, 6), color=colour, fontweight="bold", fontsize=8.5, **style)
        label(axes, small, (1.0, place), by=(10, -6), color=MUTED, fontsize=8, **style)


def _verdict(row: _Row) -> tuple[str, str]:
    """Give the colour and the words of a difference; of several tests those of its raised p-value."""
    outcome = row.outcome
    low, high = outcome.difference_interval
    apart = GREEN if outcome.difference > 0 else AMBER
    if row.adjusted is not None and math.isfinite(row.adjusted):
        return (apart if row.adjusted <= _KEPT else INK), f"p {_p(row.adjusted)}"
    if math.isnan(low) or row.adjusted is not None:
        return MUTED, "too few to tell"
    return (INK, "not told apart") if low <= 0 <= high else (apart, "above" if low > 0 else "below")


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.2g}" if value < 0.1 else f"{value:.2f}"


def _counts(outcome: Any) -> str:
    if not outcome.n_signals:
        return f"{outcome.n_unknown} without a known result" if outcome.n_unknown else "none was raised"
    signals = f"{outcome.n_signals:,} signal{'s' if outcome.n_signals != 1 else ''}"
    effective = f"{outcome.n_effective:,.0f}" if math.isfinite(outcome.n_effective) else "n/a"
    return f"{signals}, as good as {effective}"


def _legend(rows: list[_Row], level: float) -> list[Any]:
    samples = dict.fromkeys(row.outcome.sample for row in rows)
    handles = []
    for sample in samples:
        part = _SAMPLES[sample]
        words = f"After the signal{f', {part}' if part else ''}, with its {100 * level:g}% interval"
        handles.append(Line2D([], [], label=words, markersize=6, linewidth=1.6, **_LOOKS[sample]))
    return [*handles, Line2D([], [], label="After any bar, before costs", **_BASE)]
