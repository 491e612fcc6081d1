"""The price level by which Ohlson's score deflates the size of a company."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float, refuse
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.errors import InputError

__all__ = ["DEFLATOR", "price_level"]

_FIRST_YEAR = 1968
# Implicit price deflator of the gross domestic product of the United States, 2017 = 100, by year from 1968:
# Bureau of Economic Analysis, FRED series A191RD3A086NBEA, as of 2026. Ohlson took that of the gross national
# product, which the bureau led with until 1991.
_GDP_DEFLATOR = (
    *(18.280, 19.176, 20.189, 21.212, 22.130, 23.342, 25.443, 27.800, 29.330, 31.152),
    *(33.343, 36.110, 39.371, 43.097, 45.759, 47.552, 49.267, 50.826, 51.849, 53.134),
    *(55.008, 57.165, 59.305, 61.310, 62.707, 64.194, 65.564, 66.939, 68.164, 69.340),
    *(70.119, 71.111, 72.722, 74.360, 75.515, 77.006, 79.077, 81.556, 84.071, 86.349),
    *(88.013, 88.556, 89.632, 91.481, 93.185, 94.771, 96.421, 97.316, 98.241, 100.000),
    *(102.291, 103.979, 105.377, 110.186, 118.023, 122.390, 125.428, 128.986),
)

DEFLATOR = {_FIRST_YEAR + place: 100 * level / _GDP_DEFLATOR[0] for place, level in enumerate(_GDP_DEFLATOR)}
"""The price level of each calendar year in the United States, 1968 = 100."""


def price_level(panel: Panel, given: Mapping[int | str, float] | Numeric | None) -> Array:
    """Give the price level of each figure of a panel, ``(n_companies, n_periods)``.

    Without one given it is that of the calendar year before the fiscal year, as Ohlson had it: the last that
    is known when the statements are published. NaN for money that is not in US dollars.
    """
    if given is None:
        in_dollars = panel.currency in ("", "USD")
        levels = [DEFLATOR.get(int(str(period)[:4]) - 1, np.nan) for period in panel.periods]
        return np.broadcast_to(np.array(levels) if in_dollars else np.nan, panel.shape)
    if isinstance(given, Mapping):
        array = as_float("price_index", [given.get(period, np.nan) for period in panel.periods])
    else:
        array = as_float("price_index", given)
    refuse("price_index", array, array <= 0, "a price level above zero, 100 in 1968")
    try:
        return np.broadcast_to(array, panel.shape)
    except ValueError:
        raise InputError(
            "price_index", f"expected what broadcasts to {panel.shape}, got shape {array.shape}"
        ) from None
