"""A valuation as the plain values of a task result: dicts, lists, texts and numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.finance.appraisal import Appraisal
from maos_nb.finance.earnings import net_income
from maos_nb.finance.explained import explanation_of
from maos_nb.finance.fundamentals import Fundamentals
from maos_nb.finance.judgement import confidence, recommendations, risks
from maos_nb.finance.uncertainty import FAN_LEVELS, Uncertainty
from maos_nb.finance.valuation import Valuation

__all__ = ["financial_model", "model_metadata"]

BINS = 40


def financial_model(valuation: Valuation) -> dict[str, Any]:
    """Give the result of ``create_financial_model``.

    Money is in units of the company's currency (not thousands), rates are decimals. Lists under
    ``financial_projections`` have one item a projected year; under ``table`` one row a WACC. What is not
    known is None.
    """
    return {
        "model_type": valuation.request.model_type,
        "company": _company(valuation),
        "recommendations": recommendations(valuation),
        "financial_projections": _projections(valuation),
        "valuation": _valuation(valuation),
        "scenarios": {
            item.name: {
                "enterprise_value": _known(item.enterprise_value),
                "equity_value": _known(item.equity_value),
                "value_per_share": _known(item.value_per_share),
                "probability": item.probability,
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
        **(
            {}
            if valuation.fundamentals is None
            else {"fundamental_metrics": _fundamentals(valuation.fundamentals)}
        ),
        "sensitivity_analysis": _sensitivity(valuation),
        "valuation_methods": _methods(valuation),
        **({} if valuation.appraisal is None else {"investment_appraisal": _appraisal(valuation.appraisal)}),
        "risk_assessment": risks(valuation),
        "explanation": explanation_of(valuation).to_dict(),
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
    plan = valuation.base.projection
    earned = net_income(plan, valuation.request, valuation.assumptions, valuation.evidence)
    previous = np.concatenate([[valuation.assumptions["revenue"].value], plan.revenue[:-1]])
    lines: dict[str, Array] = {
        "revenue": plan.revenue,
        "revenue_growth": plan.revenue / previous - 1,
        "expenses": plan.revenue - earned,
        "operating_income": plan.ebit,
        "net_income": earned,
        "taxes_on_operating_income": plan.taxes,
        "reinvestment": plan.reinvestment,
        "free_cash_flow": plan.free_cash_flow,
        "discount_factor": valuation.base.valuation.discount_factors,
        "present_value": valuation.base.valuation.present_values,
    }
    return {
        "year": _years(valuation),
        **{name: [float(item) for item in line] for name, line in lines.items()},
    }


def _years(valuation: Valuation) -> list[int]:
    history = valuation.evidence.history
    first = history.years[-1] + 1 if history else 1
    return list(range(first, first + valuation.request.time_horizon))


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
    table, drawn = valuation.table, valuation.uncertainty
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
        "expected": _expected(valuation),
        "break_even": _break_even(valuation),
        "monte_carlo": None if drawn is None else _monte_carlo(drawn, valuation.price),
        "importance": None if drawn is None else _importance(drawn),
        "fan": None if drawn is None else _fan(valuation, drawn),
    }


def _expected(valuation: Valuation) -> dict[str, Any]:
    found = valuation.expected
    return {
        "value": _known(found.expected_value),
        "standard_deviation": _known(found.standard_deviation),
        "weight_above_price": None if valuation.price is None else _known(found.probability_above),
    }


def _break_even(valuation: Valuation) -> dict[str, Any] | None:
    found = valuation.break_even
    if found is None:
        return None
    return {
        name: {"value": _known(float(value)), "status": str(status)}
        for name, value, status in zip(found.names, found.value, found.status, strict=True)
    }


def _monte_carlo(uncertainty: Uncertainty, price: float | None) -> dict[str, Any]:
    draws = uncertainty.draws
    counts, edges = draws.histogram(BINS) if draws.n_rejected < draws.n else (np.zeros(0), np.zeros(0))
    return {
        "draws": draws.n,
        "rejected": draws.n_rejected,
        "seed": draws.seed,
        "mean": _known(draws.mean),
        "standard_deviation": _known(draws.std),
        "standard_error": _known(draws.standard_error),
        "percentiles": {f"{100 * level:g}": _known(amount) for level, amount in draws.percentiles.items()},
        "probability_above_price": None if price is None else _known(draws.probability_above(price)),
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
        "distributions": {name: repr(found) for name, found in uncertainty.distributions.items()},
    }


def _importance(uncertainty: Uncertainty) -> dict[str, Any] | None:
    found = uncertainty.indices
    if found is None:
        return None
    return {
        name: {
            "first_order": float(found.first_order[place]),
            "total_order": float(found.total_order[place]),
            "total_order_interval": found.total_order_interval[place].tolist(),
        }
        for place, name in enumerate(found.names)
    }


def _fan(valuation: Valuation, uncertainty: Uncertainty) -> dict[str, Any]:
    return {
        "year": _years(valuation),
        "percentiles": {
            f"{100 * level:g}": flows.tolist()
            for level, flows in zip(FAN_LEVELS, uncertainty.cash_flows, strict=True)
        },
        "base": valuation.base.projection.free_cash_flow.tolist(),
    }


def _fundamentals(found: Fundamentals) -> dict[str, Any]:
    return {
        "fiscal_year": found.fiscal_year,
        **{
            group: {
                item.name: {
                    "title": item.title,
                    "value": _known(item.value),
                    "year_before": _known(item.before),
                    "unit": item.unit,
                    "formula": item.formula,
                    "n_available": item.n_available,
                    "n_inputs": item.n_inputs,
                    "negative_denominator": item.negative_denominator,
                    "explanation": item.explanation.to_dict(),
                }
                for item in items
            }
            for group, items in found.groups.items()
        },
        "scores": {
            item.name: {
                "label": item.label,
                "score": _known(item.score),
                "zone": item.zone,
                "verdict": item.verdict,
                "n_available": item.n_available,
                "n_inputs": item.n_inputs,
                "source": item.source,
            }
            for item in found.scores
        },
        "failed_checks": list(found.failures),
    }


def _methods(valuation: Valuation) -> dict[str, Any]:
    """Lay out the ranges of a football field: the cash flows' own first, then the other methods'."""
    values = [getattr(item, valuation.metric) for item in valuation.scenarios]
    known = [value for value in values if math.isfinite(value)]
    rows: dict[str, Any] = {}
    if len(known) > 1:
        rows["dcf_scenarios"] = _row(
            min(known), valuation.judged, max(known), "lowest to highest scenario, base"
        )
    if valuation.uncertainty is not None:
        draws = valuation.uncertainty.draws
        low, mid, high = (_known(draws.percentiles[level]) for level in (0.05, 0.50, 0.95))
        rows["dcf_draws"] = _row(low, mid, high, f"5% to 95% of {draws.n:,} draws, median")
    return rows | {item.name: _row(item.low, item.mid, item.high, item.basis) for item in valuation.methods}


def _row(low: float | None, mid: float | None, high: float | None, basis: str) -> dict[str, Any]:
    return {"low": low, "mid": mid, "high": high, "basis": basis}


def _appraisal(found: Appraisal) -> dict[str, Any]:
    figures = ("net_present_value", "profitability_index", "irr", "payback", "discounted_payback")
    return {
        "investment": found.investment,
        "basis": found.basis,
        **{name: _known(getattr(found, name)) for name in figures},
        "irr_status": found.irr_status,
        "cash_flows": found.cash_flows.tolist(),
        "npv_profile": {
            "rate": found.rates.tolist(),
            "npv": found.values.tolist(),
            "irr": found.roots.tolist(),
        },
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
