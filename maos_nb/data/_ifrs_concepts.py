"""Where IFRS filings have the items of the statements: recipes as `_concepts` tells, the best first."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["IFRS_FULL"]

IFRS_FULL: Mapping[str, tuple[str, ...]] = {
    "revenue": ("Revenue", "RevenueFromContractsWithCustomers", "RevenueFromSaleOfGoods"),
    "cost_of_revenue": ("CostOfSales",),
    "gross_profit": ("GrossProfit", "revenue - cost_of_revenue"),
    "research_and_development": ("ResearchAndDevelopmentExpense",),
    "selling_general_administrative": (
        "SellingGeneralAndAdministrativeExpense",
        "SellingExpense + GeneralAndAdministrativeExpense",
        "SellingExpense + AdministrativeExpense",
        "SalesAndMarketingExpense + GeneralAndAdministrativeExpense",
        "SalesAndMarketingExpense + AdministrativeExpense",
        "DistributionCosts + AdministrativeExpense",
        "GeneralAndAdministrativeExpense",
        "AdministrativeExpense",
    ),
    "advertising": ("AdvertisingExpense",),
    "operating_expenses": ("OperatingExpense", "gross_profit - operating_income"),
    "operating_income": ("ProfitLossFromOperatingActivities",),
    # Finance costs hold more than interest; they are what most statements show.
    "interest_expense": ("InterestExpense", "FinanceCosts"),
    "interest_income": ("RevenueFromInterest", "FinanceIncome"),
    "pretax_income": ("ProfitLossBeforeTax",),
    "income_tax": ("IncomeTaxExpenseContinuingOperations",),
    "net_income": (
        "ProfitLossAttributableToOwnersOfParent",
        "ProfitLoss - ProfitLossAttributableToNoncontrollingInterests",
        "ProfitLoss",
    ),
    "net_income_with_minorities": ("ProfitLoss", "ProfitLossAttributableToOwnersOfParent"),
    "minority_income": ("ProfitLossAttributableToNoncontrollingInterests",),
    "preferred_dividends": (),
    "basic_shares": ("WeightedAverageShares",),
    "diluted_shares": ("AdjustedWeightedAverageShares",),
    "basic_eps": ("BasicEarningsLossPerShare", "BasicAndDilutedEarningsLossPerShare"),
    "diluted_eps": ("DilutedEarningsLossPerShare", "BasicAndDilutedEarningsLossPerShare"),
    "dividends_per_share": (
        "DividendsRecognisedAsDistributionsToOwnersPerShare",
        "DividendsPaidOrdinarySharesPerShare",
    ),
    "depreciation_and_amortization": (
        "AdjustmentsForDepreciationAndAmortisationExpense | DepreciationAndAmortisationExpense",
        "DepreciationAmortisationAndImpairmentLossReversalOfImpairmentLossRecognisedInProfitOrLoss",
        "AdjustmentsForDepreciationExpense + AdjustmentsForAmortisationExpense",
        "DepreciationExpense + AmortisationExpense",
    ),
    "share_based_compensation": (
        "AdjustmentsForSharebasedPayments",
        "ExpenseFromSharebasedPaymentTransactionsWithEmployees",
    ),
    "deferred_income_tax": ("AdjustmentsForDeferredTaxExpense", "DeferredTaxExpenseIncome"),
    "operating_cash_flow": (
        "CashFlowsFromUsedInOperatingActivities",
        "CashFlowsFromUsedInOperatingActivitiesContinuingOperations",
        # What the other lines of the statement leave; some tag it as cash from operations, before tax and interest.
        "change_in_cash - investing_cash_flow - financing_cash_flow - [exchange_rate_effect]",
    ),
    "capital_expenditure": (
        "PurchaseOfPropertyPlantAndEquipmentClassifiedAsInvestingActivities",
        "PurchaseOfPropertyPlantAndEquipmentIntangibleAssetsOtherThanGoodwill"
        "InvestmentPropertyAndOtherNoncurrentAssets",
    ),
    "acquisitions": (
        "CashFlowsUsedInObtainingControlOfSubsidiariesOrOtherBusinessesClassifiedAsInvestingActivities",
    ),
    "investing_cash_flow": (
        "CashFlowsFromUsedInInvestingActivities",
        "CashFlowsFromUsedInInvestingActivitiesContinuingOperations",
    ),
    "dividends_paid": (
        "DividendsPaidClassifiedAsFinancingActivities",
        "DividendsPaidToEquityHoldersOfParentClassifiedAsFinancingActivities",
    ),
    "share_repurchases": ("PaymentsToAcquireOrRedeemEntitysShares",),
    "share_issuance": ("[ProceedsFromIssuingShares] + [ProceedsFromExerciseOfOptions]",),
    "debt_issued": (
        "ProceedsFromBorrowingsClassifiedAsFinancingActivities",
        "[ProceedsFromNoncurrentBorrowings] + [ProceedsFromCurrentBorrowings]",
    ),
    "debt_repaid": (
        "RepaymentsOfBorrowingsClassifiedAsFinancingActivities",
        "[RepaymentsOfNoncurrentBorrowings] + [RepaymentsOfCurrentBorrowings]",
    ),
    "financing_cash_flow": (
        "CashFlowsFromUsedInFinancingActivities",
        "CashFlowsFromUsedInFinancingActivitiesContinuingOperations",
    ),
    "exchange_rate_effect": ("EffectOfExchangeRateChangesOnCashAndCashEquivalents",),
    "change_in_cash": (
        "IncreaseDecreaseInCashAndCashEquivalents",
        "IncreaseDecreaseInCashAndCashEquivalentsBeforeEffectOfExchangeRateChanges + [exchange_rate_effect]",
    ),
    "interest_paid": (
        "InterestPaidClassifiedAsOperatingActivities",
        "InterestPaidClassifiedAsFinancingActivities",
        "InterestPaid",
    ),
    "income_tax_paid": ("IncomeTaxesPaidRefundClassifiedAsOperatingActivities", "IncomeTaxesPaidRefund"),
    "cash_and_equivalents": ("CashAndCashEquivalents",),
    "cash_and_restricted_cash": ("CashAndCashEquivalentsIfDifferentFromStatementOfFinancialPosition",),
    "short_term_investments": (
        "CurrentInvestments",
        "OtherCurrentFinancialAssets",
        "CurrentFinancialAssets",
    ),
    "receivables": ("TradeAndOtherCurrentReceivables", "CurrentTradeReceivables", "TradeReceivables"),
    "inventory": ("Inventories", "InventoriesTotal"),
    "current_assets": ("CurrentAssets",),
    "property_plant_equipment": (
        "PropertyPlantAndEquipment",
        "PropertyPlantAndEquipmentIncludingRightofuseAssets",
    ),
    # The gross amount is tagged with a dimension, which the SEC's document leaves out.
    "property_plant_equipment_gross": (),
    "goodwill": ("Goodwill",),
    "intangible_assets": (
        "IntangibleAssetsOtherThanGoodwill",
        "IntangibleAssetsAndGoodwill - Goodwill",
    ),
    "long_term_investments": ("OtherNoncurrentFinancialAssets", "NoncurrentFinancialAssets"),
    "total_assets": ("Assets",),
    "accounts_payable": (
        "TradeAndOtherCurrentPayablesToTradeSuppliers",
        "TradeAndOtherCurrentPayables",
        "TradeAndOtherPayables",
    ),
    "income_tax_payable": ("CurrentTaxLiabilitiesCurrent", "CurrentTaxLiabilities"),
    "deferred_revenue": ("CurrentContractLiabilities", "DeferredIncomeClassifiedAsCurrent"),
    "short_term_debt": (
        "CurrentBorrowingsAndCurrentPortionOfNoncurrentBorrowings",
        "[ShorttermBorrowings] + [CurrentPortionOfLongtermBorrowings]",
        "CurrentBorrowings",
    ),
    "current_liabilities": ("CurrentLiabilities",),
    "long_term_debt": (
        "NoncurrentPortionOfNoncurrentBondsIssued + LongtermBorrowings",
        "NoncurrentPortionOfNoncurrentBorrowings",
        "LongtermBorrowings",
        "Borrowings - [ShorttermBorrowings] - [CurrentPortionOfLongtermBorrowings]",
    ),
    # IFRS 16 keeps no operating leases of a lessee: all are financed.
    "operating_lease_liability": (),
    "finance_lease_liability": ("LeaseLiabilities", "CurrentLeaseLiabilities + NoncurrentLeaseLiabilities"),
    "total_liabilities": (
        "Liabilities",
        "CurrentLiabilities + NoncurrentLiabilities",
        "liabilities_and_equity - total_equity",
    ),
    "temporary_equity": (),
    "preferred_equity": (),
    "retained_earnings": ("RetainedEarnings",),
    "shareholders_equity": ("EquityAttributableToOwnersOfParent", "Equity - [NoncontrollingInterests]"),
    "minority_interest": ("NoncontrollingInterests",),
    "total_equity": ("Equity", "EquityAttributableToOwnersOfParent + [NoncontrollingInterests]"),
    "liabilities_and_equity": ("EquityAndLiabilities",),
    "shares_outstanding": ("dei:EntityCommonStockSharesOutstanding", "NumberOfSharesOutstanding"),
}
"""An empty tuple is for what the standard does not know."""
