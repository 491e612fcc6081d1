"""A valuation from drivers explained: each figure, its formula, and what went in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from maos_nb.analytics._discounting import Timing
from maos_nb.analytics._driver_dcf import DriverDcf
from maos_nb.analytics._driver_inputs import TerminalMetric
from maos_nb.analytics.explanation import Explanation
from maos_nb.errors import InputError

__all__ = ["explain"]

_RATES = frozenset(
    ("growth", "operating_margin", "tax_rate", "wacc", "terminal_growth", "ronic", "initial_growth")
)
_ADDED = ("cash", "investments")
_DEDUCTED = ("debt", "leases", "minority_interest", "preferred", "pension_deficit")


def explain(
    valued: DriverDcf,
    drivers: Mapping[str, Any],
    *,
    timing: Timing = "end",
    terminal_metric: TerminalMetric = "ebit",
    unit: str = "",
) -> Explanation:
    """Explain a single valuation: a tree from the value of a share, or of the equity, to the drivers.

    Parameters
    ----------
    valued : DriverDcf
        What `dcf_from_drivers` made of the drivers, without leading axes.
    drivers : mapping of str to float, array_like or Explanation
        The drivers as given to `dcf_from_drivers`. One that is an Explanation is the leaf or the branch that
        stands for it, with where it comes from; a number is shown as given.
    timing : {"end", "mid"}
    terminal_metric : {"ebit", "ebitda", "nopat", "revenue"}
        Both as given to `dcf_from_drivers`.
    unit : str
        Unit of money, such as "USD", shown behind amounts.

    Returns
    -------
    Explanation
        The tree, as text, as HTML or as plain values.

    Raises
    ------
    InputError
        If `valued` is no DriverDcf or holds more than one valuation, `drivers` is no mapping, or a driver is
        neither numeric nor an Explanation.

    Examples
    --------
    >>> from maos_nb.analytics import dcf
    >>> drivers = dict(revenue=1000.0, growth=[0.05, 0.04], operating_margin=0.2, tax_rate=0.25,
    ...                sales_to_capital=2.0, wacc=0.09, terminal_growth=0.02)
    >>> tree = explain(dcf.dcf_from_drivers(**drivers, paths="growth"), drivers)
    >>> tree.find("terminal_value").formula
    'free_cash_flow of the last year * (1 + terminal_growth) / (wacc - terminal_growth)'
    >>> print(tree.find("free_cash_flow").inputs[0])
    nopat 157.50, 163.80 = ebit - taxes
    ├─ ebit 210.00, 218.40 = revenue * operating_margin
    │  ├─ revenue 1,050, 1,092 = revenue of the year before * (1 + growth)
    │  │  ├─ revenue_of_last_year 1,000 (given)
    │  │  └─ growth 5.00%, 4.00% (given)
    │  └─ operating_margin 20.00% (given)
    └─ taxes 52.50, 54.60 = tax_rate * ebit, none on a loss
       ├─ tax_rate 25.00% (given)
       └─ ebit 210.00, 218.40 = revenue * operating_margin (as above)
    """
    if not isinstance(valued, DriverDcf):
        raise InputError("valued", f"expected a DriverDcf, got {type(valued).__name__}")
    if np.ndim(valued.valuation.enterprise_value):
        shape = np.shape(valued.valuation.enterprise_value)
        raise InputError(
            "valued", f"expected a single valuation, got shape {shape}", advice="Value one case alone"
        )
    if not isinstance(drivers, Mapping):
        raise InputError("drivers", f"expected a mapping, got {type(drivers).__name__}")
    return _Tree(valued, drivers, timing, terminal_metric, unit).root()


class _Tree:
    """Builds the branches of one valuation; a figure that is used twice is made once."""

    def __init__(
        self,
        valued: DriverDcf,
        drivers: Mapping[str, Any],
        timing: Timing,
        terminal_metric: TerminalMetric,
        unit: str,
    ) -> None:
        self.valued = valued
        self.drivers = drivers
        self.timing = timing
        self.terminal_metric = terminal_metric
        self.unit = unit
        self._leaves: dict[str, Explanation] = {}

    def root(self) -> Explanation:
        """Start from the last figure that there is."""
        bridge = self.valued.bridge
        equity = self._equity()
        if bridge.shares is None:
            return equity
        formula, names = "equity_value / shares", ["shares"]
        if "options" in self.drivers:
            formula = "equity_value / diluted shares, with options by the treasury-stock method"
            names += ["options", "option_strike"]
        unit = f"{self.unit} a share" if self.unit else ""
        inputs = (equity, *map(self._driver, names))
        return Explanation("value_per_share", bridge.value_per_share, unit, formula, inputs=inputs)

    def _equity(self) -> Explanation:
        bridge = self.valued.bridge
        added = [name for name in _ADDED if name in self.drivers]
        deducted = [name for name in _DEDUCTED if name in self.drivers]
        formula = " + ".join(["enterprise_value", *added]) + "".join(f" - {name}" for name in deducted)
        inputs = (self._enterprise(), *map(self._driver, (*added, *deducted)))
        return self._money("equity_value", bridge.equity_value, formula, *inputs)

    def _enterprise(self) -> Explanation:
        found = self.valued.valuation
        flows, factors = self._flows(), self._factors()
        explicit = self._money(
            "present_value_of_flows",
            float(np.sum(found.present_values)),
            "sum of free_cash_flow * discount_factor",
            flows,
            factors,
        )
        terminal = self._money(
            "present_value_of_terminal",
            found.present_value_of_terminal,
            self._terminal_discounting(),
            self._terminal(flows),
            factors,
        )
        formula = "present_value_of_flows + present_value_of_terminal"
        return self._money("enterprise_value", found.enterprise_value, formula, explicit, terminal)

    def _terminal_discounting(self) -> str:
        if self.timing == "end":
            return "terminal_value * discount_factor of the last year"
        is_sale = "exit_multiple" in self.drivers
        return "terminal_value discounted from the " + ("end" if is_sale else "middle") + " of the last year"

    def _flows(self) -> Explanation:
        plan = self.valued.projection
        ebit = self._money(
            "ebit", plan.ebit, "revenue * operating_margin", self._revenue(), self._driver("operating_margin")
        )
        taxes = self._money(
            "taxes", plan.taxes, "tax_rate * ebit, none on a loss", self._driver("tax_rate"), ebit
        )
        nopat = self._money("nopat", plan.nopat, "ebit - taxes", ebit, taxes)
        return self._money(
            "free_cash_flow", plan.free_cash_flow, "nopat - reinvestment", nopat, self._reinvestment()
        )

    def _revenue(self) -> Explanation:
        if "revenue" not in self._leaves:
            formula, names = "revenue of the year before * (1 + growth)", ["growth"]
            if "duration" in self.drivers:
                formula += ", at terminal_growth after duration"
                names += ["duration", "terminal_growth"]
            last = self._leaf("revenue_of_last_year", self.drivers["revenue"])
            inputs = (last, *map(self._driver, names))
            self._leaves["revenue"] = self._money("revenue", self.valued.projection.revenue, formula, *inputs)
        return self._leaves["revenue"]

    def _reinvestment(self) -> Explanation:
        plan, revenue = self.valued.projection, self._revenue()
        if "sales_to_capital" in self.drivers:
            formula = "change of revenue / sales_to_capital"
            return self._money(
                "reinvestment", plan.reinvestment, formula, revenue, self._driver("sales_to_capital")
            )
        parts = {
            "capital_expenditure": (plan.capital_expenditure, "revenue * capital_expenditure ratio"),
            "depreciation": (plan.depreciation, "revenue * depreciation ratio"),
            "working_capital": (plan.change_in_working_capital, "change of revenue * working_capital ratio"),
        }
        spent = [
            self._money(
                "change_in_working_capital" if name == "working_capital" else name,
                amounts,
                formula,
                revenue,
                self._leaf(f"{name}_ratio", self.drivers[name], unit="rate"),
            )
            for name, (amounts, formula) in parts.items()
        ]
        formula = "capital_expenditure - depreciation + change_in_working_capital"
        return self._money("reinvestment", plan.reinvestment, formula, *spent)

    def _factors(self) -> Explanation:
        when = "year" if self.timing == "end" else "(year - 0.5)"
        factors = tuple(self.valued.valuation.discount_factors.tolist())
        return Explanation(
            "discount_factor", factors, formula=f"1 / (1 + wacc)^{when}", inputs=(self._driver("wacc"),)
        )

    def _terminal(self, flows: Explanation) -> Explanation:
        value = self.valued.valuation.terminal_value
        if "exit_multiple" in self.drivers:
            nopat, reinvestment = flows.inputs
            ebit = nopat.inputs[0]
            metrics = {"nopat": (nopat,), "ebit": (ebit,), "revenue": ebit.inputs[:1]}
            if self.terminal_metric == "ebitda":
                depreciation = next(item for item in reinvestment.inputs if item.name == "depreciation")
                metrics["ebitda"] = (ebit, depreciation)
            used = metrics[self.terminal_metric]
            figure = " + ".join(item.name for item in used)
            formula = f"exit_multiple * {f'({figure})' if len(used) > 1 else figure} of the last year"
            return self._money("terminal_value", value, formula, self._driver("exit_multiple"), *used)
        rates = tuple(map(self._driver, ("wacc", "terminal_growth")))
        if "ronic" in self.drivers:
            formula = (
                "nopat * (1 + terminal_growth) * (1 - terminal_growth / ronic) / (wacc - terminal_growth)"
            )
            return self._money(
                "terminal_value", value, formula, flows.inputs[0], *rates, self._driver("ronic")
            )
        if "half_life" in self.drivers:
            formula = (
                "free_cash_flow of the last year * (1 + terminal_growth + half_life * (initial_growth - "
                "terminal_growth)) / (wacc - terminal_growth)"
            )
            more = tuple(map(self._driver, ("initial_growth", "half_life")))
            return self._money("terminal_value", value, formula, flows, *rates, *more)
        formula = "free_cash_flow of the last year * (1 + terminal_growth) / (wacc - terminal_growth)"
        return self._money("terminal_value", value, formula, flows, *rates)

    def _driver(self, name: str) -> Explanation:
        if name not in self._leaves:
            self._leaves[name] = self._leaf(name, self.drivers[name])
        return self._leaves[name]

    def _leaf(self, name: str, given: Any, *, unit: str | None = None) -> Explanation:
        if isinstance(given, Explanation):
            return given
        if unit is None:
            unit = (
                "rate"
                if name in _RATES
                else self.unit
                if name in (*_ADDED, *_DEDUCTED, "revenue_of_last_year")
                else ""
            )
        return Explanation(name, given, unit, origin="given")

    def _money(self, name: str, value: Any, formula: str, *inputs: Explanation) -> Explanation:
        return Explanation(name, value, self.unit, formula, inputs=inputs)
