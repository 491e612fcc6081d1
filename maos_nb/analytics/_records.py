"""How the figures of a result record are shown: short, and the same on every run."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Float

__all__ = ["figure"]


def figure(value: Float) -> str:
    """Show a number, or the shape of an array with its lowest and highest number (NaN aside)."""
    if np.ndim(value) == 0:
        return _number(float(value))
    shape = np.shape(value)
    if 0 in shape:
        return f"empty {shape}"
    return (
        f"{_number(np.fmin.reduce(value, axis=None))} to {_number(np.fmax.reduce(value, axis=None))} {shape}"
    )


def _number(value: float) -> str:
    return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.6g}"
