"""Where US GAAP filings have the items of the statements: recipes as `_concepts` tells, the best first."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BALANCES", "US_GAAP"]

_PRETAX = "IncomeLossFromContinuingOperationsBeforeIncomeTaxes"
_RESTRICTED = "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"

_US_INCOME: dict[str, tuple[str, ...]] = {
    # A total comes before its parts: leases are in Revenues, and in no revenue from contracts with customers.
    # A bank's revenue is after interest.
    "revenue": (
        "RevenuesNetOfInterestExpense",
        "Revenues",
        "InterestIncomeExpenseNet + NoninterestIncome",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "RevenueFromContractWithCustomerIncludingAssessedTax",
        "SalesRevenueNet",
        "SalesRevenueGoodsNet + SalesRevenueServicesNet",
        "SalesRevenueGoodsNet",
        "SalesRevenueServicesNet",
        "RegulatedAndUnregulatedOperatingRevenue",
        "UtilityRevenue",
        "ElectricUtilityRevenue",
        "OilAndGasRevenue",
        "RevenueMineralSales",
        "HealthCareOrganizationRevenue",
        "HealthCareOrganizationPatientServiceRevenueLessProvisionForBadDebts",
        "HealthCareOrganizationPatientServiceRevenue",
        "RealEstateRevenueNet",
        "OperatingLeaseLeaseIncome",
    ),
    "cost_of_revenue": (
        "CostOfRevenue",
        "CostOfGoodsAndServicesSold",
        "CostOfGoodsSold + CostOfServices",
        "CostOfGoodsSold",
        "CostOfServices",
        "CostOfGoodsAndServiceExcludingDepreciationDepletionAndAmortization",
    ),
    "gross_profit": ("GrossProfit", "revenue - cost_of_revenue"),
    "research_and_development": (
        "ResearchAndDevelopmentExpense",
        "ResearchAndDevelopmentExpenseExcludingAcquiredInProcessCost",
        "ResearchAndDevelopmentExpenseSoftwareExcludingAcquiredInProcessCost",
    ),
    "selling_general_administrative": (
        "SellingGeneralAndAdministrativeExpense",
        "SellingAndMarketingExpense + GeneralAndAdministrativeExpense",
        "SellingExpense + GeneralAndAdministrativeExpense",
        "MarketingExpense + GeneralAndAdministrativeExpense",
        "GeneralAndAdministrativeExpense",
    ),
    "advertising": ("AdvertisingExpense", "MarketingAndAdvertisingExpense"),
    "operating_expenses": ("OperatingExpenses", "gross_profit - operating_income", "NoninterestExpense"),
    "operating_income": ("OperatingIncomeLoss",),
    # InterestExpenseDebt is a part only, and often a rounded figure of the notes.
    "interest_expense": (
        "InterestExpense",
        "InterestExpenseNonoperating",
        "InterestExpenseOperating",
        "InterestAndDebtExpense",
    ),
    "interest_income": (
        "InvestmentIncomeInterest",
        "InvestmentIncomeInterestAndDividend",
        "InterestIncomeOther",
        "InterestAndDividendIncomeOperating",
    ),
    "pretax_income": (
        f"{_PRETAX}ExtraordinaryItemsNoncontrollingInterest",
        f"{_PRETAX}MinorityInterestAndIncomeLossFromEquityMethodInvestments",
        f"{_PRETAX}Domestic + {_PRETAX}Foreign",
        "OperatingIncomeLoss + NonoperatingIncomeExpense",
    ),
    "income_tax": ("IncomeTaxExpenseBenefit", "IncomeTaxExpenseBenefitContinuingOperations"),
    "net_income": (
        "NetIncomeLoss",
        "ProfitLoss - NetIncomeLossAttributableToNoncontrollingInterest",
        "NetIncomeLossAvailableToCommonStockholdersBasic + [preferred_dividends]",
        "ProfitLoss",
    ),
    "net_income_with_minorities": (
        "ProfitLoss",
        "NetIncomeLoss + [NetIncomeLossAttributableToNoncontrollingInterest]",
    ),
    "minority_income": ("NetIncomeLossAttributableToNoncontrollingInterest", "ProfitLoss - NetIncomeLoss"),
    "preferred_dividends": (
        "PreferredStockDividendsIncomeStatementImpact",
        "PreferredStockDividendsAndOtherAdjustments",
        "DividendsPreferredStock",
    ),
    "basic_shares": (
        "WeightedAverageNumberOfSharesOutstandingBasic",
        "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
    ),
    "diluted_shares": (
        "WeightedAverageNumberOfDilutedSharesOutstanding",
        "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
    ),
    "basic_eps": ("EarningsPerShareBasic", "EarningsPerShareBasicAndDiluted"),
    "diluted_eps": ("EarningsPerShareDiluted", "EarningsPerShareBasicAndDiluted"),
    "dividends_per_share": ("CommonStockDividendsPerShareDeclared", "CommonStockDividendsPerShareCashPaid"),
}

_US_CASH: dict[str, tuple[str, ...]] = {
    # Notes give parts of the whole under one of these tags: Apple's 10-K for 2017 has its fixed assets alone
    # under the second, Tesla's early filings under the second too, with the whole under the third.
    "depreciation_and_amortization": (
        "DepreciationAmortizationAndAccretionNet | DepreciationDepletionAndAmortization"
        " | DepreciationAndAmortization",
        "OtherDepreciationAndAmortization + AmortizationOfIntangibleAssets",
        "Depreciation + AmortizationOfIntangibleAssets",
        "Depreciation",
    ),
    "share_based_compensation": ("ShareBasedCompensation", "AllocatedShareBasedCompensationExpense"),
    "deferred_income_tax": (
        "DeferredIncomeTaxesAndTaxCredits",
        "DeferredIncomeTaxExpenseBenefit",
        "DeferredFederalIncomeTaxExpenseBenefit + DeferredStateAndLocalIncomeTaxExpenseBenefit"
        " + DeferredForeignIncomeTaxExpenseBenefit",
    ),
    "operating_cash_flow": (
        "NetCashProvidedByUsedInOperatingActivities",
        "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
    ),
    "capital_expenditure": (
        "PaymentsToAcquirePropertyPlantAndEquipment",
        # A utility that tags its construction has other productive assets beside it.
        "PaymentsForConstructionInProcess",
        "PaymentsToAcquireProductiveAssets",
        "PaymentsForCapitalImprovements",
        "PaymentsToAcquireOilAndGasPropertyAndEquipment",
        "PaymentsToExploreAndDevelopOilAndGasProperties",
        "PaymentsToAcquireMachineryAndEquipment",
        "PaymentsToAcquireOtherPropertyPlantAndEquipment",
        "PaymentsToAcquireOtherProductiveAssets",
    ),
    "acquisitions": (
        "[PaymentsToAcquireBusinessesNetOfCashAcquired] + [PaymentsToAcquireBusinessTwoNetOfCashAcquired]",
        "PaymentsToAcquireBusinessesAndInterestInAffiliates",
        "PaymentsToAcquireBusinessesGross",
    ),
    "investing_cash_flow": (
        "NetCashProvidedByUsedInInvestingActivities",
        "NetCashProvidedByUsedInInvestingActivitiesContinuingOperations",
    ),
    "dividends_paid": (
        "PaymentsOfDividends",
        "PaymentsOfDividendsCommonStock + [PaymentsOfDividendsPreferredStockAndPreferenceStock]",
        "PaymentsOfOrdinaryDividends",
    ),
    "share_repurchases": ("PaymentsForRepurchaseOfCommonStock", "PaymentsForRepurchaseOfEquity"),
    "share_issuance": (
        "ProceedsFromIssuanceOrSaleOfEquity",
        "[ProceedsFromIssuanceOfCommonStock] + [ProceedsFromIssuanceInitialPublicOffering]"
        " + [ProceedsFromStockOptionsExercised] + [ProceedsFromStockPlans]",
        "ProceedsFromIssuanceOfSharesUnderIncentiveAndShareBasedCompensationPlansIncludingStockOptions",
        "ProceedsFromIssuanceOfSharesUnderIncentiveAndShareBasedCompensationPlans",
    ),
    "debt_issued": (
        "ProceedsFromIssuanceOfDebt",
        "ProceedsFromDebtNetOfIssuanceCosts",
        "ProceedsFromIssuanceOfLongTermDebt",
        "ProceedsFromIssuanceOfSeniorLongTermDebt",
        "ProceedsFromDebtMaturingInMoreThanThreeMonths",
        "ProceedsFromNotesPayable",
        "ProceedsFromConvertibleDebt",
        "ProceedsFromConvertibleNotesPayable",
        "ProceedsFromIssuanceOfUnsecuredDebt",
        "ProceedsFromIssuanceOfSecuredDebt",
        "ProceedsFromLongTermLinesOfCredit",
        "ProceedsFromLinesOfCredit",
    ),
    "debt_repaid": (
        "RepaymentsOfDebt",
        "RepaymentsOfLongTermDebt",
        "RepaymentsOfDebtAndCapitalLeaseObligations",
        "RepaymentsOfLongTermDebtAndCapitalSecurities",
        "RepaymentsOfSeniorDebt",
        "RepaymentsOfDebtMaturingInMoreThanThreeMonths",
        "RepaymentsOfNotesPayable",
        "RepaymentsOfConvertibleDebt",
        "RepaymentsOfUnsecuredDebt",
        "RepaymentsOfSecuredDebt",
        "RepaymentsOfLongTermLinesOfCredit",
        "RepaymentsOfLinesOfCredit",
    ),
    "financing_cash_flow": (
        "NetCashProvidedByUsedInFinancingActivities",
        "NetCashProvidedByUsedInFinancingActivitiesContinuingOperations",
    ),
    "exchange_rate_effect": (
        f"EffectOfExchangeRateOn{_RESTRICTED}",
        f"EffectOfExchangeRateOn{_RESTRICTED}IncludingDisposalGroupAndDiscontinuedOperations",
        "EffectOfExchangeRateOnCashAndCashEquivalents",
        "EffectOfExchangeRateOnCashAndCashEquivalentsContinuingOperations",
    ),
    "change_in_cash": (
        f"{_RESTRICTED}PeriodIncreaseDecreaseIncludingExchangeRateEffect",
        "CashAndCashEquivalentsPeriodIncreaseDecrease",
        f"{_RESTRICTED}PeriodIncreaseDecreaseExcludingExchangeRateEffect + [exchange_rate_effect]",
        "CashAndCashEquivalentsPeriodIncreaseDecreaseExcludingExchangeRateEffect + [exchange_rate_effect]",
    ),
    "interest_paid": ("InterestPaidNet", "InterestPaid"),
    "income_tax_paid": ("IncomeTaxesPaidNet", "IncomeTaxesPaid"),
}

_US_BALANCE: dict[str, tuple[str, ...]] = {
    "cash_and_equivalents": (
        "CashAndCashEquivalentsAtCarryingValue",
        "CashAndDueFromBanks + [InterestBearingDepositsInBanks]",
        "Cash",
    ),
    "cash_and_restricted_cash": (
        _RESTRICTED,
        f"{_RESTRICTED}IncludingDisposalGroupAndDiscontinuedOperations",
    ),
    "short_term_investments": (
        "MarketableSecuritiesCurrent",
        "AvailableForSaleSecuritiesCurrent",
        "AvailableForSaleSecuritiesDebtSecuritiesCurrent",
        "ShortTermInvestments",
        "OtherShortTermInvestments",
    ),
    "receivables": (
        "AccountsReceivableNetCurrent",
        "ReceivablesNetCurrent",
        "AccountsNotesAndLoansReceivableNetCurrent",
        "AccountsReceivableNet",
    ),
    "inventory": ("InventoryNet", "InventoryNetOfAllowancesCustomerAdvancesAndProgressBillings"),
    "current_assets": ("AssetsCurrent",),
    "property_plant_equipment": (
        "PropertyPlantAndEquipmentNet",
        "PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAfterAccumulatedDepreciationAndAmortization",
        "RealEstateInvestmentPropertyNet",
        "PublicUtilitiesPropertyPlantAndEquipmentNet",
        "OilAndGasPropertySuccessfulEffortMethodNet",
    ),
    "property_plant_equipment_gross": (
        "PropertyPlantAndEquipmentGross",
        "PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetBeforeAccumulatedDepreciationAndAmortization",
        "RealEstateInvestmentPropertyAtCost",
    ),
    "goodwill": ("Goodwill",),
    "intangible_assets": (
        "IntangibleAssetsNetExcludingGoodwill",
        "IntangibleAssetsNetIncludingGoodwill - Goodwill",
        "FiniteLivedIntangibleAssetsNet + [IndefiniteLivedIntangibleAssetsExcludingGoodwill]",
        "OtherIntangibleAssetsNet",
    ),
    "long_term_investments": (
        "MarketableSecuritiesNoncurrent",
        "AvailableForSaleSecuritiesNoncurrent",
        "AvailableForSaleSecuritiesDebtSecuritiesNoncurrent",
        "EquitySecuritiesFVNINoncurrent",
        "LongTermInvestments",
        "OtherLongTermInvestments",
    ),
    "total_assets": ("Assets",),
    "accounts_payable": (
        "AccountsPayableCurrent",
        "AccountsPayableTradeCurrent",
        "AccountsPayableAndAccruedLiabilitiesCurrent",
        "AccountsPayableCurrentAndNoncurrent",
    ),
    "income_tax_payable": ("AccruedIncomeTaxesCurrent", "TaxesPayableCurrent"),
    # Among the current liabilities: the part that is due within a year.
    "deferred_revenue": (
        "ContractWithCustomerLiabilityCurrent",
        "DeferredRevenueCurrent",
        "DeferredRevenueAndCreditsCurrent",
    ),
    "short_term_debt": (
        "DebtCurrent",
        "ShortTermBorrowings + [LongTermDebtCurrent]",
        "CommercialPaper + LongTermDebtCurrent",
        # Apple's interim reports of 2020 call the same commercial paper other borrowings.
        "OtherShortTermBorrowings + LongTermDebtCurrent",
        "LongTermDebtAndCapitalLeaseObligationsCurrent",
        "LongTermDebtCurrent",
        "ConvertibleDebtCurrent",
        "ConvertibleNotesPayableCurrent",
        "NotesPayableCurrent",
        "OtherShortTermBorrowings",
        "ShortTermBankLoansAndNotesPayable",
        "CommercialPaper",
    ),
    "current_liabilities": ("LiabilitiesCurrent",),
    # Without a current portion beside it LongTermDebt comes last: it may be the whole.
    "long_term_debt": (
        "LongTermDebtNoncurrent",
        "LongTermDebtAndCapitalLeaseObligations",
        "ConvertibleDebtNoncurrent",
        "ConvertibleLongTermNotesPayable",
        "LongTermNotesPayable",
        "SeniorLongTermNotes",
        "UnsecuredLongTermDebt",
        "SecuredLongTermDebt",
        "LongTermDebt - LongTermDebtCurrent",
        "LongTermDebt",
        "LongTermLineOfCredit",
    ),
    "operating_lease_liability": (
        "OperatingLeaseLiability",
        "OperatingLeaseLiabilityCurrent + OperatingLeaseLiabilityNoncurrent",
    ),
    # Before the lease standard of 2019: capital leases.
    "finance_lease_liability": (
        "FinanceLeaseLiability",
        "FinanceLeaseLiabilityCurrent + FinanceLeaseLiabilityNoncurrent",
        "CapitalLeaseObligationsCurrent + CapitalLeaseObligationsNoncurrent",
        "CapitalLeaseObligations",
    ),
    "total_liabilities": ("Liabilities", "liabilities_and_equity - total_equity - [temporary_equity]"),
    "temporary_equity": (
        "TemporaryEquityCarryingAmountIncludingPortionAttributableToNoncontrollingInterests",
        "[TemporaryEquityCarryingAmountAttributableToParent] + [RedeemableNoncontrollingInterestEquityCarryingAmount]",
        "RedeemableNoncontrollingInterestEquityRedemptionValue",
        "RedeemableNoncontrollingInterestEquityFairValue",
        "TemporaryEquityCarryingAmount",
        "TemporaryEquityRedemptionValue",
        "TemporaryEquityValueExcludingAdditionalPaidInCapital",
    ),
    "preferred_equity": (
        "PreferredStockValue",
        "PreferredStockValueOutstanding",
        "PreferredStockIncludingAdditionalPaidInCapitalNetOfDiscount",
    ),
    "retained_earnings": (
        "RetainedEarningsAccumulatedDeficit",
        "RetainedEarningsUnappropriated + [RetainedEarningsAppropriated]",
        "-DevelopmentStageEnterpriseDeficitAccumulatedDuringDevelopmentStage",
        "-AccumulatedDistributionsInExcessOfNetIncome",
    ),
    "shareholders_equity": (
        "StockholdersEquity",
        "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest - [MinorityInterest]",
        "PartnersCapital",
        "MembersEquity",
    ),
    "minority_interest": ("MinorityInterest", "PartnersCapitalAttributableToNoncontrollingInterest"),
    "total_equity": (
        "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
        "PartnersCapitalIncludingPortionAttributableToNoncontrollingInterest",
        "shareholders_equity + [minority_interest]",
    ),
    "liabilities_and_equity": ("LiabilitiesAndStockholdersEquity",),
    "shares_outstanding": ("dei:EntityCommonStockSharesOutstanding", "CommonStockSharesOutstanding"),
}

BALANCES = frozenset(_US_BALANCE)
"""Items that stand at a date."""

US_GAAP: Mapping[str, tuple[str, ...]] = {**_US_INCOME, **_US_CASH, **_US_BALANCE}
"""All items in the order in which statements show them."""
