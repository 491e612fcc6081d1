"""Lets ``python -m maos_nb`` do what ``maos`` does."""

import sys

from maos_nb.cli import main

if __name__ == "__main__":
    sys.exit(main())
