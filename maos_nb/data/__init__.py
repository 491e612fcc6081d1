"""Where numbers come from: each answer carries its source, its date and what was tried."""

from maos_nb.data._market_samples import CURVE_MATURITIES
from maos_nb.data.company_facts import FACT_COLUMNS, CompanyFacts, read_company_facts
from maos_nb.data.fetched import Attempt, Fetched, Outcome
from maos_nb.data.sample_source import STATEMENT_FIELDS, SampleSource

__all__ = [
    "CURVE_MATURITIES",
    "FACT_COLUMNS",
    "STATEMENT_FIELDS",
    "Attempt",
    "CompanyFacts",
    "Fetched",
    "Outcome",
    "SampleSource",
    "read_company_facts",
]
