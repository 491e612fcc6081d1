"""A valuation as the plain values of a task result: dicts, lists, texts and numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.finance.cost_of_capital import cost_of_debt
from maos_nb.finance.judgement import confidence, recommendations, risks
from maos_nb.finance.valuation import Valuation

__all__ = ["financial_model", "model_metadata"]


def financial_model(valuation: Valuation) -> dict[str, Any]:
    """Give the result of ``create_financial_model``.

    Money is in units of the company's currency (not thousands), rates are decimals. Lists under
    ``financial_projections`` have one item a projected year; under ``table`` one row a WACC.
    """
    return {
        "model_type": valuation.request.model_type,
        "company": _company(valuation),
        "recommendations": recommendations(valuation),
        "financial_projections": _projections(valuation),
        "valuation": _valuation(valuation),
        "scenarios": {
            item.name: {
                "enterprise_value": item.enterprise_value,
                "equity_value": item.equity_value,
                "value_per_share": _known(item.value_per_share),
                "changes": dict(item.changes),
            }
            for item in valuation.scenarios
        },
        "key_assumptions": {
            item.name: {
                "value": item.value,
                "unit": item.unit,
                "origin": item.origin.value,
                "source": item.source,
            }
            for item in valuation.assumptions.values()
        },
        "sensitivity_analysis": _sensitivity(valuation),
        "risk_assessment": risks(valuation),
    }


def model_metadata(valuation: Valuation) -> dict[str, Any]:
    """Give what the task's metadata say of the model: confidence with its parts, request, seed."""
    judged = confidence(valuation)
    return {
        "confidence_score": judged.score,
        "confidence_parts": {
            "inputs": judged.inputs,
            "stability": judged.stability,
            "coverage": judged.coverage,
        },
        "request": valuation.request.model_dump(mode="json", exclude_none=True),
        "understood": list(valuation.request.describe()),
        "seed": valuation.request.seed,
        "as_of": valuation.evidence.as_of.isoformat(),
    }


def _company(valuation: Valuation) -> dict[str, Any]:
    evidence = valuation.evidence
    history, price = evidence.history, evidence.price
    return {
        "name": evidence.name,
        "ticker": valuation.request.ticker,
        "sector": evidence.sector,
        "currency": evidence.currency,
        "valuation_as_of": evidence.as_of.isoformat(),
        "statements_as_of": history.period_end.isoformat() if history else None,
        "statements_filed": history.filed.isoformat() if history else None,
        "statements_source": history.source if history else None,
        "price_as_of": price.date.isoformat() if price and valuation.request.price is None else None,
        "price_source": _price_source(valuation),
    }


def _price_source(valuation: Valuation) -> str | None:
    if valuation.request.price is not None:
        return f"given: {valuation.request.evidence.get('price', 'parameters')}"
    price = valuation.evidence.price
    return price.source if price else None


def _projections(valuation: Valuation) -> dict[str, list[int] | list[float]]:
    """Lay out the years. Debt stays what it is, so that interest does; interest income is left out."""
    plan, history = valuation.base.projection, valuation.evidence.history
    first = history.years[-1] + 1 if history else 1
    interest = _interest(valuation)
    tax_rate = valuation.assumptions["tax_rate"].value
    pretax = plan.ebit - interest
    net_income = pretax - tax_rate * np.maximum(pretax, 0.0)
    previous = np.concatenate([[valuation.assumptions["revenue"].value], plan.revenue[:-1]])
    lines: dict[str, Array] = {
        "revenue": plan.revenue,
        "revenue_growth": plan.revenue / previous - 1,
        "expenses": plan.revenue - net_income,
        "operating_income": plan.ebit,
        "net_income": net_income,
        "taxes_on_operating_income": plan.taxes,
        "reinvestment": plan.reinvestment,
        "free_cash_flow": plan.free_cash_flow,
        "discount_factor": valuation.base.valuation.discount_factors,
        "present_value": valuation.base.valuation.present_values,
    }
    years = list(range(first, first + valuation.request.time_horizon))
    return {"year": years, **{name: [float(item) for item in line] for name, line in lines.items()}}


def _interest(valuation: Valuation) -> float:
    """Interest on the debt of the valuation, at its cost, or at that of the last filed year."""
    debt, evidence = valuation.assumptions["debt"].value, valuation.evidence
    given = valuation.assumptions.get("cost_of_debt")
    if debt == 0 or given is not None:
        return debt * given.value if given is not None else 0.0
    risk_free = evidence.risk_free.value if evidence.risk_free is not None else math.nan
    return debt * cost_of_debt(evidence, risk_free).value


def _valuation(valuation: Valuation) -> dict[str, Any]:
    base, bridge = valuation.base.valuation, valuation.base.bridge
    per_share = _known(float(bridge.value_per_share))
    price = valuation.price
    upside = per_share / price - 1 if per_share is not None and price else None
    return {
        "enterprise_value": float(base.enterprise_value),
        "present_value_of_flows": float(np.sum(base.present_values)),
        "present_value_of_terminal": float(base.present_value_of_terminal),
        "terminal_value": float(base.terminal_value),
        "terminal_share": float(base.terminal_share),
        "bridge": {
            "enterprise_value": float(base.enterprise_value),
            "cash": float(bridge.cash),
            "investments": float(bridge.investments),
            "debt": -float(bridge.debt) or 0.0,
            "leases": -float(bridge.leases) or 0.0,
            "equity_value": float(bridge.equity_value),
        },
        "shares": None if bridge.shares is None else float(bridge.shares),
        "value_per_share": per_share,
        "price": price,
        "upside": upside,
        "timing": valuation.request.timing,
    }


def _sensitivity(valuation: Valuation) -> dict[str, Any]:
    table = valuation.table
    return {
        "metric": valuation.metric,
        "drivers": {
            item.driver: {
                "base": item.base,
                "range": [item.low, item.high],
                "value": [_known(item.at_low), _known(item.at_high)],
                "reason": item.reason,
            }
            for item in valuation.what_ifs
        },
        "table": {
            "wacc": list(table.rows),
            table.column_driver: list(table.columns),
            "values": [[_known(float(cell)) for cell in row] for row in table.values],
        },
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
