"""A valuation over companies, scenarios and draws in one call, in memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_count, as_float, as_fraction
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import Model, as_model, call_rows, readable, steps
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DcfPanel", "dcf_panel"]

Box: TypeAlias = tuple[slice, slice, slice]
Parts: TypeAlias = tuple[Array, ...]

AXES = ("companies", "scenarios", "draws")
CHUNK_BYTES = 1 << 23
WORK_PER_CASE = 16  # numbers that a model keeps alive for a case while it works, beside its drivers


class _Summary(NamedTuple):
    """Statistics over the draws of some companies, ``(n, n_scenarios, ...)``."""

    mean: Array
    deviation: Array
    percentiles: Array
    above: Array
    n_ok: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DcfPanel:
    """Values of companies in scenarios, over draws; every array starts with ``(n_companies, n_scenarios)``.

    Parameters
    ----------
    companies, scenarios
        Their labels.
    results
        The value of each draw, ``(n_companies, n_scenarios, n_draws)``; None if they were not kept.
    mean, standard_deviation, standard_error
        Over the draws that have a value; the deviation with ddof 1, the error that of the mean.
    levels
        The levels of `percentiles`, from 0 to 1, ``(n_levels,)``.
    percentiles
        Of the draws that have a value, interpolated, ``(n_companies, n_scenarios, n_levels)``.
    probability_above_price
        Share of these draws with a value above the price; None without a price.
    n_ok
        Number of draws that have a value; the rest are NaN or infinite, as where WACC is not above growth.
    n_draws
        Number of draws.
    """

    companies: tuple[str, ...]
    scenarios: tuple[str, ...]
    results: Array | None
    mean: Array
    standard_deviation: Array
    standard_error: Array
    levels: Array
    percentiles: Array
    probability_above_price: Array | None
    n_ok: npt.NDArray[np.intp]
    n_draws: int

    def __repr__(self) -> str:
        rejected = int(self.n_ok.size * self.n_draws - self.n_ok.sum())
        return (
            f"DcfPanel(companies={len(self.companies)}, scenarios={len(self.scenarios)}, draws={self.n_draws}, "
            f"mean={figure(self.mean)}, rejected={rejected})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per company and scenario.

        Returns
        -------
        DataFrame
            Columns mean, standard_deviation, standard_error, one per percentile (such as ``p5``),
            probability_above_price if there was a price, and n_ok.
        """
        import pandas as pd

        columns = {
            "mean": self.mean,
            "standard_deviation": self.standard_deviation,
            "standard_error": self.standard_error,
        }
        columns |= {f"p{100 * level:g}": self.percentiles[..., i] for i, level in enumerate(self.levels)}
        if self.probability_above_price is not None:
            columns["probability_above_price"] = self.probability_above_price
        index = pd.MultiIndex.from_product([self.companies, self.scenarios], names=["company", "scenario"])
        frame = pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)
        return frame.assign(n_ok=self.n_ok.ravel())


def dcf_panel(
    model: Model,
    drivers: Mapping[str, Numeric | tuple[Numeric, ...]],
    *,
    companies: Sequence[str] | None = None,
    scenarios: Sequence[str] | None = None,
    price: Numeric | None = None,
    levels: Numeric = (0.05, 0.25, 0.5, 0.75, 0.95),
    keep_results: bool = True,
    chunk_bytes: int = CHUNK_BYTES,
) -> DcfPanel:
    """Value companies in scenarios over draws.

    Parameters
    ----------
    model : callable
        A `driver_model`, or any function of keyword arrays with one row per case that returns one number per
        row, as for the tools of `sensitivity`.
    drivers : mapping of str to array_like, or to a tuple of them
        By driver a single number, or an array ``(n_companies or 1, n_scenarios or 1, n_draws or 1)``, with
        the periods on a fourth axis for a path. The arrays of a tuple are added up, block by block: a
        company's growth ``(n_companies, 1, 1)``, a scenario's shift ``(1, n_scenarios, 1)`` and a draw's
        deviation ``(1, 1, n_draws)`` need no array of all cases.
    companies, scenarios : sequence of str, optional
        Labels; by default numbers from 0.
    price : array_like, scalar or shape (n_companies,), optional
        Price with which the values are compared.
    levels : array_like, shape (n_levels,)
        Which percentiles to give, from 0 to 1.
    keep_results : bool
        Keep the value of every draw: 8 bytes for each. Without, memory does not grow with the draws of other
        companies.
    chunk_bytes : int
        Memory for the work on one block of cases; the results do not depend on it. At the default of 8 MiB a
        block and its intermediate arrays stay near the processor.

    Returns
    -------
    DcfPanel
        Mean, deviation, percentiles and probabilities per company and scenario, and the values. Draws that
        are NaN or infinite are left out of all statistics and counted; NaN where no draw is left, and for a
        deviation where only one is.

    Raises
    ------
    InputError
        If `model` cannot be called, does not return one number per row or refuses a driver; `drivers` is no
        mapping or empty, or an array is not numeric, has no three (or four) axes or does not fit the others;
        labels are not as many as companies or scenarios; `price` has another shape; a level is outside
        [0, 1]; `chunk_bytes` is not a whole number of at least 1.

    Examples
    --------
    >>> from maos_nb.analytics.dcf import driver_model
    >>> rng = np.random.default_rng(7)
    >>> panel = dcf_panel(
    ...     driver_model(n_periods=10, tax_rate=0.25, sales_to_capital=2.0, terminal_growth=0.02),
    ...     {
    ...         "revenue": np.reshape([1000.0, 300.0], (2, 1, 1)),
    ...         "growth": (0.05, np.reshape([-0.02, 0.0, 0.02], (1, 3, 1)), rng.normal(0.0, 0.01, (1, 1, 500))),
    ...         "operating_margin": 0.20,
    ...         "wacc": 0.09,
    ...     },
    ...     companies=["A", "B"], scenarios=["bear", "base", "bull"], price=[2300.0, 700.0],
    ... )
    >>> panel
    DcfPanel(companies=2, scenarios=3, draws=500, mean=634.763 to 2,469.88 (2, 3), rejected=0)
    """
    function = as_model(model)
    columns = _as_columns(drivers)
    shape = _shape(columns)
    names = _labels("companies", companies, shape[0]), _labels("scenarios", scenarios, shape[1])
    prices = _as_price(np.nan if price is None else price, shape[0])
    wanted = np.atleast_1d(as_fraction("levels", levels))
    most = max(1, as_count("chunk_bytes", chunk_bytes) // (8 * (WORK_PER_CASE + _numbers_per_case(columns))))
    results = np.empty(shape) if keep_results else None
    summaries = []
    for first, last in steps(shape[0], max(1, most // (shape[1] * shape[2]))):
        part = np.empty((last - first, *shape[1:])) if results is None else results[first:last]
        for box in _boxes(part.shape, most):
            part[box] = _evaluated(function, columns, box, first)
        summaries.append(_summary(part, wanted, prices[first:last]))
    summary = _Summary(*(np.concatenate(arrays) for arrays in zip(*summaries, strict=True)))
    return DcfPanel(
        companies=names[0],
        scenarios=names[1],
        results=None if results is None else readable(results),
        mean=readable(summary.mean),
        standard_deviation=readable(summary.deviation),
        standard_error=readable(summary.deviation / np.sqrt(np.maximum(summary.n_ok, 1))),
        levels=readable(wanted),
        percentiles=readable(summary.percentiles),
        probability_above_price=None if price is None else readable(summary.above),
        n_ok=summary.n_ok,
        n_draws=shape[2],
    )


def _as_columns(drivers: object) -> dict[str, Parts]:
    if not isinstance(drivers, Mapping) or not drivers:
        raise InputError("drivers", f"expected a dictionary by driver, got {type(drivers).__name__}")
    columns = {}
    for name, value in drivers.items():
        label = f'drivers["{name}"]'
        parts = tuple(as_float(label, part) for part in (value if isinstance(value, tuple) else (value,)))
        for part in parts:
            if part.ndim not in (0, 3, 4):
                raise InputError(
                    label,
                    "expected a number, or an array (companies, scenarios, draws) with 1 where it does not vary, "
                    f"got shape {part.shape}",
                    advice="Give one number per company as np.reshape(values, (-1, 1, 1)); only a tuple is added up",
                )
        if not parts:
            raise InputError(label, "expected at least one array, got an empty tuple")
        columns[str(name)] = parts
    return columns


def _shape(columns: dict[str, Parts]) -> tuple[int, int, int]:
    lengths = []
    for axis, kind in enumerate(AXES):
        by_name = {
            name: part.shape[axis]
            for name, parts in columns.items()
            for part in parts
            if part.ndim and part.shape[axis] != 1
        }
        if len(set(by_name.values())) > 1 or 0 in by_name.values():
            shown = ", ".join(f"{name} {length}" for name, length in by_name.items())
            raise InputError("drivers", f"expected one number of {kind}, at least 1, got {shown}")
        lengths.append(next(iter(by_name.values()), 1))
    return lengths[0], lengths[1], lengths[2]


def _labels(argument: str, labels: Sequence[str] | None, count: int) -> tuple[str, ...]:
    if labels is None:
        return tuple(str(number) for number in range(count))
    names = tuple(str(label) for label in labels)
    if isinstance(labels, str) or len(names) != count:
        raise InputError(argument, f"expected {count} labels, got {len(names)}")
    return names


def _as_price(price: Numeric, n_companies: int) -> Array:
    prices = as_float("price", price)
    if prices.shape not in {(), (1,), (n_companies,)}:
        raise InputError("price", f"expected one price, or one per company, got shape {prices.shape}")
    return np.broadcast_to(prices, (n_companies,))


def _numbers_per_case(columns: dict[str, Parts]) -> int:
    return sum(max(part.shape[3] if part.ndim == 4 else 1 for part in parts) for parts in columns.values())


def _boxes(shape: tuple[int, ...], most: int) -> Iterator[Box]:
    """Cut cases into boxes of at most `most`: whole inner axes before parts of outer ones."""
    _, scenarios, draws = shape
    sides = (max(1, most // (scenarios * draws)), max(1, most // draws), most)
    cuts = [[slice(*ends) for ends in steps(length, side)] for length, side in zip(shape, sides, strict=True)]
    return ((company, scenario, draw) for company in cuts[0] for scenario in cuts[1] for draw in cuts[2])


def _evaluated(model: Model, columns: dict[str, Parts], box: Box, first_company: int) -> Array:
    here = (slice(box[0].start + first_company, box[0].stop + first_company), box[1], box[2])
    shape = tuple(part.stop - part.start for part in box)
    n_rows = int(np.prod(shape))
    flat = {}
    for name, parts in columns.items():
        total = _taken(parts[0], here)
        for part in parts[1:]:
            total = total + _taken(part, here)
        path = total.shape[3:]
        flat[name] = (
            np.broadcast_to(total, (*shape, *path)).reshape(n_rows, *path)
            if total.ndim
            else np.broadcast_to(total, (n_rows,))
        )
    return call_rows(model, flat, n_rows).reshape(shape)


def _taken(part: Array, box: Box) -> Array:
    if part.ndim == 0:
        return part
    index = tuple(
        slice(None) if length == 1 else where for length, where in zip(part.shape[:3], box, strict=True)
    )
    return part[index]


def _summary(results: Array, levels: Array, prices: Array) -> _Summary:
    finite: BoolArray = np.isfinite(results)
    count = np.count_nonzero(finite, axis=2)
    known = results if finite.all() else np.where(finite, results, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(finite, results, 0.0).sum(axis=2) / count
        squares = np.square(np.where(finite, results - mean[..., np.newaxis], 0.0)).sum(axis=2)
        above = np.count_nonzero(known > prices[:, np.newaxis, np.newaxis], axis=2) / count
    return _Summary(
        mean=mean,
        deviation=np.sqrt(squares / np.where(count > 1, count - 1, np.nan)),
        percentiles=_percentiles(np.sort(known, axis=2), count, levels),
        above=np.where(np.isnan(prices)[:, np.newaxis], np.nan, above),
        n_ok=count,
    )


def _percentiles(rising: Array, count: npt.NDArray[np.intp], levels: Array) -> Array:
    """Interpolate between neighbours in rising order, NaN last, as numpy.percentile does without NaN."""
    place = np.maximum(count - 1, 0)[..., np.newaxis] * levels
    below = np.floor(place).astype(np.intp)
    low = np.take_along_axis(rising, below, axis=2)
    high = np.take_along_axis(
        rising, np.minimum(below + 1, np.maximum(count - 1, 0)[..., np.newaxis]), axis=2
    )
    return np.asarray(low + (high - low) * (place - below))
