"""The ways to a terminal value: flows that grow for ever, or a sale at the horizon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_amount, as_float, refuse
from maos_nb.errors import InputError

__all__ = ["TerminalMethod", "as_terminal_method", "horizon_value"]


class TerminalMethod(NamedTuple):
    """One way to a terminal value: exactly one of `growth`, `multiple` and `recovery` is an array.

    Growth alone is Gordon's; with `ronic` and `nopat` it is the value driver formula, with `initial_growth`
    and `half_life` the H-model.
    """

    growth: Array | None = None
    multiple: Array | None = None
    recovery: Array | None = None
    metric: Array | None = None
    ronic: Array | None = None
    nopat: Array | None = None
    initial_growth: Array | None = None
    half_life: Array | None = None

    def arrays(self) -> dict[str, Array]:
        """Give the arrays there are, by the names the caller knows."""
        named = {
            "terminal_growth": self.growth,
            "exit_multiple": self.multiple,
            "recovery_rate": self.recovery,
            "terminal_metric": self.metric,
            "ronic": self.ronic,
            "nopat_last": self.nopat,
            "initial_growth": self.initial_growth,
            "half_life": self.half_life,
        }
        return {name: array for name, array in named.items() if array is not None}

    @property
    def sale(self) -> Array | None:
        """What the metric is multiplied by, if the business or its assets are sold."""
        return self.recovery if self.multiple is None else self.multiple

    @property
    def grows_from_flow(self) -> bool:
        """Whether the value depends on the last free cash flow."""
        return self.growth is not None and self.ronic is None


def as_terminal_method(
    terminal_growth: Numeric | None,
    exit_multiple: Numeric | None,
    terminal_metric: Numeric | None,
    *,
    ronic: Numeric | None = None,
    nopat_last: Numeric | None = None,
    initial_growth: Numeric | None = None,
    half_life: Numeric | None = None,
    recovery_rate: Numeric | None = None,
) -> TerminalMethod:
    """Accept exactly one of the methods, with what it needs."""
    _expect_one_method(terminal_growth, exit_multiple, recovery_rate)
    metric = None if terminal_metric is None else as_float("terminal_metric", terminal_metric)
    if terminal_growth is not None:
        return _growing(terminal_growth, metric, ronic, nopat_last, initial_growth, half_life)
    for name, value in (("ronic", ronic), ("initial_growth", initial_growth), ("half_life", half_life)):
        if value is not None:
            raise InputError(
                name, "expected terminal_growth with it, got none", advice="It shapes a perpetual growth"
            )
    if metric is None:
        what = "exit_multiple" if recovery_rate is None else "recovery_rate"
        example = "EBITDA for an EV/EBITDA multiple" if recovery_rate is None else "invested capital"
        raise InputError(
            "terminal_metric",
            f"expected what {what} is applied to, got nothing",
            advice=f"Give the last year's figure, such as {example}",
        )
    if recovery_rate is not None:
        return TerminalMethod(recovery=as_amount("recovery_rate", recovery_rate), metric=metric)
    return TerminalMethod(
        multiple=as_amount("exit_multiple", exit_multiple),  # type: ignore[arg-type]  # one of the three was given
        metric=metric,
    )


def horizon_value(method: TerminalMethod, flow: Array, rate: Array, *, scalar: bool) -> Array:
    """Value what follows the last flow, as of its date.

    NaN where `rate` is not above the growth; an error if `scalar`.
    """
    if method.growth is None:
        return np.asarray(np.multiply(method.sale, method.metric))  # type: ignore[arg-type]  # both are there
    spread = np.asarray(rate - method.growth)
    closed = ~(spread > 0)
    if np.count_nonzero(closed):
        if scalar and spread <= 0:
            _refuse_wacc_not_above_growth(rate.item(), method.growth.item())
        spread[closed] = np.nan
    return np.asarray(_first_flow_after(method, method.growth, flow) / spread)


def _first_flow_after(method: TerminalMethod, growth: Array, flow: Array) -> Array:
    """Give the flow that, growing at `growth` for ever, is worth as much as what the method describes."""
    if method.ronic is not None and method.nopat is not None:
        return method.nopat * (1.0 + growth) * (1.0 - growth / method.ronic)
    if method.half_life is not None and method.initial_growth is not None:
        return flow * (1.0 + growth + method.half_life * (method.initial_growth - growth))
    return flow * (1.0 + growth)


def _expect_one_method(growth: Numeric | None, multiple: Numeric | None, recovery: Numeric | None) -> None:
    given = {"terminal_growth": growth, "exit_multiple": multiple, "recovery_rate": recovery}
    names = [name for name, value in given.items() if value is not None]
    if len(names) == 1:
        return
    raise InputError(
        " and ".join(names or ["terminal_growth and exit_multiple"]),
        f"expected exactly one of {', '.join(given)}, got {'neither' if not names else 'both'}",
        advice="Give terminal_growth for perpetual growth, exit_multiple with terminal_metric for a sale, "
        "or recovery_rate with terminal_metric for a liquidation",
    )


def _growing(
    terminal_growth: Numeric,
    metric: Array | None,
    ronic: Numeric | None,
    nopat_last: Numeric | None,
    initial_growth: Numeric | None,
    half_life: Numeric | None,
) -> TerminalMethod:
    growth = _as_growth("terminal_growth", terminal_growth)
    if ronic is not None and (initial_growth is not None or half_life is not None):
        raise InputError(
            "ronic", "expected either ronic, or initial_growth with half_life, got both", advice="Choose one"
        )
    if ronic is not None:
        if nopat_last is None:
            raise InputError("nopat_last", "expected the last year's NOPAT with ronic, got nothing")
        earned = as_float("ronic", ronic)
        refuse("ronic", earned, earned <= 0, "a return above zero", advice="Give 12% as 0.12")
        return TerminalMethod(growth, metric=metric, ronic=earned, nopat=as_float("nopat_last", nopat_last))
    if (initial_growth is None) != (half_life is None):
        raise InputError(
            "initial_growth and half_life",
            "expected both for the H-model, got one",
            advice="half_life is half of the years over which growth falls to terminal_growth",
        )
    if initial_growth is None or half_life is None:
        return TerminalMethod(growth, metric=metric)
    return TerminalMethod(
        growth,
        metric=metric,
        initial_growth=_as_growth("initial_growth", initial_growth),
        half_life=as_amount("half_life", half_life),
    )


def _as_growth(name: str, value: Numeric) -> Array:
    growth = as_float(name, value)
    refuse(name, growth, growth < -1, "a rate of -1 (-100%) or more", advice="Give 2% as 0.02")
    return growth


def _refuse_wacc_not_above_growth(wacc: float, growth: float) -> None:
    raise InputError(
        "wacc",
        f"expected a wacc above terminal_growth, got wacc {wacc:.6g} and terminal_growth {growth:.6g}: "
        "a flow that grows for ever at its discount rate or faster has no finite value",
        advice="Lower terminal_growth (long-run growth of the economy, 2% to 3%, is a usual ceiling), raise wacc, "
        "or give exit_multiple and terminal_metric instead",
    )
