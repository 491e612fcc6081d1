"""The tables of a report that tell how far the value may be off: draws, importance, break-evens, other methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maos_nb.finance.report_tables import Grid, axis_value, judged_writer
from maos_nb.finance.report_words import Money, name_of, percent, plain, visible

__all__ = ["appraisal_grid", "break_even_grid", "draw_grid", "importance_grid", "method_grid"]

SHOWN_PERCENTILES = ("5", "25", "50", "75", "95")
STATUS = {
    "converged": "the only such value in reach",
    "multiple_roots": "the nearest of several",
    "no_root_in_bracket": "none in reach",
    "not_finite": "none in reach: the model has no value in part of it",
}


def draw_grid(model: Mapping[str, Any], money: Money) -> Grid | None:
    """Lay out the distribution of the judged figure over the random draws; None without draws."""
    analysis = model["sensitivity_analysis"]
    drawn, price = analysis.get("monte_carlo"), _price(model)
    if not drawn:
        return None
    write, unit = judged_writer(analysis["metric"], money)
    rows = []
    for level in SHOWN_PERCENTILES:
        amount = drawn["percentiles"].get(level)
        rows.append((f"{level}%", write(amount), percent(_gap(amount, price), signed=True)))
    rows.append(("Mean", write(drawn["mean"]), percent(_gap(drawn["mean"], price), signed=True)))
    chance = drawn.get("probability_above_price")
    above = "" if chance is None else f"{percent(chance)} of the draws are above the price. "
    lost = f" {plain(drawn['rejected'], 0)} draws had no value and are left out." if drawn["rejected"] else ""
    note = (
        f"{above}Standard deviation {write(drawn['standard_deviation'])}, standard error of the mean "
        f"{write(drawn['standard_error'])}, seed {visible(drawn['seed'])}.{lost}"
    )
    title = f"{name_of(analysis['metric'])} in {plain(drawn['draws'], 0)} random draws ({unit})"
    return Grid(title, ("Not exceeded by", "Value", "Against price"), tuple(rows), note=note, strong=(5,))


def importance_grid(model: Mapping[str, Any]) -> Grid | None:
    """Lay out which drivers the spread comes from; None without draws."""
    analysis = model["sensitivity_analysis"]
    found, drawn = analysis.get("importance"), analysis.get("monte_carlo")
    if not found or not drawn:
        return None
    rows = sorted(found.items(), key=lambda item: -item[1]["total_order"])
    return Grid(
        "Share of the variance by driver (Sobol indices)",
        ("Driver", "Alone", "With interactions", "95% interval", "Drawn from"),
        tuple(
            (
                visible(name_of(name)),
                percent(item["first_order"]),
                percent(item["total_order"]),
                " to ".join(percent(end) for end in item["total_order_interval"]),
                visible(drawn["distributions"].get(name, "n/a")),
            )
            for name, item in rows
        ),
        note="The drivers are drawn independently of each other.",
        texts=(4,),
    )


def break_even_grid(model: Mapping[str, Any]) -> Grid | None:
    """Lay out where each driver alone makes the value equal to the price; None without a price."""
    found, price = model["sensitivity_analysis"].get("break_even"), _price(model)
    if not found or not price:
        return None
    assumptions = model["key_assumptions"]
    rows = tuple(
        (
            visible(name_of(name)),
            axis_value(name, assumptions.get(name, {}).get("value")),
            axis_value(name, item["value"]),
            STATUS.get(item["status"], visible(item["status"])),
        )
        for name, item in found.items()
    )
    title = f"What one driver alone would have to be for the price of {plain(price, 2)}"
    return Grid(title, ("Driver", "Base", "At the price", "Which one"), rows, texts=(3,))


def method_grid(model: Mapping[str, Any], money: Money) -> Grid | None:
    """Lay out the ranges of all methods side by side; None where there is only the base case."""
    found = model.get("valuation_methods")
    if not found:
        return None
    write, unit = judged_writer(model["sensitivity_analysis"]["metric"], money)
    rows = tuple(
        (
            visible(name_of(name)),
            *(write(item[end]) for end in ("low", "mid", "high")),
            visible(item["basis"]),
        )
        for name, item in found.items()
    )
    title = f"{name_of(model['sensitivity_analysis']['metric'])} by method ({unit})"
    return Grid(title, ("Method", "Low", "Middle", "High", "How"), rows, texts=(4,))


def appraisal_grid(model: Mapping[str, Any], money: Money) -> Grid | None:
    """Lay out the purchase of the projected flows as an investment; None where nobody asked for it."""
    found = model.get("investment_appraisal")
    if not found:
        return None
    years = {name: _years(found[name]) for name in ("payback", "discounted_payback")}
    rows = (
        ("Investment", money.write(found["investment"]), visible(found["basis"])),
        ("Net present value", money.write(found["net_present_value"]), "at the WACC"),
        ("Profitability index", plain(found["profitability_index"], 3), "present value over investment"),
        ("Internal rate of return", percent(found["irr"], 2), visible(found["irr_status"]).replace("_", " ")),
        ("Payback", years["payback"], "projected flows without the terminal value"),
        ("Discounted payback", years["discounted_payback"], "the same, discounted at the WACC"),
    )
    return Grid(
        f"The projected flows as an investment ({money.unit})", ("Measure", "Figure", "How"), rows, texts=(2,)
    )


def _years(value: Any) -> str:
    return "not within the projection" if value is None else f"{plain(value, 1)} years"


def _price(model: Mapping[str, Any]) -> float | None:
    is_per_share = model["sensitivity_analysis"]["metric"] == "value_per_share"
    return model["valuation"].get("price") if is_per_share else None


def _gap(amount: float | None, price: float | None) -> float | None:
    return None if amount is None or not price else amount / price - 1
