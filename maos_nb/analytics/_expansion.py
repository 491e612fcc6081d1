"""The net value of cash flows over an interval of y, as a polynomial with a bound for its error.

Over a cell of centre m and half-width h the value is ``sum over i of c_i exp(-m t_i) exp(-h t_i s)``
with s from -1 to 1. Taylor's polynomial in s is written by its Bernstein coefficients, here called
control points: the first and the last are the values at the ends, and where all of them are
positive, or rise, or bend upwards, so does the polynomial (Farouki 2012, section 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._log_ratio import (
    Columns,
    IntArray,
    discount_factors,
    moments,
    rounding_of,
    take_columns,
)

__all__ = ["DEGREE", "Expansion", "approximate_root", "expand", "expand_over_one_cell"]

DEGREE = 8
ORDERS = np.arange(DEGREE + 1)
FACTORIALS = np.array([float(math.factorial(order)) for order in ORDERS])
PARABOLAS = 5


def _control_matrix() -> Array:
    """Turn coefficients of 1, s, s^2, ... into control points, by the polar form of each power of s."""
    rows = []
    for place in ORDERS:
        product = np.polynomial.Polynomial([1.0, -1.0]) ** (DEGREE - place) * np.polynomial.Polynomial(
            [1.0, 1.0]
        ) ** int(place)
        rows.append(product.coef / [math.comb(DEGREE, order) for order in ORDERS])
    return np.array(rows)


CONTROL = _control_matrix()
FROM_CONTROL = np.linalg.inv(CONTROL)


@dataclass(frozen=True, slots=True)
class Expansion:
    """Control points of many cells, one column each, and what they may be off.

    Parameters
    ----------
    points : (DEGREE + 1, n_cells) array
        Control points of the polynomial.
    omitted : (n_cells,) array
        Bound for the terms that the polynomial leaves out.
    rounding : (n_cells,) array
        Bound for the rounding errors of the points.
    size : (n_cells,) array
        Gross value, inflows and outflows together, at the left end.
    """

    points: Array
    omitted: Array
    rounding: Array
    size: Array

    def take(self, cells: IntArray) -> Expansion:
        return Expansion(
            take_columns(self.points, cells), self.omitted[cells], self.rounding[cells], self.size[cells]
        )

    def error(self, derivative: int) -> Array:
        """Bound the error of the differences of the points that stand for a derivative in s.

        The k-th derivative of the tail is below (d + 1)! / (d + 1 - k)! times the tail's bound, and the
        k-th differences are the derivative's control points divided by d! / (d - k)! / 2^k.
        """
        factor = 2**derivative * (DEGREE + 1) / (DEGREE + 1 - derivative)
        return np.asarray(factor * self.omitted + 2**derivative * self.rounding)


def expand_over_one_cell(columns: Columns, factors: Array, width: float) -> tuple[Expansion, Array]:
    """Expand all series over one cell, given their discount factors at its left end.

    Gives the tail moments too: the sum over flows of |c| exp(-y t) t^(d + 1) / (d + 1)! at the left end,
    which times h^(d + 1) bounds what the expansion leaves out, in this cell and in parts of it.
    """
    half, times = width / 2, columns.times
    values = np.abs(columns.flows, out=columns.room(1))
    cubes = times * times * times
    beyond = factors * (cubes * cubes * cubes) / math.factorial(DEGREE + 1)
    centre = factors * np.exp(-half * times)
    if columns.share_times:
        size, tail = np.hstack([factors, beyond]).T @ values
        taylor = _taylor_rows(times) * centre[:, 0] * half ** ORDERS[:, None]
        points = (CONTROL @ taylor) @ columns.flows
    else:
        size, tail = np.einsum("ij,ij->j", factors, values), np.einsum("ij,ij->j", beyond, values)
        net = moments(columns, np.multiply(columns.flows, centre, out=values), DEGREE)
        points = (CONTROL * ((-half) ** ORDERS / FACTORIALS)) @ net
    return Expansion(points, tail * half ** (DEGREE + 1), rounding_of(len(times)) * size, size), tail


def expand(columns: Columns, left: Array, width: Array, tail: Array) -> Expansion:
    """Expand each series over a cell of its own, from the tail moment at its left end or further left."""
    half = width / 2
    values = np.multiply(columns.flows, discount_factors(columns, left + half), out=columns.room(1))
    gross = moments(columns, np.abs(values, out=columns.room(0)), DEGREE)
    net = moments(columns, values, DEGREE)
    power = np.ones_like(half)
    for order in range(1, DEGREE + 1):
        power *= half / order
        net[order] *= power
        gross[order] *= power
    net[1::2] *= -1.0
    size = gross.sum(axis=0)
    return Expansion(CONTROL @ net, tail * half ** (DEGREE + 1), rounding_of(len(values)) * size, size)


def _taylor_rows(times: Array) -> Array:
    """Give (-t)^k / k! for k = 0 ... DEGREE, one row each, of times that all series share."""
    return np.asarray((-times) ** ORDERS / FACTORIALS).T


def approximate_root(points: Array) -> Array:
    """Give the s, from -1 to 1, at which the polynomials of cells that cross zero once do so.

    By the zero, between ends of different sign, of the parabola that shares value, slope and bend with the
    polynomial: two close roots do not disturb it. Only a guess: that it is right is for others to see.
    """
    coefficients = FROM_CONTROL @ points
    first, last = points[0], points[-1]
    left, right = np.full(first.size, -1.0), np.ones(first.size)
    s = (first + last) / (first - last)
    for _ in range(PARABOLAS):
        value, slope, bend = _value_slope_and_bend(coefficients, s)
        ahead = (value > 0) == (first > 0)
        left, right = np.where(ahead, s, left), np.where(ahead, right, s)
        root = np.copysign(np.sqrt(np.maximum(slope * slope - 4.0 * value * bend, 0.0)), slope)
        near, far = s - 2.0 * value / (slope + root), s - 2.0 * value / (slope - root)
        s = np.where(
            (near > left) & (near < right),
            near,
            np.where((far > left) & (far < right), far, (left + right) / 2),
        )
    return np.asarray(s)


def _value_slope_and_bend(coefficients: Array, s: Array) -> tuple[Array, Array, Array]:
    """Give polynomials' values, first derivatives and half their second ones, by Horner's rule."""
    value, slope, bend = coefficients[DEGREE].copy(), np.zeros_like(s), np.zeros_like(s)
    for order in range(DEGREE - 1, -1, -1):
        bend *= s
        bend += slope
        slope *= s
        slope += value
        value *= s
        value += coefficients[order]
    return value, slope, bend
