"""Where numbers come from: each answer carries its source, its date and what was tried."""

from maos_nb.data.fetched import Attempt, Fetched, Outcome
from maos_nb.data.sample_source import STATEMENT_FIELDS, SampleSource

__all__ = ["STATEMENT_FIELDS", "Attempt", "Fetched", "Outcome", "SampleSource"]
