"""A whole valuation from drivers: projection, discounted cash flow and equity bridge in one record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, unwrap
from maos_nb.analytics._discounted_cash_flow import DcfResult, dcf
from maos_nb.analytics._discounting import Timing
from maos_nb.analytics._driver_inputs import (
    BRIDGE,
    DriverInputs,
    TerminalMetric,
    as_inputs,
    as_settings,
    last_metric,
)
from maos_nb.analytics._equity_bridge import EquityBridge, equity_bridge
from maos_nb.analytics._projection import Projection, TaxLosses, project_drivers
from maos_nb.analytics._records import figure

__all__ = ["DriverDcf", "bridged", "dcf_from_drivers"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DriverDcf:
    """A valuation from drivers, step by step.

    Parameters
    ----------
    projection
        Revenue to free cash flow, year by year, ``(..., n_periods)``.
    valuation
        The discounted cash flow, ``(...)``.
    bridge
        From enterprise value to value per share, ``(...)``.
    wacc
        The discount rate of the last year, after which the terminal value follows, ``(...)``.
    """

    projection: Projection
    valuation: DcfResult
    bridge: EquityBridge
    wacc: Float

    def __repr__(self) -> str:
        return (
            f"DriverDcf(n_periods={self.projection.revenue.shape[-1]}, "
            f"enterprise_value={figure(self.valuation.enterprise_value)}, "
            f"equity_value={figure(self.bridge.equity_value)}, "
            f"value_per_share={figure(self.bridge.value_per_share)})"
        )


def dcf_from_drivers(
    *,
    paths: str | Iterable[str] = (),
    n_periods: int | None = None,
    timing: Timing = "end",
    tax_losses: TaxLosses = "none",
    terminal_metric: TerminalMetric = "ebit",
    **drivers: Numeric,
) -> DriverDcf:
    """Value companies from their drivers: project, discount, and walk to the value of a share.

    Parameters
    ----------
    paths : str or sequence of str
        The drivers whose last axis is the periods, out of growth, operating_margin, tax_rate,
        sales_to_capital, depreciation, capital_expenditure, working_capital and wacc. All other arrays are
        one value per case.
    n_periods : int, optional
        Number of years, needed without `paths`.
    timing : {"end", "mid"}
        When in its year a flow comes, as for `dcf`.
    tax_losses : {"none", "refund"}
        Taxes of a year with a loss, as for `project_drivers`.
    terminal_metric : {"ebit", "ebitda", "nopat", "revenue"}
        Which figure of the last year an `exit_multiple` is applied to, and the implied multiple refers to;
        EBITDA needs `depreciation` as a driver.
    **drivers : array_like, shape (...), or (..., n_periods) for those in `paths`
        Always revenue, growth, operating_margin, tax_rate and wacc; sales_to_capital, or all of
        depreciation, capital_expenditure and working_capital (as for `project_drivers`); terminal_growth,
        with ronic or with initial_growth and half_life, or else exit_multiple (as for `terminal_value`);
        duration, the number of years, not necessarily whole, for which growth lasts before it drops to
        terminal_growth; cash, investments, debt, leases, minority_interest, preferred, pension_deficit,
        shares, options and option_strike, the last two one tranche per case (as for `equity_bridge`).

    Returns
    -------
    DriverDcf
        Projection, valuation and bridge, in the shape ``(...)`` that all drivers broadcast to. NaN drivers
        make NaN what depends on them, as in the three functions.

    Raises
    ------
    InputError
        If a driver is unknown, missing, out of its range or not numeric, a name in `paths` cannot be a path,
        paths differ in length or from `n_periods`, neither is given, `duration` comes with an
        `exit_multiple`, a setting is unknown, the shapes do not broadcast, or a single valuation has a
        `wacc` that is not above its `terminal_growth` (arrays get NaN and a status).

    Notes
    -----
    `project_drivers`, then `dcf` (with NOPAT and metric of the last year where the terminal value needs
    them), then `equity_bridge`: the same figures, to the last bit.

    Examples
    --------
    >>> value = dcf_from_drivers(
    ...     revenue=1000.0, growth=[0.10, 0.08, 0.06, 0.04], operating_margin=0.20, tax_rate=0.25,
    ...     sales_to_capital=2.0, wacc=0.09, terminal_growth=0.02, ronic=0.12, debt=400.0, shares=50.0,
    ...     paths="growth",
    ... )
    >>> value
    DriverDcf(n_periods=4, enterprise_value=2,148.03, equity_value=1,748.03, value_per_share=34.9605)
    >>> value.projection.free_cash_flow.round(2)
    array([115.  , 134.2 , 153.25, 171.26])
    """
    inputs = as_inputs(drivers, as_settings(paths, n_periods, timing, tax_losses, terminal_metric))
    plan = _projected(inputs.with_duration())
    valuation = _valued(inputs, plan)
    return DriverDcf(
        projection=plan,
        valuation=valuation,
        bridge=bridged(valuation.enterprise_value, inputs),
        wacc=unwrap(np.asarray(inputs.wacc[..., -1] if "wacc" in inputs.settings.paths else inputs.wacc)),
    )


def bridged(enterprise_value: Float, inputs: DriverInputs) -> EquityBridge:
    """Walk the bridge, with options as one tranche per case."""
    claims = {name: inputs.bridge[name] for name in BRIDGE if name in inputs.bridge}
    for name in ("options", "option_strike"):
        if name in claims:
            claims[name] = claims[name][..., np.newaxis]
    return equity_bridge(enterprise_value, **claims)


def _projected(inputs: DriverInputs) -> Projection:
    drivers = {
        name: array if inputs.is_path(name) else array[..., np.newaxis]
        for name, array in inputs.projection.items()
    }
    return project_drivers(
        inputs.revenue, **drivers, n_periods=inputs.n_periods, tax_losses=inputs.settings.tax_losses
    )


def _valued(inputs: DriverInputs, plan: Projection) -> DcfResult:
    wide = (*inputs.shape, inputs.n_periods)
    # Flows with all the leading axes: a rate per case can then not be taken for a path.
    flows = np.broadcast_to(plan.free_cash_flow, wide)
    rates = np.broadcast_to(inputs.wacc, wide) if "wacc" in inputs.settings.paths else inputs.wacc
    method = inputs.method

    def last_year(name: str) -> Array:
        return np.asarray(getattr(plan, name)[..., -1])

    return dcf(
        flows,
        rates,
        terminal_growth=method.growth,
        exit_multiple=method.multiple,
        terminal_metric=last_metric(inputs.settings.terminal_metric, last_year),
        ronic=method.ronic,
        nopat_last=None if method.ronic is None else last_year("nopat"),
        initial_growth=method.initial_growth,
        half_life=method.half_life,
        timing=inputs.settings.timing,
    )
