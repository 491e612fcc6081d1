"""Do the figures of a statement agree with each other? Which identity fails, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from maos_nb._views import number, table
from maos_nb.analytics._arrays import Array, as_fraction
from maos_nb.analytics.fundamental._identities import IDENTITIES
from maos_nb.analytics.fundamental._identity_trials import Tried, rounding_units, tried
from maos_nb.analytics.fundamental._quarter_trials import quarter_trials
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.errors import InputError, MissingDataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QualityChecks", "quality_checks"]

TOLERANCE = 1e-4
OK, FAILS, NOT_KNOWN = "ok", "fails", "not known"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QualityChecks:
    """Every identity that was tried on every company and period.

    Parameters
    ----------
    frame
        A row for each company, period and check, by which it is indexed, with columns found, expected, difference
        (``found - expected``), relative_difference, status (``"ok"``, ``"fails"`` or ``"not known"``) and words.
    tolerance
        Largest relative difference that is ok.
    """

    frame: pd.DataFrame
    tolerance: float

    @property
    def failures(self) -> pd.DataFrame:
        """Give the rows that fail, those with the largest relative difference first."""
        failed = self.frame[self.frame["status"] == FAILS]
        size = failed["relative_difference"].abs()
        return failed.loc[size.sort_values(ascending=False, kind="stable").index]

    def summary(self) -> pd.DataFrame:
        """Give a row for each company.

        Returns
        -------
        DataFrame ``(n_companies, 4)``
            Columns ok, fails and not_known, which count, and worst: the words of the failure with the largest
            relative difference, empty where nothing fails.
        """
        import pandas as pd

        status = self.frame["status"]
        counts = {
            name.replace(" ", "_"): (status == name).groupby(level="ticker", sort=False).sum()
            for name in (OK, FAILS, NOT_KNOWN)
        }
        counted = pd.DataFrame(counts)
        worst = self.failures["words"].groupby(level="ticker", sort=False).first()
        return counted.assign(worst=worst.reindex(counted.index).fillna(""))

    def __repr__(self) -> str:
        counts = {name: int((self.frame["status"] == name).sum()) for name in (OK, FAILS, NOT_KNOWN)}
        return f"QualityChecks({', '.join(f'{count} {name}' for name, count in counts.items())})"

    def _repr_html_(self) -> str:
        summary = self.summary().drop(columns="worst")
        failed = self.failures["words"].reset_index().astype(str)
        tables = (
            table(("ticker", *map(str, summary.columns)), summary.itertuples()),
            table([*map(str, failed.columns[:-1]), "what fails"], failed.itertuples(index=False)),
        )
        return f"<div>{''.join(tables)}</div>"


def quality_checks(panel: Any, *, tolerance: float = TOLERANCE) -> QualityChecks:
    """Try what has to hold between the figures of a statement.

    Parameters
    ----------
    panel : Panel, Statements or DataFrame
        What `as_panel` takes. With Statements, or whatever has an ``annual()`` and a ``quarterly()`` view, the
        quarters are compared with the year too. Of quarters give the quarterly view, not the trailing twelve
        months, whose cash starts a year before.
    tolerance : float
        Largest difference that is ok, as a part of the largest figure in the identity, beside what rounding
        explains: half a unit for each figure, where the unit (1, a thousand or a million) is the largest that the
        figure is a multiple of and that the company files in, which most of its amounts of a period tell.

    Returns
    -------
    QualityChecks
        With a frame, its failures, and a summary for each company. A check is ``"not known"`` where a figure that
        it needs is missing, and its words name it.

    Raises
    ------
    InputError
        If `tolerance` is not between 0 and 1, or what `as_panel` refuses.

    Notes
    -----
    balance_sheet: assets are liabilities, temporary equity, shareholders' equity and minority interest.
    liabilities_and_equity: they are the assets. total_equity: it is shareholders' equity and minority interest.
    gross_profit: it is revenue less its cost. net_income_with_minorities: it is the parent's and the minorities'.
    cash_roll: cash is the cash before and its change, with or without restricted cash and the effect of exchange
    rates, whichever the filer uses. cash_flows: the change in cash is the operating, investing and financing
    flows and, where it is in the change, the effect of exchange rates. basic_eps and diluted_eps: per share times
    shares is net income less preferred dividends, but for half a cent a share. quarters_x: the year is the sum of
    its quarters. fourth_quarter_x: the balance at the year's end is that of the fourth quarter. The words of these
    two tell where the figures as first filed agree, so that a restatement of the year parted them.

    Temporary equity, minority interest and income, preferred dividends and the effect of exchange rates count as
    none where they are not known; the words of a failure say so.

    Examples
    --------
    >>> panel = Panel(
    ...     ("A",),
    ...     (2023,),
    ...     {"revenue": [[1000.0]], "cost_of_revenue": [[600.0]], "gross_profit": [[420.0]]},
    ... )
    >>> found = quality_checks(panel)
    >>> found
    QualityChecks(0 ok, 1 fails, 8 not known)
    >>> found.summary().loc["A", "worst"]
    'gross_profit 420.00 is not revenue 1,000 - cost_of_revenue 600.00 = 400.00: 20.00 too much (2.00%)'
    >>> found.frame.loc[("A", 2023, "balance_sheet"), "words"]
    'total_assets, total_liabilities and total_equity are not known'
    """
    allowed = as_fraction("tolerance", tolerance)
    if allowed.ndim or np.isnan(allowed):
        raise InputError("tolerance", f"expected a fraction between 0 and 1, got {tolerance!r}")
    made = as_panel(panel)
    units = rounding_units(made)
    with np.errstate(all="ignore"):
        trials = [tried(identity, made, units) for identity in IDENTITIES]
        if hasattr(panel, "quarterly"):
            trials += _quarter_trials(panel, made, units)
        return QualityChecks(_frame(made, trials, float(allowed)), float(allowed))


def _quarter_trials(statements: Any, annual: Panel, units: Array) -> list[Tried]:
    """Compare years with quarters, and, where restatements are known, the figures as first filed too."""
    try:
        quarterly = statements.quarterly()
    except MissingDataError:  # companies that file years alone have nothing to compare
        return []
    latest = list(quarter_trials(annual, quarterly, units))
    if not hasattr(statements, "restatements"):
        return latest
    years, quarters = statements.annual(vintage="first"), statements.quarterly(vintage="first")
    if (years.tickers, years.periods) != (annual.tickers, annual.periods):
        return latest
    first = {trial.name: trial for trial in quarter_trials(years, quarters, units)}
    return [replace(trial, first=first.get(trial.name)) for trial in latest]


def _frame(panel: Panel, trials: Sequence[Tried], tolerance: float) -> pd.DataFrame:
    import pandas as pd

    parts = [_judged(trial, tolerance) for trial in trials]
    # Companies, then periods, then checks.
    columns = {name: np.stack([part[name] for part in parts], axis=-1).ravel() for name in parts[0]}
    names = ["ticker", panel.index().names[-1], "check"]
    index = pd.MultiIndex.from_product(
        [panel.tickers, panel.periods, [trial.name for trial in trials]], names=names
    )
    return pd.DataFrame(columns, index=index)


def _judged(trial: Tried, tolerance: float) -> dict[str, npt.NDArray[Any]]:
    """Compare the two sides, and put each place into words."""
    difference = trial.found - trial.expected
    relative = np.where(difference == 0, 0.0, difference / trial.scale)
    good = trial.is_within(tolerance)
    was_good = np.zeros_like(good) if trial.first is None else trial.first.is_within(tolerance)
    status = np.where(np.isnan(difference), NOT_KNOWN, np.where(good, OK, FAILS))
    words = np.empty(status.shape, dtype=object)
    for row, column in np.ndindex(*status.shape):
        if status[row, column] == OK:
            words[row, column] = trial.holds(row, column)
        elif status[row, column] == NOT_KNOWN:
            words[row, column] = trial.missing(row, column)
        else:
            gap = _gap(float(difference[row, column]), float(relative[row, column]))
            since = "; as first filed they agree" if was_good[row, column] else ""
            words[row, column] = f"{trial.fails(row, column)}: {gap}{since}"
    return {
        "found": trial.found,
        "expected": trial.expected,
        "difference": difference,
        "relative_difference": relative,
        "status": status.astype(object),
        "words": words,
    }


def _gap(difference: float, relative: float) -> str:
    direction = "too much" if difference > 0 else "too little"
    return f"{number(abs(difference))} {direction} ({abs(relative):.2%})"
