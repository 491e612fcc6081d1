"""Read annual statement figures out of the SEC's companyfacts files, each with its filing.

Every figure is the one first filed: the value in the fiscal year's own 10-K where that filing carries a
standard tag, else the comparative column of the first later 10-K that does. Later restatements are ignored.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

SOURCE = "SEC EDGAR companyfacts"

# A fiscal year of 52 or 53 weeks; comparatives of quarters and of cumulative periods fall outside.
YEAR_DAYS = range(350, 381)
# A 10-K is due 60 to 90 days after the year's end; what comes later is an amendment or the next year's report.
OWN_FILING_DAYS = 130
# NVIDIA tagged its average shares of fiscal 2010 and 2011 in thousands without saying so (549,574 shares);
# no company in this file ever had fewer than ten million.
FEWEST_SHARES = 10_000_000

Recipe = tuple[str, ...]

# For each field the recipes in order of preference; a recipe is a sum of tags, a minus sign subtracts.
# The first recipe whose tags are all in the filing is taken, so that a change of tags is handled year by year.
FIELDS: dict[str, tuple[Recipe, ...]] = {
    "revenue": (
        ("RevenueFromContractWithCustomerExcludingAssessedTax",),
        ("Revenues",),
        ("SalesRevenueNet",),
    ),
    "cost_of_revenue": (("CostOfGoodsAndServicesSold",), ("CostOfRevenue",)),
    "gross_profit": (("GrossProfit",),),
    "research_and_development": (("ResearchAndDevelopmentExpense",),),
    "selling_general_administrative": (("SellingGeneralAndAdministrativeExpense",),),
    "operating_income": (("OperatingIncomeLoss",),),
    "interest_expense": (("InterestExpense",), ("InterestExpenseNonoperating",)),
    "pretax_income": (
        ("IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",),
        (
            "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
        ),
    ),
    "income_tax": (("IncomeTaxExpenseBenefit",),),
    "net_income": (("NetIncomeLoss",),),
    # Apple's 10-K for 2017 also tags DepreciationDepletionAndAmortization, for its fixed assets alone.
    "depreciation_and_amortization": (
        ("DepreciationAmortizationAndAccretionNet",),
        ("DepreciationDepletionAndAmortization",),
        ("DepreciationAndAmortization",),
    ),
    "capital_expenditure": (
        ("PaymentsToAcquirePropertyPlantAndEquipment",),
        ("PaymentsToAcquireProductiveAssets",),
    ),
    "share_based_compensation": (("ShareBasedCompensation",),),
    "operating_cash_flow": (
        ("NetCashProvidedByUsedInOperatingActivities",),
        ("NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",),
    ),
    "dividends_paid": (("PaymentsOfDividends",),),
    "cash_and_equivalents": (("CashAndCashEquivalentsAtCarryingValue",),),
    "short_term_investments": (
        ("MarketableSecuritiesCurrent",),
        ("AvailableForSaleSecuritiesCurrent",),
        ("AvailableForSaleSecuritiesDebtSecuritiesCurrent",),
        # NVIDIA's 10-K for fiscal 2026 tags no total of its securities. What its other current assets leave
        # equals the tagged total to the dollar in each of its fiscal years 2018 to 2025.
        (
            "AssetsCurrent",
            "-CashAndCashEquivalentsAtCarryingValue",
            "-AccountsReceivableNetCurrent",
            "-InventoryNet",
            "-PrepaidExpenseAndOtherAssetsCurrent",
        ),
    ),
    "long_term_investments": (
        ("MarketableSecuritiesNoncurrent",),
        ("AvailableForSaleSecuritiesNoncurrent",),
        ("AvailableForSaleSecuritiesDebtSecuritiesNoncurrent",),
        ("EquitySecuritiesFVNINoncurrent",),
        ("OtherLongTermInvestments",),
    ),
    "receivables": (("AccountsReceivableNetCurrent",),),
    "inventory": (("InventoryNet",),),
    "accounts_payable": (("AccountsPayableCurrent",),),
    "current_assets": (("AssetsCurrent",),),
    "current_liabilities": (("LiabilitiesCurrent",),),
    "total_assets": (("Assets",),),
    # NVIDIA tagged no total before fiscal 2016, and had no equity outside shareholders' equity until then.
    "total_liabilities": (("Liabilities",), ("LiabilitiesAndStockholdersEquity", "-StockholdersEquity")),
    "shareholders_equity": (("StockholdersEquity",),),
    "short_term_debt": (
        ("DebtCurrent",),
        ("CommercialPaper", "LongTermDebtCurrent"),
        ("ConvertibleDebtCurrent",),
        ("ConvertibleNotesPayableCurrent",),
        ("CommercialPaper",),
    ),
    # LongTermDebt comes last: where a current portion exists the tag may mean the whole of it.
    "long_term_debt": (("LongTermDebtNoncurrent",), ("ConvertibleDebtNoncurrent",), ("LongTermDebt",)),
    "operating_lease_liability": (("OperatingLeaseLiability",),),
    "finance_lease_liability": (
        ("FinanceLeaseLiability",),
        ("CapitalLeaseObligationsCurrent", "CapitalLeaseObligationsNoncurrent"),
    ),
    "basic_shares": (("WeightedAverageNumberOfSharesOutstandingBasic",),),
    "diluted_shares": (("WeightedAverageNumberOfDilutedSharesOutstanding",),),
    "shares_outstanding": (("EntityCommonStockSharesOutstanding",),),
}
SHARE_FIELDS = ("basic_shares", "diluted_shares", "shares_outstanding")


@dataclass(frozen=True, slots=True)
class Filing:
    """A company's 10-K, and the fiscal year's end that it reports."""

    accession: str
    filed: date
    period_end: date


@dataclass(frozen=True, slots=True)
class Figure:
    """One annual figure as first filed."""

    ticker: str
    fiscal_year: int
    period_end: date
    field: str
    value: int
    unit: str
    tag: str
    form: str
    filed: date
    accession: str
    source: str


@dataclass(frozen=True, slots=True)
class _Fact:
    value: int
    period_end: date


class CompanyFacts:
    """The annual facts of one company, indexed by filing, tag and fiscal year's end.

    Parameters
    ----------
    path
        A companyfacts JSON of the SEC's API, compressed with gzip.
    """

    def __init__(self, path: Path) -> None:
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            self._facts = json.load(handle)["facts"]
        self._index: dict[tuple[str, str], dict[date, _Fact]] = {}
        for tag, fact in self._annual_facts():
            self._add(tag, fact)
        self.filings = self._own_filings()

    def figures(self, ticker: str) -> Iterator[Figure]:
        """Give every figure of every fiscal year, oldest year first."""
        for own in self.filings:
            for field in FIELDS:
                figure = self._first_filed(ticker, field, own)
                if figure is not None:
                    yield figure

    def _first_filed(self, ticker: str, field: str, own: Filing) -> Figure | None:
        for filing in (f for f in self.filings if f.filed >= own.filed):
            found = self._evaluate(field, filing, own.period_end)
            if found is None:
                continue
            value, tag, period_end = found
            later = (
                ""
                if filing == own
                else f", comparative column of the 10-K for fiscal {filing.period_end.year}"
            )
            return Figure(
                ticker=ticker,
                fiscal_year=own.period_end.year,
                period_end=period_end,
                field=field,
                value=value,
                unit="shares" if field in SHARE_FIELDS else "USD",
                tag=tag,
                form="10-K",
                filed=filing.filed,
                accession=filing.accession,
                source=SOURCE + later,
            )
        return None

    def _evaluate(self, field: str, filing: Filing, period_end: date) -> tuple[int, str, date] | None:
        for recipe in FIELDS[field]:
            terms = [(tag.lstrip("-"), -1 if tag.startswith("-") else 1) for tag in recipe]
            facts = [self._lookup(filing, tag, period_end) for tag, _ in terms]
            if any(fact is None for fact in facts):
                continue
            known = [fact for fact in facts if fact is not None]
            value = sum(fact.value * sign for fact, (_, sign) in zip(known, terms, strict=True))
            if field in SHARE_FIELDS and value < FEWEST_SHARES:
                continue
            return value, "+".join(recipe).replace("+-", "-"), known[0].period_end
        return None

    def _lookup(self, filing: Filing, tag: str, period_end: date) -> _Fact | None:
        facts = self._index.get((filing.accession, tag), {})
        if tag == "EntityCommonStockSharesOutstanding":
            # The cover page counts shares on a day of its own, some weeks after the year's end.
            return next(iter(facts.values()), None) if period_end == filing.period_end else None
        return facts.get(period_end)

    def _annual_facts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for taxonomy in ("us-gaap", "dei"):
            for tag, concept in self._facts[taxonomy].items():
                for facts in concept["units"].values():
                    yield from ((tag, fact) for fact in facts if fact["form"] == "10-K" and _is_annual(fact))

    def _add(self, tag: str, fact: dict[str, Any]) -> None:
        period_end = date.fromisoformat(fact["end"])
        facts = self._index.setdefault((fact["accn"], tag), {})
        # Tags that no recipe uses may repeat with other units; only a used tag has to be unambiguous.
        if tag in _USED_TAGS and period_end in facts and facts[period_end].value != fact["val"]:
            raise ValueError(f"{fact['accn']} gives two values of {tag} for {period_end}")
        facts[period_end] = _Fact(fact["val"], period_end)

    def _own_filings(self) -> tuple[Filing, ...]:
        first: dict[date, Filing] = {}
        for fact in self._facts["us-gaap"]["NetIncomeLoss"]["units"]["USD"]:
            if fact["form"] != "10-K" or not _is_annual(fact):
                continue
            filing = Filing(fact["accn"], date.fromisoformat(fact["filed"]), date.fromisoformat(fact["end"]))
            in_time = (filing.filed - filing.period_end).days <= OWN_FILING_DAYS
            if in_time and (filing.period_end not in first or filing.filed < first[filing.period_end].filed):
                first[filing.period_end] = filing
        return tuple(first[end] for end in sorted(first))


def _is_annual(fact: dict[str, Any]) -> bool:
    if "start" not in fact:
        return True
    return (date.fromisoformat(fact["end"]) - date.fromisoformat(fact["start"])).days in YEAR_DAYS


_USED_TAGS = frozenset(tag.lstrip("-") for recipes in FIELDS.values() for recipe in recipes for tag in recipe)
