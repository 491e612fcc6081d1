"""Fundamental analysis: statements as filed, ratios, scores, peers and quality checks."""

from maos_nb.analytics.fundamental._common_size import CommonSize, common_size
from maos_nb.analytics.fundamental._dupont import DupontStatus, dupont, dupont_change
from maos_nb.analytics.fundamental._explained import explain
from maos_nb.analytics.fundamental._growth import GrowthStatus, cagr, growth
from maos_nb.analytics.fundamental._screen import Screen, screen
from maos_nb.analytics.fundamental.fields import FIELDS, Field
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.peers import peer_rank
from maos_nb.analytics.fundamental.quality import QualityChecks, quality_checks
from maos_nb.analytics.fundamental.ratios import LINES, RATIOS, Ratio, Ratios, calculate_ratios
from maos_nb.analytics.fundamental.scores import (
    SCORES,
    MertonModel,
    MertonStatus,
    Score,
    Zone,
    altman_z,
    altman_z_double_prime,
    altman_z_prime,
    beneish,
    graham_number,
    merton,
    merton_model,
    mohanram_g,
    montier_c,
    ohlson,
    piotroski,
    sloan_accruals,
    springate,
    zmijewski,
)
from maos_nb.analytics.fundamental.statements import Statements

__all__ = [
    "FIELDS",
    "LINES",
    "RATIOS",
    "SCORES",
    "CommonSize",
    "DupontStatus",
    "Field",
    "GrowthStatus",
    "MertonModel",
    "MertonStatus",
    "Panel",
    "QualityChecks",
    "Ratio",
    "Ratios",
    "Score",
    "Screen",
    "Statements",
    "Zone",
    "altman_z",
    "altman_z_double_prime",
    "altman_z_prime",
    "beneish",
    "cagr",
    "calculate_ratios",
    "common_size",
    "dupont",
    "dupont_change",
    "explain",
    "graham_number",
    "growth",
    "merton",
    "merton_model",
    "mohanram_g",
    "montier_c",
    "ohlson",
    "peer_rank",
    "piotroski",
    "quality_checks",
    "screen",
    "sloan_accruals",
    "springate",
    "zmijewski",
]
