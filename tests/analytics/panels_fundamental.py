"""Statements that tests of ratios share: filed figures, and made-up ones with everything known."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import Ratios

# Apple's and Microsoft's 10-K of fiscal 2023, with the year before, in millions of dollars and shares.
# Apple's interest expense, as in its note on other income, is the last that it filed.
FILED: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "revenue": ((394328, 383285), (198270, 211915)),
    "cost_of_revenue": ((223546, 214137), (62650, 65863)),
    "gross_profit": ((170782, 169148), (135620, 146052)),
    "research_and_development": ((26251, 29915), (24512, 27195)),
    "selling_general_administrative": ((25094, 24932), (27725, 30334)),
    "operating_income": ((119437, 114301), (83383, 88523)),
    "interest_expense": ((2931, 3933), (2063, 1968)),
    "pretax_income": ((119103, 113736), (83716, 89311)),
    "income_tax": ((19300, 16741), (10978, 16950)),
    "net_income": ((99803, 96995), (72738, 72361)),
    "diluted_shares": ((16325.819, 15812.547), (7540, 7472)),
    "diluted_eps": ((6.11, 6.13), (9.65, 9.68)),
    "depreciation_and_amortization": ((11104, 11519), (14460, 13861)),
    "share_based_compensation": ((9038, 10833), (7502, 9611)),
    "operating_cash_flow": ((122151, 110543), (89035, 87582)),
    "capital_expenditure": ((10708, 10959), (23886, 28107)),
    "dividends_paid": ((14841, 15025), (18135, 19800)),
    "share_repurchases": ((89402, 77550), (32696, 22245)),
    "cash_and_equivalents": ((23646, 29965), (13931, 34704)),
    "short_term_investments": ((24658, 31590), (90818, 76552)),
    "receivables": ((28184, 29508), (44261, 48688)),
    "inventory": ((4946, 6331), (3742, 2500)),
    "current_assets": ((135405, 143566), (169684, 184257)),
    "property_plant_equipment": ((42117, 43715), (74398, 95641)),
    "total_assets": ((352755, 352583), (364840, 411976)),
    "accounts_payable": ((64115, 62611), (19000, 18095)),
    "short_term_debt": ((21110, 15807), (2749, 5247)),
    "current_liabilities": ((153982, 145308), (95082, 104149)),
    "long_term_debt": ((98959, 95281), (47032, 41990)),
    "total_liabilities": ((302083, 290437), (198298, 205753)),
    "shareholders_equity": ((50672, 62146), (166542, 206223)),
}

SHARE_COUNTS = frozenset(name for name, item in FIELDS.items() if item.unit == "shares")
PER_SHARE = frozenset(name for name, item in FIELDS.items() if item.unit == "money per share")
MONEY = frozenset(name for name, item in FIELDS.items() if item.unit == "money")


def filed() -> Panel:
    """Apple and Microsoft, fiscal 2022 and 2023."""
    values = {name: np.array(rows, dtype=float) for name, rows in FILED.items()}
    return Panel(("AAPL", "MSFT"), (2022, 2023), values, currency="USD")


def complete(n_companies: int = 3, n_periods: int = 6, *, periods_per_year: int = 1, seed: int = 1) -> Panel:
    """Every item known and above zero."""
    rng = np.random.default_rng(seed)
    values = {name: rng.lognormal(3.0, 1.0, (n_companies, n_periods)) for name in FIELDS}
    return Panel(tickers(n_companies), labels(n_periods, periods_per_year), values, periods_per_year)


def broken(seed: int, n_companies: int = 2, n_periods: int = 6, *, periods_per_year: int = 1) -> Panel:
    """Every item with holes, zeros and negative figures."""
    rng = np.random.default_rng(seed)
    shape = (n_companies, n_periods)
    values = {}
    for name in FIELDS:
        figures = rng.lognormal(1.0, 1.0, shape) * rng.choice([1.0, 1.0, 1.0, -1.0], shape)
        values[name] = np.where(rng.random(shape) < 0.15, rng.choice([np.nan, 0.0], shape), figures)
    return Panel(tickers(n_companies), labels(n_periods, periods_per_year), values, periods_per_year)


def tickers(count: int) -> tuple[str, ...]:
    """Names of companies."""
    return tuple(f"C{place}" for place in range(count))


def labels(count: int, periods_per_year: int) -> tuple[int | str, ...]:
    """Fiscal years from 2018, or quarters from the first of 2018."""
    if periods_per_year == 1:
        return tuple(range(2018, 2018 + count))
    return tuple(f"{2018 + place // 4}Q{place % 4 + 1}" for place in range(count))


def items(panel: Panel) -> dict[str, np.ndarray]:
    """The figures of every item, NaN where it is not known."""
    return {name: panel[name] for name in FIELDS}


def stacked(found: Ratios) -> np.ndarray:
    """Every ratio one after the other: (n_ratios, n_companies, n_periods)."""
    return np.stack([found[name] for name in found.names])
