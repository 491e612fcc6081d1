"""Other ways to a value, set beside the discounted cash flow: dividends, residual income, multiples of peers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from maos_nb.analytics import dcf, valuation
from maos_nb.analytics._arrays import Array
from maos_nb.finance.earnings import cost_of_equity, net_income
from maos_nb.finance.evidence import Evidence, FinancialSource, History
from maos_nb.finance.origins import Assumption
from maos_nb.finance.peers import Peer, peers_of
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["Method", "methods_beside"]

RATE_STEP = 0.01
"""How far the cost of equity goes to each side: as far as the WACC does."""
PERSISTENCE = 0.62
"""Share of residual income left after a year, the mean of US companies: Dechow, Hutton and Sloan (1999), table 2."""


@dataclass(frozen=True, slots=True)
class Method:
    """A range of the judged figure by one method; `basis` says how it came about, `n_peers` from how many companies."""

    name: str
    low: float
    mid: float
    high: float
    basis: str
    n_peers: int | None = None


def methods_beside(
    request: FinancialModelRequest,
    evidence: Evidence,
    assumptions: Mapping[str, Assumption],
    base: dcf.DriverDcf,
    source: FinancialSource,
) -> tuple[Method, ...]:
    """Value the company by every other method that its figures allow; none without statements.

    Ranges are per share where the number of shares is known, else of all equity. A method whose figures
    have no meaning, such as a multiple of a loss, is left out.
    """
    if not request.cross_checks or evidence.history is None or request.ticker is None:
        return ()
    shares = assumptions["shares"].value if "shares" in assumptions else 1.0
    rate = cost_of_equity(request, evidence, assumptions)
    found: list[Method] = []
    if rate is not None:
        found += _dividends(evidence.history, assumptions, base, rate, shares)
        found += _residual_income(request, evidence, assumptions, base, rate, shares)
    peers = peers_of(evidence, source, request.ticker)
    return (*found, *_multiples(evidence.history, assumptions, peers, shares))


def _dividends(
    history: History,
    assumptions: Mapping[str, Assumption],
    base: dcf.DriverDcf,
    rate: Assumption,
    shares: float,
) -> Iterator[Method]:
    paid, growth = history.last("dividends_paid"), assumptions["terminal_growth"].value
    if not paid > 0 or rate.value - RATE_STEP <= growth:
        return
    dividends = paid * base.projection.revenue / assumptions["revenue"].value
    rates = rate.value + np.array([RATE_STEP, 0.0, -RATE_STEP])
    low, mid, high = valuation.ddm(dividends[np.newaxis], rates, terminal_growth=growth).value / shares
    basis = (
        f"dividends paid of {paid:,.0f} growing with revenue, cost of equity {rate.value:.1%} and one point "
        "to each side; shares bought back are not in it"
    )
    yield Method("dividend_discount", float(low), float(mid), float(high), basis)


def _residual_income(
    request: FinancialModelRequest,
    evidence: Evidence,
    assumptions: Mapping[str, Assumption],
    base: dcf.DriverDcf,
    rate: Assumption,
    shares: float,
) -> Iterator[Method]:
    plan, growth = base.projection, assumptions["terminal_growth"].value
    book = evidence.history.last("shareholders_equity") if evidence.history is not None else math.nan
    if not book > 0 or rate.value <= growth:
        return
    books = book * np.concatenate([[1.0], plan.revenue / assumptions["revenue"].value])
    earnings = net_income(plan, request, assumptions, evidence)
    paid = earnings - np.diff(books)

    def equity(**after: float) -> float:
        found = valuation.residual_income(book, rate.value, earnings=earnings, dividends=paid, **after)
        return float(found.value) / shares

    values = (equity(persistence=0.0), equity(persistence=PERSISTENCE), equity(terminal_growth=growth))
    basis = (
        f"book value growing with revenue, cost of equity {rate.value:.1%}; after the projected years residual "
        f"income ends, fades ({PERSISTENCE:.0%} left a year) or grows for ever at {growth:.1%}"
    )
    low, mid, high = sorted(values)
    yield Method("residual_income", low, mid, high, basis)


_Metric = Callable[[Peer], float]
_MULTIPLES: Mapping[str, tuple[str, str, _Metric, _Metric]] = {
    "ev_to_ebitda": ("EV/EBITDA", "enterprise", lambda peer: peer.enterprise_value, lambda peer: peer.ebitda),
    "ev_to_revenue": ("EV/revenue", "enterprise", lambda peer: peer.enterprise_value, lambda peer: peer.revenue),
    "price_to_earnings": ("price/earnings", "equity", lambda peer: peer.equity_value, lambda peer: peer.net_income),
}  # fmt: skip


def _multiples(
    history: History, assumptions: Mapping[str, Assumption], peers: tuple[Peer, ...], shares: float
) -> Iterator[Method]:
    own = {
        "ev_to_ebitda": history.last("operating_income") + history.last("depreciation_and_amortization"),
        "ev_to_revenue": history.last("revenue"),
        "price_to_earnings": history.last("net_income"),
    }
    bridge = {name: assumptions[name].value for name in ("cash", "investments", "debt", "leases")}
    for name, (words, basis, price, figure) in _MULTIPLES.items():
        multiples = _ratios(peers, price, figure)
        counted = [peer.ticker for peer, ratio in zip(peers, multiples, strict=True) if 0 < ratio < np.inf]
        if not own[name] > 0 or not counted:
            continue
        found = valuation.multiples_value(
            own[name],
            multiples,
            basis="enterprise" if basis == "enterprise" else "equity",
            shares=shares,
            bridge=bridge if basis == "enterprise" else None,
        )
        low, mid, high = (float(item) for item in found.value_per_share)
        basis_words = f"{words} of {', '.join(counted)} ({len(counted)}): quartiles and median"
        yield Method(name, low, mid, high, basis_words, len(counted))


def _ratios(peers: tuple[Peer, ...], price: _Metric, figure: _Metric) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(
            np.array([price(peer) for peer in peers]) / np.array([figure(peer) for peer in peers])
        )
