"""A 1000 x 1000 table of growth and WACC on a ten-year DCF, against loops over its cells."""

from __future__ import annotations

import tracemalloc

import numpy as np
from financetoolkit.models.intrinsic_model import get_intrinsic_value
from numpy.typing import ArrayLike

from benchmarks._report import Row, seconds
from maos_nb.analytics import dcf
from maos_nb.analytics.sensitivity import DataTable, data_table

BASE = {"revenue": 1000.0, "growth": 0.05, "margin": 0.20, "wacc": 0.09}
YEARS = 10
FINE, COARSE = 1000, 20
FLOATS_OF_A_TABLE = 8 * FINE * FINE


def axes(size: int) -> dict[str, np.ndarray]:
    return {"growth": np.linspace(0.0, 0.10, size), "wacc": np.linspace(0.06, 0.12, size)}


def company(revenue: ArrayLike, growth: ArrayLike, margin: ArrayLike, wacc: ArrayLike) -> ArrayLike:
    plan = dcf.project_drivers(
        revenue,
        np.asarray(growth)[..., None],
        np.asarray(margin)[..., None],
        0.25,
        sales_to_capital=2.0,
        n_periods=YEARS,
    )
    return np.asarray(dcf.dcf(plan.free_cash_flow, wacc, terminal_growth=0.02).enterprise_value)


def table(*, open_grid: bool, size: int = FINE) -> DataTable:
    return data_table(company, BASE, axes(size), open_grid=open_grid)


def loop() -> np.ndarray:
    growths, waccs = axes(COARSE).values()
    return np.array(
        [[company(BASE["revenue"], g, BASE["margin"], w) for w in waccs] for g in growths],
    )


def toolkit() -> np.ndarray:
    def cell(growth: float, wacc: float) -> float:
        frame = get_intrinsic_value(100.0, growth, 0.02, wacc, 0.0, 0.0, 1.0, YEARS)
        return float(np.asarray(frame.loc["Enterprise Value"]).ravel()[0])

    growths, waccs = axes(COARSE).values()
    return np.array([[cell(growth, wacc) for wacc in waccs] for growth in growths])


def flows_table() -> np.ndarray:
    """The model of FinanceToolkit's cells: a flow of 100 that grows, without a projection."""

    def value(growth: np.ndarray, wacc: np.ndarray) -> np.ndarray:
        flows = 100.0 * (1 + growth[..., None]) ** np.arange(1, YEARS + 1)
        return np.asarray(dcf.dcf(flows, wacc, terminal_growth=0.02).enterprise_value)

    return data_table(value, {"growth": 0.05, "wacc": 0.09}, axes(COARSE), open_grid=True).results


def peak_bytes(*, open_grid: bool) -> int:
    tracemalloc.start()
    table(open_grid=open_grid)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def rows() -> list[Row]:
    np.testing.assert_allclose(table(open_grid=False, size=COARSE).results, loop(), rtol=1e-13)
    np.testing.assert_allclose(flows_table(), toolkit(), rtol=1e-9)
    np.testing.assert_array_equal(table(open_grid=True).results, table(open_grid=False).results)
    cells = (FINE / COARSE) ** 2
    by_loop, by_toolkit = cells * seconds(loop), cells * seconds(toolkit)
    found = []
    for open_grid, name in ((True, "on an open grid"), (False, "in rows")):
        spent = min(seconds(lambda grid=open_grid: table(open_grid=grid)) for _ in range(3))
        shown = f"{1e3 * spent:.1f} ms"
        peak = peak_bytes(open_grid=open_grid)
        what = f"1000 x 1000 table of a ten-year DCF {name}"
        goal = 60 if open_grid else None
        found += [
            Row(f"{what}: milliseconds", shown, "-", 1e3 * spent, goal, at_least=False),
            Row(f"{what}: times a loop over cells", shown, f"{by_loop:.1f} s", by_loop / spent),
            Row(f"{what}: times FinanceToolkit", shown, f"{by_toolkit:.0f} s", by_toolkit / spent),
            Row(
                f"{what}: peak memory in sizes of the table",
                f"{peak / 1e6:.0f} MB",
                f"{FLOATS_OF_A_TABLE / 1e6:.0f} MB",
                peak / FLOATS_OF_A_TABLE,
                8,
                at_least=False,
            ),
        ]
    return found
