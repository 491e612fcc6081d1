"""What other companies of the source trade at, on the day of a valuation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from maos_nb.errors import MaosError
from maos_nb.finance.assumptions import assume
from maos_nb.finance.evidence import Evidence, FinancialSource, collect
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["Peer", "peers_of"]


@dataclass(frozen=True, slots=True)
class Peer:
    """A listed company and its figures of the last filed year, in units of its currency."""

    ticker: str
    enterprise_value: float
    equity_value: float
    revenue: float
    ebitda: float
    net_income: float


def peers_of(evidence: Evidence, source: FinancialSource, ticker: str) -> tuple[Peer, ...]:
    """Give every other company of the source that has both statements and a price on the day.

    A company that cannot be valued then, for want of a price or of figures, is no peer.
    """
    tickers: Sequence[str] = [str(name) for name in source.companies()["ticker"] if name != ticker]
    found = (_peer(name, source, evidence.as_of, evidence.currency) for name in tickers)
    return tuple(peer for peer in found if peer is not None)


def _peer(ticker: str, source: FinancialSource, as_of: dt.date, currency: str) -> Peer | None:
    # The price of the day would be asked for in vain of a company that had no statement by then.
    request = FinancialModelRequest(ticker=ticker, as_of=as_of, wacc=0.1, terminal_growth=0.0)
    try:
        evidence = collect(request, source)
        figures = assume(request, evidence)
    except MaosError:
        return None
    if evidence.price is None or evidence.history is None or evidence.currency != currency:
        return None
    history = evidence.history
    equity = evidence.price.value * figures["shares"].value
    claims = figures["debt"].value + figures["leases"].value
    return Peer(
        ticker=ticker,
        enterprise_value=equity + claims - figures["cash"].value - figures["investments"].value,
        equity_value=equity,
        revenue=history.last("revenue"),
        ebitda=history.last("operating_income") + history.last("depreciation_and_amortization"),
        net_income=history.last("net_income"),
    )
