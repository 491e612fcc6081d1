"""Panels that the tests of scores share: statements as filed, and random ones."""

from __future__ import annotations

import math

import numpy as np

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel

# As filed for the fiscal years that ended in September 2022 and 2023 (Apple) and June 2022 and 2023
# (Microsoft), millions of US dollars.
FILED = {
    "AAPL": {
        "revenue": (394328, 383285),
        "operating_income": (119437, 114301),
        "interest_expense": (2931, 3933),
        "pretax_income": (119103, 113736),
        "net_income": (99803, 96995),
        "depreciation_and_amortization": (11104, 11519),
        "operating_cash_flow": (122151, 110543),
        "current_assets": (135405, 143566),
        "total_assets": (352755, 352583),
        "current_liabilities": (153982, 145308),
        "total_liabilities": (302083, 290437),
        "retained_earnings": (-3068, -214),
        "shareholders_equity": (50672, 62146),
    },
    "MSFT": {
        "revenue": (198270, 211915),
        "operating_income": (83383, 88523),
        "interest_expense": (2063, 1968),
        "pretax_income": (83716, 89311),
        "net_income": (72738, 72361),
        "depreciation_and_amortization": (14460, 13861),
        "operating_cash_flow": (89035, 87582),
        "current_assets": (169684, 184257),
        "total_assets": (364840, 411976),
        "current_liabilities": (95082, 104149),
        "total_liabilities": (198298, 205753),
        "retained_earnings": (84281, 118848),
        "shareholders_equity": (166542, 206223),
    },
}
# As filed by Microsoft for the fiscal years that ended in June 2020 to 2023, millions of dollars and shares.
MICROSOFT = {
    "revenue": (143015, 168088, 198270, 211915),
    "cost_of_revenue": (46078, 52232, 62650, 65863),
    "selling_general_administrative": (24709, 25224, 27725, 30334),
    "net_income": (44281, 61271, 72738, 72361),
    "depreciation_and_amortization": (12796, 11686, 14460, 13861),
    "operating_cash_flow": (60675, 76740, 89035, 87582),
    "share_issuance": (1343, 1693, 1841, 1866),
    "basic_shares": (7610, 7547, 7496, 7446),
    "cash_and_equivalents": (13576, 14224, 13931, 34704),
    "short_term_investments": (122951, 116032, 90818, 76552),
    "receivables": (32011, 38043, 44261, 48688),
    "inventory": (1895, 2636, 3742, 2500),
    "current_assets": (181915, 184406, 169684, 184257),
    "total_assets": (301311, 333779, 364840, 411976),
    "short_term_debt": (3749, 8072, 2749, 5247),
    "income_tax_payable": (2130, 2174, 4067, 4152),
    "current_liabilities": (72310, 88657, 95082, 104149),
    "long_term_debt": (59578, 50074, 47032, 41990),
}
MARKET_CAPS = {"AAPL": (2_400_000, 2_660_000), "MSFT": (1_920_000, 2_530_000)}


def filed_panel() -> Panel:
    """Apple and Microsoft, fiscal 2022 and 2023."""
    values = {item: [FILED[ticker][item] for ticker in FILED] for item in FILED["AAPL"]}
    panel = Panel(tuple(FILED), (2022, 2023), {name: np.array(rows, float) for name, rows in values.items()})
    return panel.with_values(market_cap=[MARKET_CAPS[ticker] for ticker in FILED])


def random_panel(seed: int, n_companies: int = 6, n_periods: int = 6, missing: float = 0.0) -> Panel:
    """Every item of a statement, losses and negative equity among them, and some figures not known."""
    rng = np.random.default_rng(seed)
    shape = (n_companies, n_periods)
    values = {name: rng.integers(1, 1000, shape).astype(float) for name in FIELDS}
    for name in ("net_income", "pretax_income", "operating_cash_flow", "retained_earnings"):
        values[name] -= 400
    values["shareholders_equity"] = values["total_assets"] - values["total_liabilities"]
    values["equity_volatility"] = rng.uniform(0.1, 0.9, shape)
    values["risk_free"] = rng.uniform(0.0, 0.06, shape)
    for array in values.values():
        array[rng.random(shape) < missing] = np.nan
    return Panel(tuple(f"T{row}" for row in range(n_companies)), tuple(range(2015, 2015 + n_periods)), values)


def one(**items: float) -> Panel:
    """One company in one year."""
    return Panel(("A",), (2023,), {name: [[float(value)]] for name, value in items.items()})


def scaled(panel: Panel, factor: float) -> Panel:
    """All money in another unit."""
    money = {
        name: array * factor
        for name, array in dict(panel.values).items()
        if FIELDS[name].unit.startswith("money")
    }
    return panel.with_values(**money)


def part(panel: Panel, rows=slice(None), columns=slice(None)) -> Panel:
    """Some of a panel's companies and periods."""
    values = {item: array[rows, columns] for item, array in dict(panel.values).items()}
    return Panel(panel.tickers[rows], panel.periods[columns], values)


def company(items: dict[str, tuple[float, ...]], last: int = 2023) -> Panel:
    """One company, its years ending with `last`."""
    length = len(next(iter(items.values())))
    return Panel(
        ("A",),
        tuple(range(last - length + 1, last + 1)),
        {k: [list(map(float, v))] for k, v in items.items()},
    )


def over(numerator: float, denominator: float) -> float:
    """Divide as a loop would; NaN for a denominator of zero."""
    return numerator / denominator if denominator != 0 else math.nan


def exceeds(figure: float, other: float) -> float:
    """1 or 0, or NaN where either is."""
    return math.nan if math.isnan(figure) or math.isnan(other) else float(figure > other)


def figures_of(panel: Panel):
    """A loop's view of a panel: item, company, year back from the one looked at."""

    def item(name: str, row: int, year: int) -> float:
        return float(panel[name][row, year]) if year >= 0 else math.nan

    return item
