"""Figures of the filings put under the items' names: every period of every filing, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from maos_nb.data._concepts import BALANCES, COVER_COUNT, ITEMS, OUTLAYS, PER_SHARE, SHARES
from maos_nb.data._facts_document import Filing, Period
from maos_nb.data._fiscal_years import FiscalYears, is_year
from maos_nb.data._recipes import Cookbook, Figure, Number

__all__ = ["MappedFact", "mapped_facts", "unit_of"]

# Earnings a share are rounded to a cent, so that what they imply of the share count is rough: a count in
# thousands shows as one that is about a thousand times too small.
_THOUSANDFOLD = (300.0, 3000.0)
_SMALLEST_EPS = 0.01
_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class MappedFact:
    """A figure under its item's name, and the filing that it was read in."""

    item: str
    start: date | None
    end: date
    fiscal_year: int
    value: Number
    unit: str
    tag: str
    form: str
    filed: date
    accession: str

    def tags(self) -> frozenset[str]:
        """Give the tags that the figure is made of."""
        return frozenset(word.lstrip("-") for word in self.tag.split(" ") if ":" in word)


def unit_of(item: str, currency: str) -> str:
    """Give the unit in which an item is filed."""
    if item in SHARES:
        return "shares"
    return f"{currency}/shares" if item in PER_SHARE else currency


def mapped_facts(
    filings: Iterable[Filing], cookbook: Cookbook, currency: str, years: FiscalYears, remarks: Counter[str]
) -> list[MappedFact]:
    """Map every filing; what cannot be used is counted, and so are figures whose sign was turned."""
    facts: list[MappedFact] = []
    for filing in filings:
        mapped = list(_of_periods(filing, cookbook, currency, years, remarks))
        facts += mapped
        facts += _cover_count(filing, cookbook, mapped, years, remarks)
    return facts


def _of_periods(
    filing: Filing, cookbook: Cookbook, currency: str, years: FiscalYears, remarks: Counter[str]
) -> Iterator[MappedFact]:
    for period in sorted(filing.figures, key=lambda item: (item[1], item[0] or date.min)):
        figures = _figures(period, filing.figures[period], cookbook, currency)
        if is_year(period) and years.ends and not years.is_end(period[1]):
            remarks["for twelve months that are no fiscal year"] += len(figures)
            continue
        _drop_thousands(figures, remarks)
        _take_out_cost_of_revenue(figures)
        for item, figure in figures.items():
            if item in OUTLAYS and figure.value < 0:
                remarks["an outlay filed as a negative number (kept, with its sign turned)"] += 1
                figure = figure.turned()
            yield _fact(item, period, figure, unit_of(item, currency), filing, years.year(period[1]))


def _figures(
    period: Period, units: Mapping[str, Mapping[str, Number]], cookbook: Cookbook, currency: str
) -> dict[str, Figure]:
    is_balance = period[0] is None
    found: dict[str, Figure] = {}
    for item in ITEMS:
        held = units.get(unit_of(item, currency))
        if held is None or (item in BALANCES) is not is_balance or item == COVER_COUNT:
            continue
        figure = cookbook.figure(item, held)
        if figure is not None:
            found[item] = figure
    return found


def _drop_thousands(figures: dict[str, Figure], remarks: Counter[str]) -> None:
    """Drop average share counts that earnings a share show to be in thousands without saying so."""
    for shares, earnings in (("basic_shares", "basic_eps"), ("diluted_shares", "diluted_eps")):
        if not {shares, earnings, "net_income"} <= figures.keys():
            continue
        eps, count = figures[earnings].value, figures[shares].value
        if abs(eps) >= _SMALLEST_EPS and _is_thousandfold(figures["net_income"].value / eps, count):
            remarks["a share count in thousands that does not say so"] += 1
            del figures[shares]


def _take_out_cost_of_revenue(figures: dict[str, Figure]) -> None:
    """Subtract the cost of revenue where a total of all costs was filed as operating expenses."""
    if not {"revenue", "cost_of_revenue", "operating_expenses", "operating_income"} <= figures.keys():
        return
    total, cost = figures["operating_expenses"], figures["cost_of_revenue"]
    left = figures["revenue"].value - total.value
    if cost.value > 0 and abs(left - figures["operating_income"].value) <= _ROUNDING * abs(total.value):
        figures["operating_expenses"] = Figure(total.value - cost.value, total.tags + cost.turned().tags)


def _is_thousandfold(implied: float, count: Number) -> bool:
    return count > 0 and _THOUSANDFOLD[0] < implied / count < _THOUSANDFOLD[1]


def _cover_count(
    filing: Filing, cookbook: Cookbook, mapped: list[MappedFact], years: FiscalYears, remarks: Counter[str]
) -> Iterator[MappedFact]:
    """Give the one share count of a filing: the cover page's, else the one at the balance sheet's date."""
    last = max((fact.end for fact in mapped), default=None)
    counts = {
        period: figure
        for period, units in filing.figures.items()
        if period[0] is None and (figure := cookbook.figure(COVER_COUNT, units.get("shares", {})))
    }
    on_cover = [period for period, figure in counts.items() if figure.tags[0][1].startswith("dei:")]
    chosen = max(on_cover, key=lambda period: period[1], default=None) or (
        (None, last) if last is not None and (None, last) in counts else None
    )
    if chosen is None:
        return
    figure = counts[chosen]
    average = next((fact.value for fact in mapped[::-1] if fact.item == "basic_shares"), 0)
    if _is_thousandfold(average, figure.value):
        remarks["a share count in thousands that does not say so"] += 1
        return
    yield _fact(COVER_COUNT, chosen, figure, "shares", filing, years.year(last or chosen[1]))


def _fact(
    item: str, period: Period, figure: Figure, unit: str, filing: Filing, fiscal_year: int
) -> MappedFact:
    start, end = period
    return MappedFact(
        item,
        start,
        end,
        fiscal_year,
        figure.value,
        unit,
        figure.words(),
        filing.form,
        filing.filed,
        filing.accession,
    )
