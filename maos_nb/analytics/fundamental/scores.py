"""Published scores of distress, strength, manipulation and growth, each with its components in view.

Every score takes statements or a panel and gives a frame with a row for each ticker and fiscal year:
``score``, ``zone`` in words, ``n_available`` (how many of its components are known), the components, and what
follows from them, such as a probability. The flows of a panel have to be those of years, or of the last
twelve months: a bare quarter's revenue over assets is a quarter of what the scores were made for.

What is missing is never taken for zero. A component is NaN where an input is not known, and a score is NaN
unless all of its components are known; scores that count criteria give ``met`` too, the number met among
those known.

`SCORES` holds for each its source, its components in words, its zones and which direction is good:

>>> SCORES["altman_z"].zones[0]
Zone(lower=-inf, upper=1.81, name='distress', verdict='bad')
>>> SCORES["piotroski"].n_inputs
9
"""

from __future__ import annotations

from maos_nb.analytics.fundamental._accrual_scores import (
    BENEISH,
    SLOAN_ACCRUALS,
    AccrualMethod,
    TaxPayable,
    beneish,
    sloan_accruals,
)
from maos_nb.analytics.fundamental._altman import (
    ALTMAN_Z,
    ALTMAN_Z_DOUBLE_PRIME,
    ALTMAN_Z_PRIME,
    altman_z,
    altman_z_double_prime,
    altman_z_prime,
)
from maos_nb.analytics.fundamental._counted_scores import (
    MONTIER_C,
    PIOTROSKI,
    AssetBase,
    DebtCounted,
    Offering,
    Plant,
    montier_c,
    piotroski,
)
from maos_nb.analytics.fundamental._distress_scores import SPRINGATE, ZMIJEWSKI, springate, zmijewski
from maos_nb.analytics.fundamental._market_scores import (
    GRAHAM_NUMBER,
    MERTON,
    DefaultPoint,
    Earnings,
    graham_number,
    merton,
)
from maos_nb.analytics.fundamental._merton import MertonModel, MertonStatus, merton_model
from maos_nb.analytics.fundamental._mohanram import MOHANRAM_G, mohanram_g
from maos_nb.analytics.fundamental._ohlson import OHLSON, Funds, ohlson
from maos_nb.analytics.fundamental._score_items import Ebit
from maos_nb.analytics.fundamental._score_table import Score, Zone

__all__ = [
    "SCORES",
    "AccrualMethod",
    "AssetBase",
    "DebtCounted",
    "DefaultPoint",
    "Earnings",
    "Ebit",
    "Funds",
    "MertonModel",
    "MertonStatus",
    "Offering",
    "Plant",
    "Score",
    "TaxPayable",
    "Zone",
    "altman_z",
    "altman_z_double_prime",
    "altman_z_prime",
    "beneish",
    "graham_number",
    "merton",
    "merton_model",
    "mohanram_g",
    "montier_c",
    "ohlson",
    "piotroski",
    "sloan_accruals",
    "springate",
    "zmijewski",
]

SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        ALTMAN_Z,
        ALTMAN_Z_PRIME,
        ALTMAN_Z_DOUBLE_PRIME,
        OHLSON,
        ZMIJEWSKI,
        SPRINGATE,
        MERTON,
        PIOTROSKI,
        MOHANRAM_G,
        BENEISH,
        MONTIER_C,
        SLOAN_ACCRUALS,
        GRAHAM_NUMBER,
    )
}
"""Every score by name: distress first, then strength, then accounting, then value."""
