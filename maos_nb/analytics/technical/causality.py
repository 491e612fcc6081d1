"""Does an indicator look into the future? Recompute it as it would have been on earlier days, and compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import as_count
from maos_nb.errors import InputError

__all__ = ["assert_causal"]

TOLERANCE = 1e-9
"""Relative to the largest result of a column: sums taken along another way round in another last bit."""


def assert_causal(
    function: Callable[..., Any], *inputs: Any, n_prefixes: int = 12, **parameters: Any
) -> None:
    """Check that no result uses a later observation.

    The function is run on everything, and again on the first observations alone, cut at several places: what it
    says of a bar must be the same. Cuts are spread evenly; the last one is a bar before the end, where most that looks
    ahead gives itself away; and as many come just behind gaps, where it shows whether they are filled from later bars.

    Parameters
    ----------
    function : callable
        Of observations, to one result or a tuple of results of the same length: a Series, a DataFrame or arrays.
    *inputs : Series, DataFrame or array
        Observations down; all of the same length.
    n_prefixes : int
        How many cuts of each kind; ``len(x) - 1`` cuts behind every bar.
    **parameters
        Further arguments of the function.

    Raises
    ------
    AssertionError
        Where a result changes as later observations come in; it names the bar and both values.
    InputError
        For no inputs, inputs of different lengths or fewer than two observations, or results of another length.

    Examples
    --------
    >>> closes = np.array([1.0, 3.0, 2.0, 5.0])
    >>> assert_causal(np.cumsum, closes)
    >>> assert_causal(lambda x: x - x.mean(), closes)
    Traceback (most recent call last):
    ...
    AssertionError: <lambda> looks ahead: bar 0 is 0 of the first 1 bars, and -1.75 of all 4
    """
    length = _length(inputs)
    whole = _results(function, inputs, parameters, length)
    for cut in _cuts(inputs, length, as_count("n_prefixes", n_prefixes)):
        known = _results(function, tuple(item[:cut] for item in inputs), parameters, cut)
        for then, now in zip(known, whole, strict=True):
            _compare(getattr(function, "__name__", "the function"), then, now, length)


def _length(inputs: tuple[Any, ...]) -> int:
    lengths = {len(item) for item in inputs}
    if len(lengths) != 1 or min(lengths) < 2:
        shown = ", ".join(map(str, sorted(lengths))) or "none"
        raise InputError("inputs", f"expected inputs of one length, two observations or more, got {shown}")
    return lengths.pop()


def _cuts(inputs: tuple[Any, ...], length: int, count: int) -> list[int]:
    """Choose how many of the first observations are known, from 1 to all but one; the last is one of them."""
    is_gap = np.zeros(length, dtype=bool)
    for item in inputs:
        is_gap |= np.isnan(np.asarray(item, dtype=np.float64).reshape(length, -1)).any(axis=1)
    behind_gaps = np.flatnonzero(is_gap[:-1]) + 1
    chosen = behind_gaps[np.linspace(0, len(behind_gaps) - 1, min(count, len(behind_gaps))).astype(int)]
    evenly = np.linspace(length - 1, 1, count).astype(int)
    return sorted({*chosen.tolist(), *evenly.tolist()})


def _results(
    function: Callable[..., Any], inputs: tuple[Any, ...], parameters: dict[str, Any], length: int
) -> list[npt.NDArray[np.float64]]:
    made = function(*inputs, **parameters)
    arrays = [np.asarray(item, dtype=np.float64) for item in (made if isinstance(made, tuple) else (made,))]
    for array in arrays:
        if array.ndim == 0 or len(array) != length:
            got = len(array) if array.ndim else "a single one"
            raise InputError("function", f"expected {length} results, one an observation, got {got}")
    return [array.reshape(length, -1) for array in arrays]


def _compare(name: str, then: npt.NDArray[np.float64], now: npt.NDArray[np.float64], length: int) -> None:
    cut = len(then)
    scale = np.max(np.abs(now), axis=0, initial=0.0, where=np.isfinite(now))
    same = np.isclose(then, now[:cut], rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True)
    if same.all():
        return
    row, column = np.argwhere(~same)[0]
    where = f"bar {row}" + (f", column {column}" if then.shape[1] > 1 else "")
    raise AssertionError(
        f"{name} looks ahead: {where} is {then[row, column]:g} of the first {cut} bars, and "
        f"{now[row, column]:g} of all {length}"
    )
