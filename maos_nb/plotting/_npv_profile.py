"""Net present value over the discount rate, and the rates at which it is nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from maos_nb.analytics._arrays import Array, refuse
from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    INK,
    MUTED,
    Chart,
    Scale,
    driver_figures,
    label,
    limits,
    mark,
    new_chart,
    note,
    scale_for,
    spread,
    write,
)
from maos_nb.plotting._door import axis, check_currency, check_mapping, known_amount, line, refuse_unknown

__all__ = ["npv_profile"]

_MOST_ROOTS = 12


@dataclass(frozen=True, slots=True)
class _Profile:
    """The curve as given, the roots that lie on it, and those beyond its ends."""

    rates: Array
    values: Array
    roots: Array
    beyond: Array


def npv_profile(profile: Mapping[str, Any], *, rate: float | None = None, currency: str = "USD") -> Chart:
    """Draw net present value over the discount rate.

    Parameters
    ----------
    profile : mapping
        ``rate`` ``(n_rates,)``, rising decimals above -1; ``npv`` ``(n_rates,)`` in single units of
        currency; and ``irr``, all internal rates of return as decimals, which may be none.
    rate : float, optional
        The discount rate, within the profile's; its NPV is read from the curve, by linear interpolation
        (and called "about") where the rate is none of the profile's.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. None and NaN are gaps in the curve, and are left out of ``irr``. Where
        NPV explodes, as it does towards -100%, the curve leaves the chart and a note says so.

    Raises
    ------
    InputError
        If a list is missing, if rates do not rise or are not above -1, if there is not one NPV for each
        of at least two rates, if no NPV is known, if a root is -1 or less, if `rate` lies outside the
        profile, or if the currency is no text.

    Examples
    --------
    >>> chart = npv_profile({"rate": [0.0, 0.1, 0.2], "npv": [2e6, 1e6, -1e6], "irr": [0.151]}, rate=0.1)
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['IRR 15.1%', 'NPV at 10.0%: 1.00']
    """
    curve, currency = _profile(profile), check_currency(currency)
    read = _npv_at(curve, rate)
    low, high = _reach(curve, read)
    scale = scale_for(
        np.append(np.clip(curve.values, low, high), [] if read is None else [read[0]]), currency
    )
    chart, axes = new_chart("Net present value by discount rate", scale.unit)
    write(
        axes.set_title(
            axes.get_title(loc="left"), loc="left", fontsize=13, fontweight="bold", color=INK, pad=26
        )
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.tick_params(axis="x", pad=8)
    write(axes.set_xlabel("Discount rate", fontsize=10, color=MUTED))
    axes.set_xlim(*limits(curve.rates, room=0.02))
    axes.set_ylim(low / scale.divisor, high / scale.divisor)
    # A point beyond the page is drawn at a distance that the renderer can still count in pixels.
    far = 100 * (high - low)
    drawn = scale.of(np.clip(curve.values, low - far, high + far))
    axes.plot(
        curve.rates, drawn, color=BLUE, linewidth=2.0, zorder=2.5, marker="o" if curve.rates.size <= 3 else ""
    )
    _draw_roots(axes, curve, scale)
    if rate is not None and read is not None:
        _draw_rate(axes, float(rate), read, scale)
    words = _words_below(curve, low, high)
    if words:
        note(axes, words)
    return chart


def _profile(given: object) -> _Profile:
    pieces = check_mapping("profile", given, ("rate", "npv", "irr"))
    rates = axis("profile['rate']", pieces["rate"], per="rate", is_rising=True)
    refuse("profile['rate']", rates, rates <= -1, "rates above -1", advice="Give 9% as 0.09")
    if rates.size < 2:
        raise InputError("profile['rate']", "expected at least two, got one")
    values = line("profile['npv']", pieces["npv"], per="rate", count=rates.size)
    refuse_unknown("profile['npv']", values)
    roots = _roots(pieces["irr"])
    is_beyond = (roots < rates[0]) | (roots > rates[-1])
    return _Profile(rates, values, roots[~is_beyond], roots[is_beyond])


def _roots(given: object) -> Array:
    name = "profile['irr']"
    if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) and np.size(given) == 0:
        return np.array([])
    roots = line(name, given, per="root")
    refuse(name, roots, roots <= -1, "rates above -1")
    return np.sort(roots[np.isfinite(roots)])


def _npv_at(curve: _Profile, rate: object) -> tuple[float, bool] | None:
    """Give NPV at the rate, and whether the profile itself holds it."""
    if rate is None:
        return None
    number = known_amount("rate", rate)
    low, high = curve.rates[0], curve.rates[-1]
    if not low <= number <= high:
        raise InputError("rate", f"expected a rate from {low:g} to {high:g} as the profile's, got {number:g}")
    is_held = np.isclose(curve.rates, number, rtol=1e-9, atol=1e-12)
    if is_held.any():
        return float(curve.values[is_held][0]), True
    return float(np.interp(number, curve.rates, curve.values)), False


def _reach(curve: _Profile, read: tuple[float, bool] | None) -> tuple[float, float]:
    """Find ends of the axis that show the roots and the rate, whatever NPV is near -100%."""
    sizes = np.abs(curve.values[np.isfinite(curve.values)])
    cap = 6 * float(np.median(sizes))
    if curve.roots.size > 1:
        # Between two roots the curve has to be seen leaving zero.
        is_inside = (curve.rates > curve.roots[0]) & (curve.rates < curve.roots[-1])
        inside = float(np.nan_to_num(np.abs(curve.values[is_inside])).max(initial=0.0))
        cap = max(min(cap, 8 * inside), cap / 20) if inside > 0 else cap
    if read is not None and math.isfinite(read[0]):
        cap = max(cap, 1.3 * abs(read[0]))
    if not cap or float(sizes.max()) <= 2 * cap:
        cap = float(sizes.max())
    return limits(np.clip(curve.values, -cap, cap), 0.0, room=0.12)


def _draw_roots(axes: Axes, curve: _Profile, scale: Scale) -> None:
    low, high = axes.get_ylim()
    axes.plot(
        curve.roots,
        np.zeros_like(curve.roots),
        linestyle="",
        marker="o",
        markersize=7,
        markerfacecolor="white",
        markeredgecolor=INK,
        markeredgewidth=1.8,
        zorder=4,
    )
    words = _written(curve)
    roots = curve.roots[: len(words)]
    is_falling = np.array([_is_falling(curve, root) for root in roots], bool)
    for side in (True, False):
        chosen = np.flatnonzero(is_falling == side)
        if chosen.size:
            # A falling curve leaves room above and to the right of its root, a rising one below.
            height = (0.055 if side else -0.055) * (high - low)
            _write_roots(axes, roots[chosen], [words[place] for place in chosen], height)


def _written(curve: _Profile) -> list[str]:
    """Write as many roots as there is room for, even if all their words stand on one side of zero."""
    words = driver_figures("irr", curve.roots[:_MOST_ROOTS], enough=1)
    return [f"IRR {words[0]}"] if len(words) == 1 else words[: int(0.98 / _gap(words))]


def _gap(words: Sequence[str]) -> float:
    """Give the share of the chart's width that the longest of the words takes."""
    return 0.0116 * max(map(len, words), default=0) + 0.012


def _write_roots(axes: Axes, roots: Array, words: Sequence[str], height: float) -> None:
    left, right = axes.get_xlim()
    wide = right - left
    gap = wide * _gap(words)
    places = spread(roots + 0.008 * wide, gap, left, right - gap)
    for root, place, word in zip(roots, places, words, strict=True):
        if abs(place - root) > 0.02 * wide:
            axes.plot([root, place], [0.0, height], color=MUTED, linewidth=0.8, zorder=3)
        label(axes, word, (float(place), height), ha="left", fontsize=9, fontweight="bold", back=True)


def _is_falling(curve: _Profile, root: float) -> bool:
    after = min(max(int(np.searchsorted(curve.rates, root)), 1), curve.rates.size - 1)
    return not curve.values[after] > curve.values[after - 1]


def _draw_rate(axes: Axes, rate: float, read: tuple[float, bool], scale: Scale) -> None:
    value, is_held = read
    about = "" if is_held or math.isnan(value) else "about "
    (written,) = driver_figures("rate", np.array([rate]))
    left, right = axes.get_xlim()
    share = (rate - left) / (right - left)
    side = "left" if share < 0.15 else "right" if share > 0.85 else "center"
    mark(axes, rate, f"NPV at {written}: {about}{scale.write(value / scale.divisor)}", ha=side)
    if math.isfinite(value):
        axes.plot([rate], [value / scale.divisor], marker="s", markersize=8, color=AMBER, zorder=4)


def _words_below(curve: _Profile, low: float, high: float) -> str:
    words = []
    if not (curve.roots.size or curve.beyond.size):
        words.append("No internal rate of return.")
    n_written = len(_written(curve))
    if curve.roots.size > n_written:
        words.append(f"Only the first {n_written} of {curve.roots.size} roots are written.")
    if curve.beyond.size:
        listed = ", ".join(driver_figures("irr", curve.beyond[:_MOST_ROOTS], enough=1))
        words.append(f"Beyond the chart: IRR {listed}.")
    is_out = (curve.values < low) | (curve.values > high)
    seen = curve.rates[np.isfinite(curve.values) & ~is_out]
    if is_out.any() and seen.size:
        ends = [f"below {seen[0]:.0%}"] * bool(is_out[curve.rates < seen[0]].any())
        ends += [f"above {seen[-1]:.0%}"] * bool(is_out[curve.rates > seen[-1]].any())
        words.append(f"The curve leaves the chart {' and '.join(ends) or 'between its ends'}.")
    return " ".join(words)
