"""Fundamental analysis: statements as filed, ratios, scores, peers and quality checks."""
