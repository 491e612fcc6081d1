"""Reading a plain description of a valuation: tables of rules, nothing learned, nothing guessed.

The text is normalised character by character, so that positions stay those of the original.
Figures and dates become one sign each, which gives a short skeleton; the rules are patterns over
that skeleton. Of overlapping matches the one that starts first counts, then the one higher in its
table. What no rule claims is reported, figures always.
"""

from maos_nb.finance._reading.measures import field_named
from maos_nb.finance._reading.phrases import scenario_named, sector_named
from maos_nb.finance._reading.reader import read_description
from maos_nb.finance._reading.records import Problem, Reading, refusal
from maos_nb.finance._reading.single_values import day_in, number_in
from maos_nb.finance._reading.symbols import nearest_ticker

__all__ = [
    "Problem",
    "Reading",
    "day_in",
    "field_named",
    "nearest_ticker",
    "number_in",
    "read_description",
    "refusal",
    "scenario_named",
    "sector_named",
]
