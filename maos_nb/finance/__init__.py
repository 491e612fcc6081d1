"""The financial agents and the requests that they understand."""

from maos_nb.finance.analyst import FinancialAnalystAgent
from maos_nb.finance.market_requests import MarketAnalysisRequest
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["FinancialAnalystAgent", "FinancialModelRequest", "MarketAnalysisRequest"]
