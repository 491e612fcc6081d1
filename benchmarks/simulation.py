"""A million draws of a ten-year DCF against drawing its random numbers alone; Sobol indices against scipy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from scipy import stats

from benchmarks._report import Row, alternate, seconds
from maos_nb.analytics import dcf
from maos_nb.analytics.simulation import (
    MonteCarlo,
    Normal,
    Pert,
    SobolIndices,
    Triangular,
    Uniform,
    monte_carlo,
    sample,
    sobol_indices,
)

N = 1_000_000
ROWS = 1 << 14
ROUNDS = 5
INPUTS = {
    "growth": Triangular(0.02, 0.05, 0.08),
    "operating_margin": Pert(0.10, 0.15, 0.20),
    "wacc": Normal(0.09, 0.01),
    "terminal_growth": Uniform(0.01, 0.03),
}
ISHIGAMI = {name: Uniform(-np.pi, np.pi) for name in ("x", "y", "z")}
PEAK = """
from benchmarks.simulation import million
million()
try:
    # What getrusage knows begins, on Linux, with the peak of the process that started this one.
    with open("/proc/self/status") as status:
        print(int(status.read().split("VmHWM:")[1].split()[0]) / 1024)
except FileNotFoundError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


company = dcf.driver_model(n_periods=10, revenue=1000.0, tax_rate=0.25, sales_to_capital=2.0)


def million() -> MonteCarlo:
    return monte_carlo(company, INPUTS, N, rng=1)


def numbers_of_numpy() -> list[np.ndarray]:
    generator = np.random.default_rng(1)
    return [
        generator.triangular(0.02, 0.05, 0.08, N),
        0.10 + 0.10 * generator.beta(3.0, 3.0, N),
        generator.normal(0.09, 0.01, N),
        generator.uniform(0.01, 0.03, N),
    ]


def ishigami(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.asarray(np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def indices() -> SobolIndices:
    return sobol_indices(ishigami, ISHIGAMI, ROWS, rng=1)


def indices_of_scipy() -> object:
    inputs = [stats.uniform(loc=-np.pi, scale=2 * np.pi)] * 3
    return stats.sobol_indices(
        func=lambda x: ishigami(*x), n=ROWS, dists=inputs, random_state=np.random.default_rng(1)
    )


def peak_megabytes() -> float:
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)  # noqa: S603  # our own code
    return float(done.stdout)


def rows() -> list[Row]:
    contenders = {
        "million": million,
        "sample": lambda: sample(INPUTS, N, rng=1),
        "numpy": numbers_of_numpy,
        "sobol points": lambda: monte_carlo(company, INPUTS, 1 << 20, rng=1, sampling="sobol"),
        "indices": indices,
        "scipy": indices_of_scipy,
    }
    took = alternate({name: lambda call=call: seconds(call) for name, call in contenders.items()}, ROUNDS)
    ms = {name: f"{1e3 * time:.1f} ms" for name, time in took.items()}
    peak = peak_megabytes()
    return [
        Row(
            "a million draws of a ten-year DCF: times drawing their numbers by sample()",
            ms["million"],
            ms["sample"],
            took["million"] / took["sample"],
            3,
            at_least=False,
        ),
        Row(
            "the same: times drawing their numbers by numpy.random.Generator",
            ms["million"],
            ms["numpy"],
            took["million"] / took["numpy"],
            3,
            at_least=False,
        ),
        Row(
            "2^20 draws with Sobol points: times a million random ones",
            ms["sobol points"],
            ms["million"],
            took["sobol points"] / took["million"],
        ),
        Row(
            "Sobol indices of Ishigami's function, 2^14 rows, with intervals: times scipy's without",
            ms["indices"],
            ms["scipy"],
            took["indices"] / took["scipy"],
            1,
            at_least=False,
        ),
        Row(
            "a million draws: peak megabytes of the process", f"{peak:.0f} MB", "", peak, 600, at_least=False
        ),
    ]
