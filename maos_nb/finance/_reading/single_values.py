"""Single values, for parameters that come as text."""

from __future__ import annotations

from datetime import date

from maos_nb.finance._reading.figures import skeleton_of
from maos_nb.finance._reading.vocabulary import DATE

__all__ = ["day_in", "number_in"]


def number_in(text: str) -> float | None:
    """Give the one figure that a text consists of ("8.5%", "$2.5 million", "5 years"), else None.

    Examples
    --------
    >>> number_in("8.5%"), number_in("$2.5 million"), number_in("five apples")
    (0.085, 2500000.0, None)
    """
    skeleton = skeleton_of(text.strip()[:100])
    figure = skeleton.figures.get(0)
    is_alone = figure is not None and len(skeleton.text) == 1 and figure.sign != DATE
    return float(figure.value) if figure is not None and is_alone else None


def day_in(text: str) -> date | None:
    """Give the one date that a text consists of, else None.

    Examples
    --------
    >>> day_in("Dec 31, 2022")
    datetime.date(2022, 12, 31)
    """
    skeleton = skeleton_of(text.strip()[:100])
    return skeleton.figures[0].day if len(skeleton.text) == 1 and 0 in skeleton.figures else None
