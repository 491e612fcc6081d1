"""The command line: ``maos run "Value AAPL with a 5-year DCF at a WACC of 8.5%"``."""

from maos_nb.cli._main import main

__all__ = ["main"]
