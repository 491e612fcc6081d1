"""Volume: who bought and who sold, and at which prices, as far as bars tell.

Prices and volumes come as Series, DataFrames or arrays, observations down and assets across, or as one
`Ohlcv` record alone, and results come back in the same kind. A windowed indicator is NaN while a gap is
inside its window; one that goes on from its last value takes `nan` to say what follows on a gap. Nothing here
looks ahead; `volume_profile` is of the whole span that it is given.
"""

from __future__ import annotations

from maos_nb.analytics.technical._volume_prices import VolumeProfile, volume_profile, vwap
from maos_nb.analytics.technical._volume_totals import (
    accumulation_distribution,
    chaikin_oscillator,
    efi,
    nvi,
    obv,
    pvi,
    pvt,
)
from maos_nb.analytics.technical._volume_windows import cmf, emv, mfi

__all__ = [
    "VolumeProfile",
    "accumulation_distribution",
    "chaikin_oscillator",
    "cmf",
    "efi",
    "emv",
    "mfi",
    "nvi",
    "obv",
    "pvi",
    "pvt",
    "volume_profile",
    "vwap",
]
