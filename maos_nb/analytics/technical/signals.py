"""Signals: causal boolean panels, screens over them, and an honest look at what came after them.

A signal is a table of booleans with the labels of the prices it came from: observations down, assets across, true at
the bar at whose close it is known, and False where anything it needs is not. Signals combine by ``&``, ``|`` and
``~``.

>>> import numpy as np
>>> close = np.array([10.0, 10.5, 10.2, 11.0, 11.5, 11.2, 11.8])
>>> breakout(close, close, close, 3) & within(crossover(close, 10.4), 4)
array([False, False, False,  True,  True, False,  True])

What came after it is told by `evaluate_signal`, of several at once by `compare_signals`: never more than what these
prices showed.
"""

from __future__ import annotations

from maos_nb.analytics.technical._breakouts import breakdown, breakout
from maos_nb.analytics.technical._crossings import Ties, crossover, crossunder, threshold
from maos_nb.analytics.technical._divergences import Divergence, divergence
from maos_nb.analytics.technical._signal_comparison import SignalComparison, compare_signals
from maos_nb.analytics.technical._signal_evaluation import SignalEvaluation, evaluate_signal
from maos_nb.analytics.technical._signal_outcomes import SignalOutcome
from maos_nb.analytics.technical._signal_panels import Signal, onset, persist, within
from maos_nb.analytics.technical._signal_screen import last_values, screen_signals
from maos_nb.analytics.technical._signal_trades import Entry

__all__ = [
    "Divergence",
    "Entry",
    "Signal",
    "SignalComparison",
    "SignalEvaluation",
    "SignalOutcome",
    "Ties",
    "breakdown",
    "breakout",
    "compare_signals",
    "crossover",
    "crossunder",
    "divergence",
    "evaluate_signal",
    "last_values",
    "onset",
    "persist",
    "screen_signals",
    "threshold",
    "within",
]
