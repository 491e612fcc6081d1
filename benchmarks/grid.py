"""A 41 x 41 grid of growth and WACC: one public call here, one public call a cell at FinanceToolkit."""

from __future__ import annotations

import numpy as np
from financetoolkit.models.intrinsic_model import get_intrinsic_value

from benchmarks._report import Row, seconds
from maos_nb.analytics import dcf

GROWTH = np.linspace(0.0, 0.10, 41)
WACC = np.linspace(0.07, 0.12, 41)
YEARS = np.arange(1, 6)


def ours() -> np.ndarray:
    flows = 100.0 * (1 + GROWTH[:, None]) ** YEARS
    return np.asarray(dcf.dcf(flows[:, None, :], WACC[None, :], terminal_growth=0.02).enterprise_value)


def ours_with_projection() -> np.ndarray:
    plan = dcf.project_drivers(
        1000.0,
        dcf.fade(GROWTH, 0.02, 5),
        0.2,
        0.25,
        depreciation=0.03,
        capital_expenditure=0.05,
        working_capital=0.1,
    )
    return np.asarray(
        dcf.dcf(plan.free_cash_flow[:, None, :], WACC[None, :], terminal_growth=0.02).enterprise_value
    )


def theirs() -> np.ndarray:
    def cell(growth: float, wacc: float) -> float:
        frame = get_intrinsic_value(100.0, growth, 0.02, wacc, 0.0, 0.0, 1.0, 5)
        return float(np.asarray(frame.loc["Enterprise Value"]).ravel()[0])

    return np.array([[cell(growth, wacc) for wacc in WACC] for growth in GROWTH])


def rows() -> list[Row]:
    np.testing.assert_allclose(ours(), theirs(), rtol=1e-9)
    mine, with_projection, peer = seconds(ours), seconds(ours_with_projection), seconds(theirs)
    shown = f"{1e3 * mine:.3f} ms"
    return [
        Row(
            "41 x 41 grid of growth and WACC: milliseconds",
            shown,
            f"{1e3 * peer:.0f} ms",
            1e3 * mine,
            1,
            at_least=False,
        ),
        Row("the same: times FinanceToolkit's speed", shown, f"{1e3 * peer:.0f} ms", peer / mine, 280),
        Row(
            "the same with the projection of drivers: milliseconds",
            f"{1e3 * with_projection:.3f} ms",
            f"{1e3 * peer:.0f} ms",
            1e3 * with_projection,
            1,
            at_least=False,
        ),
    ]
