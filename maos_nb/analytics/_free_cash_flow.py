"""Free cash flow to the firm and to equity."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import (
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    broadcast_shape,
    unwrap,
)

__all__ = ["fcfe", "fcfe_from_fcff", "fcff"]


def fcff(
    ebit: Numeric,
    tax_rate: Numeric,
    depreciation: Numeric,
    capital_expenditure: Numeric,
    change_in_working_capital: Numeric,
) -> Float:
    """Compute free cash flow to the firm.

    Parameters
    ----------
    ebit : array_like, shape (..., n_periods) or any
        Earnings before interest and taxes.
    tax_rate : array_like
        Tax rate on operating profit as a decimal from 0 to 1.
    depreciation : array_like
        Depreciation and amortisation, positive.
    capital_expenditure : array_like
        Capital expenditure as a positive outlay.
    change_in_working_capital : array_like
        Increase of net working capital over the period; a decrease is negative.

    Returns
    -------
    float or ndarray
        ``EBIT (1 - t) + D&A - capex - change in working capital``, in the shape that the arguments broadcast
        to; NaN where any of them is NaN.

    Raises
    ------
    InputError
        If `tax_rate` is outside [0, 1], `depreciation` or `capital_expenditure` is negative, an argument is
        not numeric, or the shapes do not broadcast.

    Notes
    -----
    The formula stands as it is for a negative EBIT too, which then earns a tax credit at once;
    `project_drivers` is the place to choose how losses are taxed.

    Examples
    --------
    In Excel: ``=150*(1-25%)+40-60-10``.

    >>> fcff(150.0, 0.25, 40.0, 60.0, 10.0)
    82.5
    """
    profit = as_float("ebit", ebit)
    rate = as_fraction("tax_rate", tax_rate)
    written_off = as_amount("depreciation", depreciation)
    spent = as_amount("capital_expenditure", capital_expenditure)
    tied_up = as_float("change_in_working_capital", change_in_working_capital)
    broadcast_shape(
        ebit=profit,
        tax_rate=rate,
        depreciation=written_off,
        capital_expenditure=spent,
        change_in_working_capital=tied_up,
    )
    return unwrap(np.asarray(profit * (1.0 - rate) + written_off - spent - tied_up))


def fcfe(
    net_income: Numeric,
    depreciation: Numeric,
    capital_expenditure: Numeric,
    change_in_working_capital: Numeric,
    net_borrowing: Numeric,
) -> Float:
    """Compute free cash flow to equity from net income.

    Parameters
    ----------
    net_income : array_like, shape (..., n_periods) or any
        Net income to common shareholders, after interest, taxes and preferred dividends.
    depreciation : array_like
        Depreciation and amortisation, positive.
    capital_expenditure : array_like
        Capital expenditure as a positive outlay.
    change_in_working_capital : array_like
        Increase of net working capital over the period; a decrease is negative.
    net_borrowing : array_like
        New debt less repayments; negative where more is repaid.

    Returns
    -------
    float or ndarray
        ``net income + D&A - capex - change in working capital + net borrowing``, in the shape that the
        arguments broadcast to; NaN where any of them is NaN.

    Raises
    ------
    InputError
        If `depreciation` or `capital_expenditure` is negative, an argument is not numeric, or the shapes do
        not broadcast.

    Notes
    -----
    Pinto, Henry, Robinson and Stowe, *Equity Asset Valuation*, "Free cash flow valuation". Discount it at
    the cost of equity; `fcfe_from_fcff` comes to the same.

    Examples
    --------
    In Excel: ``=105+40-60-10+25``.

    >>> fcfe(105.0, 40.0, 60.0, 10.0, 25.0)
    100.0
    """
    earned = as_float("net_income", net_income)
    written_off = as_amount("depreciation", depreciation)
    spent = as_amount("capital_expenditure", capital_expenditure)
    tied_up = as_float("change_in_working_capital", change_in_working_capital)
    borrowed = as_float("net_borrowing", net_borrowing)
    broadcast_shape(
        net_income=earned,
        depreciation=written_off,
        capital_expenditure=spent,
        change_in_working_capital=tied_up,
        net_borrowing=borrowed,
    )
    return unwrap(np.asarray(earned + written_off - spent - tied_up + borrowed))


def fcfe_from_fcff(
    free_cash_flow: Numeric,
    interest: Numeric,
    tax_rate: Numeric,
    net_borrowing: Numeric,
    *,
    preferred_dividends: Numeric = 0.0,
) -> Float:
    """Compute free cash flow to equity from free cash flow to the firm.

    Parameters
    ----------
    free_cash_flow : array_like, shape (..., n_periods) or any
        Free cash flow to the firm, as of `fcff`.
    interest : array_like
        Interest on debt, positive.
    tax_rate : array_like
        Tax rate that interest saves, as a decimal from 0 to 1.
    net_borrowing : array_like
        New debt less repayments; negative where more is repaid.
    preferred_dividends : array_like
        Dividends on preferred stock, positive.

    Returns
    -------
    float or ndarray
        ``FCFF - interest (1 - t) + net borrowing - preferred dividends``, in the shape that the arguments
        broadcast to; NaN where any of them is NaN.

    Raises
    ------
    InputError
        If `tax_rate` is outside [0, 1], `interest` or `preferred_dividends` is negative, an argument is not
        numeric, or the shapes do not broadcast.

    Notes
    -----
    As `fcfe` from net income, where net income is ``(EBIT - interest) (1 - t) - preferred dividends``.

    Examples
    --------
    In Excel: ``=82.5-10*(1-25%)+25``.

    >>> fcfe_from_fcff(82.5, 10.0, 0.25, 25.0)
    100.0
    """
    flow = as_float("free_cash_flow", free_cash_flow)
    paid = as_amount("interest", interest)
    rate = as_fraction("tax_rate", tax_rate)
    borrowed = as_float("net_borrowing", net_borrowing)
    preferred = as_amount("preferred_dividends", preferred_dividends)
    broadcast_shape(
        free_cash_flow=flow,
        interest=paid,
        tax_rate=rate,
        net_borrowing=borrowed,
        preferred_dividends=preferred,
    )
    return unwrap(np.asarray(flow - paid * (1.0 - rate) + borrowed - preferred))
