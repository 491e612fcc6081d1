"""What a valuation implies about the years after its horizon, and whether that is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, broadcast_shape, unwrap
from maos_nb.analytics._discounted_cash_flow import DcfResult
from maos_nb.analytics._periods import full
from maos_nb.analytics._projection import Projection
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ImpliedChecks", "implied_checks"]

LIMITS: dict[str, tuple[float, float]] = {
    "terminal_share": (0.0, 0.80),
    "terminal_growth": (0.0, 0.04),
    "spread": (0.03, np.inf),
    "growth_drop": (-0.01, 0.05),
    "reinvestment_rate": (0.0, 0.80),
    "ronic": (0.0, 0.30),
    "multiple_of_ebit": (4.0, 25.0),
    "multiple_of_revenue": (0.1, 10.0),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpliedChecks:
    """Figures that a valuation implies, with the limits they were held against.

    Parameters
    ----------
    figures
        By name, each a float or an array ``(...)``.
    limits
        By name, the lowest and the highest usual value.
    flags
        By name, whether the figure is outside its limits: a bool, or an array ``(...)``. A figure that is not
        known is not flagged.
    n_flags
        Number of flags of each valuation.
    """

    figures: Mapping[str, Float]
    limits: Mapping[str, tuple[float, float]]
    flags: Mapping[str, Any]
    n_flags: Any

    def __repr__(self) -> str:
        raised = [name for name, flag in self.flags.items() if np.any(flag)]
        shown = ", ".join(f"{name}={figure(self.figures[name])}" for name in raised)
        return f"ImpliedChecks({len(raised)} of {len(self.flags)} flagged{': ' + shown if shown else ''})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per figure, or for arrays one row per figure and valuation.

        Returns
        -------
        DataFrame
            Columns value, low, high and flag.
        """
        import pandas as pd

        frames = {
            name: pd.DataFrame(
                {
                    "value": np.ravel(self.figures[name]),
                    "low": self.limits[name][0],
                    "high": self.limits[name][1],
                    "flag": np.ravel(self.flags[name]),
                }
            )
            for name in self.figures
        }
        frame = pd.concat(frames, names=["figure", "valuation"])
        return frame.droplevel("valuation") if np.ndim(self.n_flags) == 0 else frame


def implied_checks(
    valuation: DcfResult,
    projection: Projection,
    wacc: Numeric,
    *,
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> ImpliedChecks:
    """Work out what a valuation implies after its horizon, and flag what is unusual.

    Parameters
    ----------
    valuation : DcfResult
        The result of `dcf`, or of `dcf_from_drivers` its `valuation`.
    projection : Projection
        The projection it was made from.
    wacc : array_like, shape (...)
        Discount rate of the last year, as a decimal.
    limits : mapping of str to (low, high), optional
        Other limits for some of the figures; those not named keep theirs: see the notes.

    Returns
    -------
    ImpliedChecks
        Each figure, its limits, and whether it is outside them. NaN where a figure is not known, as a growth
        drop with a single period, or has no meaning, as a multiple of a profit that is zero or negative.

    Raises
    ------
    InputError
        If `limits` names an unknown figure or is not a low and a high, `wacc` is not numeric, or the shapes do
        not broadcast.

    Notes
    -----
    terminal_share (0 to 0.80)
        Present value of the terminal value over enterprise value. Above 1, the explicit flows are negative.
    terminal_growth (0 to 0.04)
        As given, or as implied by the terminal value. Damodaran: no more than the risk-free rate.
    spread (0.03 or more)
        WACC less terminal growth: below, a tenth of a percent moves the value by several.
    growth_drop (-0.01 to 0.05)
        Growth of revenue in the last year less terminal growth: a cliff calls for a fade.
    reinvestment_rate (0 to 0.80)
        Of the first year after the horizon: ``1 - TV (wacc - g) / (NOPAT (1 + g))``; of an exit multiple with
        mid-year flows, whose implied growth counts the flow half a year later, some percent too low.
    ronic (0 to 0.30)
        Return on new capital for ever, ``g / reinvestment_rate``: Koller's value driver formula, solved for it.
    multiple_of_ebit (4 to 25), multiple_of_revenue (0.1 to 10)
        Terminal value over the last year's figure; with mid-year flows, before the half year's growth.

    The limits are rules of thumb for mature companies in developed economies: a flag is a question to
    answer, not an error.

    Examples
    --------
    >>> from maos_nb.analytics.dcf import dcf_from_drivers
    >>> value = dcf_from_drivers(
    ...     revenue=1000.0, growth=0.12, operating_margin=0.20, tax_rate=0.25, sales_to_capital=2.0, wacc=0.07,
    ...     terminal_growth=0.045, n_periods=5,
    ... )
    >>> checks = implied_checks(value.valuation, value.projection, value.wacc)
    >>> checks
    ImpliedChecks(4 of 8 flagged: terminal_share=0.901385, terminal_growth=0.045, spread=0.025, growth_drop=0.075)
    >>> checks.limits["terminal_share"]
    (0.0, 0.8)
    """
    allowed = _as_limits(limits)
    figures = _figures(valuation, projection, as_float("wacc", wacc))
    shape = broadcast_shape(**figures)
    flags = {
        name: full(np.asarray((array < allowed[name][0]) | (array > allowed[name][1])), shape)
        for name, array in figures.items()
    }
    return ImpliedChecks(
        figures={name: unwrap(full(array, shape)) for name, array in figures.items()},
        limits=allowed,
        flags={name: unwrap(flag) for name, flag in flags.items()},
        n_flags=unwrap(np.asarray(sum(flag.astype(np.intp) for flag in flags.values()))),
    )


def _as_limits(limits: Mapping[str, tuple[float, float]] | None) -> dict[str, tuple[float, float]]:
    allowed = dict(LIMITS)
    for name, pair in (limits or {}).items():
        if name not in LIMITS:
            raise InputError("limits", f"expected figures out of {', '.join(LIMITS)}, got {name!r}")
        ends = as_float(f'limits["{name}"]', pair)
        if ends.shape != (2,) or not ends[0] <= ends[1]:
            raise InputError(f'limits["{name}"]', f"expected a low and a high, got {pair!r}")
        allowed[name] = (float(ends[0]), float(ends[1]))
    return allowed


def _figures(valuation: DcfResult, projection: Projection, wacc: Array) -> dict[str, Array]:
    growth = np.asarray(valuation.implied_growth)
    terminal = np.asarray(valuation.terminal_value)
    revenue, ebit, nopat = (
        np.asarray(path[..., -1]) for path in (projection.revenue, projection.ebit, projection.nopat)
    )
    broadcast_shape(valuation=terminal, projection=revenue, wacc=wacc)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reinvested = 1.0 - terminal * (wacc - growth) / (_positive(nopat) * (1.0 + growth))
        return {
            "terminal_share": np.asarray(valuation.terminal_share),
            "terminal_growth": growth,
            "spread": np.asarray(wacc - growth),
            "growth_drop": np.asarray(_last_growth(projection.revenue) - growth),
            "reinvestment_rate": np.asarray(reinvested),
            "ronic": np.asarray(growth / _other_than_zero(reinvested)),
            "multiple_of_ebit": np.asarray(terminal / _positive(ebit)),
            "multiple_of_revenue": np.asarray(terminal / _positive(revenue)),
        }


def _last_growth(revenue: Array) -> Array:
    if revenue.shape[-1] == 1:
        return np.full(revenue.shape[:-1], np.nan)
    return np.asarray(revenue[..., -1] / _positive(revenue[..., -2]) - 1.0)


def _positive(array: Array) -> Array:
    return np.where(array > 0, array, np.nan)


def _other_than_zero(array: Array) -> Array:
    return np.where(array == 0, np.nan, array)
