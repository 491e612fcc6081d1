"""A sentiment composite from 0, fear, to 100, greed, with everything it is made of in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics._records import figure
from maos_nb.analytics.market._panel import across, as_prices, as_single, rolling_mean
from maos_nb.analytics.market._past import as_history, percentiles
from maos_nb.analytics.technical._columns import Columns, Observations, as_same_columns
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WEIGHTS", "Sentiment", "sentiment_composite", "sentiment_state"]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"volatility": 0.25, "momentum": 0.25, "breadth": 0.25, "strength": 0.25}
)
"""Weights by default: nothing is known that would favour one part."""

_STATES = ((20.0, "extreme fear"), (40.0, "fear"), (60.0, "neutral"), (80.0, "greed"))


@dataclass(frozen=True, slots=True, eq=False)
class Sentiment:
    """The composite and its parts, each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    score
        From 0, fear, to 100, greed.
    components : dict
        The parts that were given, by name, each from 0 to 100.
    weights : dict
        Their weights, which add up to 1.
    known_weight
        How much of that weight had a value.
    """

    score: Any
    components: Mapping[str, Any] = field(repr=False)
    weights: Mapping[str, float]
    known_weight: Any = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give score, components and known weight side by side."""
        import pandas as pd

        return pd.DataFrame({"score": self.score, **self.components, "known_weight": self.known_weight})

    def __repr__(self) -> str:
        shares = ", ".join(f"{name} {figure(weight)}" for name, weight in self.weights.items())
        return f"Sentiment(score={figure(np.asarray(self.score))}, weights: {shares})"


def sentiment_composite(
    price: Observations | None = None,
    vix: Observations | None = None,
    *,
    breadth: Observations | None = None,
    strength: Observations | None = None,
    weights: Mapping[str, float] | None = None,
    momentum_window: int = 125,
    history: int | None = None,
    min_history: int = 252,
) -> Sentiment:
    """Combine volatility, momentum, breadth and strength, each against its own past.

    Parameters
    ----------
    price : Series or array, shape (n_observations,), optional
        The market's index, above zero. Momentum is its distance from its average.
    vix : Series or array, shape (n_observations,), optional
        Expected volatility, above zero; counted the other way round, as fear.
    breadth : Series or array, shape (n_observations,), optional
        Such as `share_above_average` of 200 days.
    strength : Series or array, shape (n_observations,), optional
        Such as `new_highs_lows`' net share.
    weights : mapping, optional
        By name ("volatility", "momentum", "breadth", "strength"), zero or more; those left out weigh as in `WEIGHTS`.
        Only those of the parts given count, and they are made to add up to 1.
    momentum_window : int
        Observations in the average.
    history, min_history : int
        How many earlier values each percentile counts (all by default), and how many there must be.

    Returns
    -------
    Sentiment
        Where a part is NaN the others share its weight; `known_weight` tells. NaN where no part is known. Every part is
        a percentile among earlier values (`past_percentile`), so that no day knows of later ones.

    Raises
    ------
    InputError
        If nothing is given, what is given is not one column of numbers, differs in its rows, or is not in order;
        prices are not above zero; a weight is negative, unknown or not finite, or all of them are zero; or
        the counts do not suit, as for `past_percentile`.

    Notes
    -----
    In the manner of CNN's Fear & Greed Index, of which the formulas are not published: momentum against 125 days, VIX,
    and new highs against lows are among its seven parts. A description of the present; not a forecast.

    Examples
    --------
    >>> result = sentiment_composite(vix=[20.0, 30.0, 25.0, 10.0], min_history=2)
    >>> result.score, result.weights
    (array([ nan,  nan,  50., 100.]), {'volatility': 1.0})
    """
    given = {"price": price, "vix": vix, "breadth": breadth, "strength": strength}
    held = _as_parts({name: part for name, part in given.items() if part is not None})
    past, least = as_history(history, min_history)
    raw = _raw(held, as_count("momentum_window", momentum_window))
    shares = _as_weights(weights, tuple(raw))
    scores = np.array([100.0 * percentiles(line, past, least) for line in raw.values()])
    share = np.array(list(shares.values()))[:, np.newaxis]
    known = ~np.isnan(scores)
    weight = (share * known).sum(axis=0)
    total = (share * np.where(known, scores, 0.0)).sum(axis=0)
    score = np.divide(total, weight, out=np.full(len(weight), np.nan), where=weight > 0)
    first = next(iter(held.values()))
    return Sentiment(
        across(first, score, "sentiment"),
        {name: across(first, line, name) for name, line in zip(raw, scores, strict=True)},
        shares,
        across(first, weight, "known_weight"),
    )


def sentiment_state(score: float) -> str:
    """Name a score: extreme fear below 20, fear below 40, neutral up to 60, greed up to 80, extreme greed above.

    Parameters
    ----------
    score : float
        From 0 to 100; NaN is "not known".

    Returns
    -------
    str
        The words.

    Raises
    ------
    InputError
        If `score` is not a number from 0 to 100.

    Examples
    --------
    >>> sentiment_state(12.0), sentiment_state(50.0), sentiment_state(81.0)
    ('extreme fear', 'neutral', 'extreme greed')
    """
    value = as_float("score", score)
    if value.ndim:
        raise InputError("score", f"expected a number, got an array of shape {value.shape}")
    refuse("score", value, (value < 0) | (value > 100), "a score from 0 to 100")
    if np.isnan(value):
        return "not known"
    if value < 50:
        return next(word for limit, word in _STATES if value < limit or word == "neutral")
    return next((word for limit, word in _STATES[2:] if value <= limit), "extreme greed")


def _as_parts(given: dict[str, Observations]) -> dict[str, Columns]:
    if not given:
        raise InputError(
            "price and vix", "expected at least one of price, vix, breadth and strength, got none"
        )
    for name, part in given.items():
        as_single(name, part)
        if name in ("price", "vix"):
            as_prices(name, part)
    return dict(zip(given, as_same_columns(**given), strict=True))


def _raw(held: dict[str, Columns], window: int) -> dict[str, Array]:
    """Give what each part is before it is ranked; more of it is greed."""
    lines = {}
    for name, part in held.items():
        if name == "price":
            lines["momentum"] = (part.array / rolling_mean(part.array, window) - 1.0)[0]
        elif name == "vix":
            lines["volatility"] = -part.array[0]
        else:
            lines[name] = part.array[0]
    return {name: lines[name] for name in WEIGHTS if name in lines}


def _as_weights(weights: Mapping[str, float] | None, names: tuple[str, ...]) -> dict[str, float]:
    chosen = dict(WEIGHTS)
    if weights is not None:
        if not isinstance(weights, Mapping):
            raise InputError("weights", f"expected weights by name, got {type(weights).__name__}")
        for name, value in weights.items():
            if name not in WEIGHTS:
                raise InputError("weights", f"expected {', '.join(WEIGHTS)}, got {name!r}")
            amount = as_float(f"weights[{name!r}]", value, finite=True)
            refuse(f"weights[{name!r}]", amount, amount < 0, "a weight of zero or more")
            chosen[name] = float(amount)
    total = sum(chosen[name] for name in names)
    if not total > 0:
        raise InputError("weights", f"expected one above zero among {', '.join(names)}, got none")
    return {name: chosen[name] / total for name in names}
