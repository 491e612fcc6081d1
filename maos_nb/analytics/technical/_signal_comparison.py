"""Several signals judged at once: the best of many looks good by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._signal_evaluation import SignalEvaluation, evaluate_signal
from maos_nb.analytics.technical._signal_panels import Signal
from maos_nb.analytics.technical._signal_statistics import adjusted_p_values
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SignalComparison", "compare_signals"]

Correction: TypeAlias = Literal["benjamini_hochberg", "benjamini_yekutieli", "holm", "bonferroni"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SignalComparison:
    """Signals side by side, for all assets together.

    Parameters
    ----------
    evaluations : mapping of str to SignalEvaluation
        By the signal's name.
    sample : str
        The part of the time that is compared.
    correction : str
        How p-values were raised for there being several.
    adjusted : mapping of (str, int) to float
        By name and horizon: the smallest level at which the difference would be kept among all these tests; NaN
        where there are too few signals, which are no tests.
    """

    evaluations: Mapping[str, SignalEvaluation]
    sample: str
    correction: Correction
    adjusted: Mapping[tuple[str, int], float]

    @property
    def n_tests(self) -> int:
        """How many differences were tested."""
        return sum(not np.isnan(value) for value in self.adjusted.values())

    def kept(self, level: float = 0.05) -> tuple[tuple[str, int], ...]:
        """Give the names and horizons whose difference is kept at a level, in the order given."""
        return tuple(key for key, value in self.adjusted.items() if value <= level)

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with a row for each signal and horizon, that of `SignalEvaluation` and ``adjusted_p_value``.

        Returns
        -------
        DataFrame
            Index signal, horizon.
        """
        import pandas as pd

        frames = {
            name: item.to_frame().xs((self.sample, "all"), level=["sample", "asset"])
            for name, item in self.evaluations.items()
        }
        frame = pd.concat(frames, names=["signal"])
        frame["adjusted_p_value"] = [self.adjusted[key] for key in frame.index]
        return frame

    def __repr__(self) -> str:
        kept = ", ".join(f"{name} ({horizon})" for name, horizon in self.kept()) or "none"
        return (
            f"<SignalComparison of {len(self.evaluations)} signals, {self.n_tests} tests {self.sample}, "
            f"{self.correction}: at 5% {kept}>"
        )


def compare_signals(
    signals: Mapping[str, Signal],
    close: Observations | Ohlcv,
    horizons: Sequence[int] | int = (1, 5, 20),
    *,
    correction: Correction = "benjamini_hochberg",
    sample: str | None = None,
    **options: Any,
) -> SignalComparison:
    """Evaluate several signals on the same prices, and raise their p-values for there being several.

    Parameters
    ----------
    signals : mapping of str to Series, DataFrame or array of bool
        Signals by name. All that were tried belong here: what was left out cannot be allowed for.
    close, horizons, **options
        As for `evaluate_signal`.
    correction : {"benjamini_hochberg", "benjamini_yekutieli", "holm", "bonferroni"}
        Of those kept at 5%, at most 5% are expected to be due to chance (the first, for tests that are independent
        or move together; the second, whatever their dependence), or the chance that any is due to it is at most 5%
        (the other two, whatever their dependence).
    sample : {"out_of_sample", "in_sample", "all"}, optional
        What is compared: out of sample, or everything without a split.

    Returns
    -------
    SignalComparison
        Every signal and horizon is a test; those without a p-value, for too few signals, are not counted.

    Raises
    ------
    InputError
        If there are no signals, `correction` or `sample` is unknown, or what `evaluate_signal` refuses; the message
        then names the signal.

    Notes
    -----
    Benjamini and Hochberg (1995), Benjamini and Yekutieli (2001), Holm (1979).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(1000)))
    >>> compare_signals({f"dice {i}": rng.random(1000) < 0.1 for i in range(20)}, close)
    <SignalComparison of 20 signals, 60 tests out_of_sample, benjamini_hochberg: at 5% none>
    """
    if not isinstance(signals, Mapping) or not signals:
        raise InputError("signals", f"expected signals by name, got {type(signals).__name__} {signals!r:.60}")
    if correction not in get_args(Correction):
        words = " or ".join(map(repr, get_args(Correction)))
        raise InputError("correction", f"expected {words}, got {correction!r}")
    evaluations = {
        str(name): _evaluated(str(name), item, close, horizons, options) for name, item in signals.items()
    }
    part = sample or ("all" if options.get("split", 0.7) is None else "out_of_sample")
    tests = {
        (name, item.horizon): item.p_value
        for name, evaluation in evaluations.items()
        for item in evaluation.outcomes
        if item.asset is None and item.sample == part
    }
    if not tests:
        raise InputError(
            "sample", f"there is none called {part!r}", advice="It is all, in_sample or out_of_sample"
        )
    adjusted = adjusted_p_values(np.array(list(tests.values())), correction)
    return SignalComparison(evaluations, part, correction, dict(zip(tests, adjusted.tolist(), strict=True)))


def _evaluated(
    name: str, signal: Signal, close: Any, horizons: Any, options: Mapping[str, Any]
) -> SignalEvaluation:
    try:
        return evaluate_signal(signal, close, horizons, **options)
    except InputError as error:
        error.add_note(f"signal {name!r}")
        raise
