"""Parameters win over words: which of the words then still stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maos_nb.finance._reading import Reading
from maos_nb.finance._request_values import as_number, as_rate_range

__all__ = ["settled_by", "words_that_stand"]

# What a parameter decides beside itself: the other member of a pair of which only one can hold.
_RIVALS = {"terminal_growth": "exit_multiple", "exit_multiple": "terminal_growth", "wacc": "wacc_range"}
_RIVALS |= {"wacc_range": "wacc", "ticker": "sector"}


def settled_by(given: Mapping[str, object]) -> set[str]:
    """Give the fields that parameters decide, so that words about them may contradict each other."""
    return {*given, *(_RIVALS[name] for name in given if name in _RIVALS)}


def words_that_stand(reading: Reading, given: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Give what is read and not overruled by parameters, and the words that thereby have no use."""
    words = {name: value for name, value in reading.values.items() if name not in given}
    if "ticker" in given:
        ticker = str(given["ticker"]).upper()
        if reading.values.get("ticker", ticker) != ticker:
            words.pop("company", None)
        if words.pop("sector", None):
            return words, [reading.evidence["sector"]]
    for name in ("terminal_growth", "exit_multiple"):
        if name in given:
            words.pop(_RIVALS[name], None)
    if "wacc" in given and "wacc_range" in words and not _is_within(given["wacc"], words["wacc_range"]):
        del words["wacc_range"]
    if "wacc_range" in given and "wacc" in words and not _is_within(words["wacc"], given["wacc_range"]):
        del words["wacc"]
    return words, []


def _is_within(wacc: Any, bounds: Any) -> bool:
    try:
        low, high = as_rate_range(bounds)
        return bool(as_number(low) <= as_number(wacc) <= as_number(high))
    except (TypeError, ValueError):
        return True  # The parameter is no rate or no range; the request's own checks will say so.
