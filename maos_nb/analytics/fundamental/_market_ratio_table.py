"""The rows of the table of ratios that concern shareholders: per share, payout and valuation."""

from __future__ import annotations

from maos_nb.analytics.fundamental._ratio import Ratio

__all__ = ["PER_SHARE", "SHAREHOLDER", "VALUATION"]

PER_SHARE = (
    Ratio("revenue_per_share", "revenue / diluted_shares", "per share", "money per share", True),
    Ratio(
        "earnings_per_share",
        "earnings_to_common / diluted_shares",
        "per share",
        "money per share",
        True,
        definition="From net income and the mean diluted shares; eps is the filed figure where there is one",
    ),
    Ratio(
        "operating_cash_flow_per_share",
        "operating_cash_flow / diluted_shares",
        "per share",
        "money per share",
        True,
    ),
    Ratio(
        "free_cash_flow_per_share", "free_cash_flow / diluted_shares", "per share", "money per share", True
    ),
    Ratio("book_value_per_share", "common_equity / shares_outstanding", "per share", "money per share", True),
    Ratio(
        "tangible_book_value_per_share",
        "tangible_equity / shares_outstanding",
        "per share",
        "money per share",
        True,
    ),
    Ratio("liquid_funds_per_share", "liquid_funds / shares_outstanding", "per share", "money per share"),
    Ratio(
        "dividends_per_share",
        "first(dividends_per_share, dividends_paid / basic_shares)",
        "per share",
        "money per share",
        True,
        definition="As declared; dividends paid over the mean shares where that was not filed",
    ),
)

SHAREHOLDER = (
    Ratio("dividend_payout", "dividends_paid / net_income", "shareholder", "rate"),
    Ratio("total_payout", "known(dividends_paid, share_repurchases) / net_income", "shareholder", "rate"),
    Ratio("cash_dividend_payout", "dividends_paid / free_cash_flow", "shareholder", "rate"),
    Ratio("retention", "1 - dividend_payout", "shareholder", "rate"),
    Ratio(
        "sustainable_growth",
        "roe * retention",
        "shareholder",
        "rate",
        True,
        definition="Growth at constant leverage without new shares (Higgins 1977), with roe as it is here",
    ),
    Ratio("dividend_yield", "dividends_paid / market_cap", "shareholder", "rate", True),
    Ratio("buyback_yield", "share_repurchases / market_cap", "shareholder", "rate", True),
    Ratio("net_buyback_yield", "net_buybacks / market_cap", "shareholder", "rate", True),
    Ratio(
        "shareholder_yield",
        "known(dividends_paid, net_buybacks) / market_cap",
        "shareholder",
        "rate",
        True,
        "total shareholder yield",
        "Dividends and repurchases less new shares; the repayment of debt is not in it",
    ),
)

VALUATION = (
    Ratio(
        "pe", "price / eps", "valuation", "times", False, "price to earnings", "On diluted earnings as filed"
    ),
    Ratio(
        "peg",
        "pe / (100 * eps_growth)",
        "valuation",
        "times",
        False,
        "price to earnings to growth",
        "On the growth of the last year, which is neither a forecast nor lasting: read it with care",
    ),
    Ratio("pb", "market_cap / common_equity", "valuation", "times", False, "price to book"),
    Ratio("price_to_tangible_book", "market_cap / tangible_equity", "valuation", "times", False),
    Ratio("ps", "market_cap / revenue", "valuation", "times", False, "price to sales"),
    Ratio("price_to_cash_flow", "market_cap / operating_cash_flow", "valuation", "times", False),
    Ratio("price_to_free_cash_flow", "market_cap / free_cash_flow", "valuation", "times", False),
    Ratio("earnings_yield", "eps / price", "valuation", "rate", True),
    Ratio("free_cash_flow_yield", "free_cash_flow / market_cap", "valuation", "rate", True),
    Ratio("book_to_market", "common_equity / market_cap", "valuation", "times", True),
    Ratio("ev_to_sales", "enterprise_value / revenue", "valuation", "times", False, "EV to sales"),
    Ratio("ev_to_ebitda", "enterprise_value / ebitda", "valuation", "times", False, "EV to EBITDA"),
    Ratio("ev_to_ebit", "enterprise_value / operating_income", "valuation", "times", False, "EV to EBIT"),
    Ratio(
        "ev_to_free_cash_flow",
        "enterprise_value / free_cash_flow",
        "valuation",
        "times",
        False,
        "EV to free cash flow",
        "Free cash flow after interest, as free_cash_flow is here",
    ),
    Ratio(
        "ev_to_invested_capital",
        "enterprise_value / invested_capital",
        "valuation",
        "times",
        False,
        "EV to invested capital",
    ),
    Ratio(
        "operating_earnings_yield",
        "operating_income / enterprise_value",
        "valuation",
        "rate",
        True,
        definition="Operating income over enterprise value (Greenblatt 2006)",
    ),
    Ratio(
        "tobin_q",
        "(market_cap + total_liabilities) / total_assets",
        "valuation",
        "times",
        None,
        "Tobin's q",
        "Approximate: books stand for the value of liabilities and the cost of replacing assets",
    ),
    Ratio("net_debt_to_enterprise_value", "net_debt / enterprise_value", "valuation", "rate", False),
)
