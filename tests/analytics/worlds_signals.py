"""Prices and signals without any skill, for tests of what is made of them."""

from __future__ import annotations

import numpy as np


def walk(n_bars=400, n_assets=1, seed=1, common=0.5):
    """Give prices whose returns are independent of the past, alike among assets in part."""
    rng = np.random.default_rng(seed)
    shared, own = rng.standard_normal((n_bars, 1)), rng.standard_normal((n_bars, n_assets))
    returns = 0.0005 + 0.01 * (np.sqrt(common) * shared + np.sqrt(1 - common) * own)
    return 100 * np.exp(returns.cumsum(axis=0))


def dice(shape, share=0.1, seed=2):
    """Give signals that know nothing."""
    return np.random.default_rng(seed).random(shape) < share


def lasting(shape, share=0.2, seed=2):
    """Give signals that know nothing, and last for many bars."""
    rng = np.random.default_rng(seed)
    state = np.zeros(shape)
    for bar, shock in enumerate(rng.standard_normal(shape)):
        state[bar] = 0.9 * state[bar - 1] + shock if bar else shock
    return state > np.quantile(state, 1 - share)
