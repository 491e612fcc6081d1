"""The freshness gate: every code cell of every notebook was run, in order, without an error."""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDERS = ("notebooks", "tutorials")


def complaints(path: Path) -> list[str]:
    """List what keeps a notebook from being fresh."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    found = []
    if not code:
        found.append("has no code cell")
    for number, cell in enumerate(code, 1):
        first_line = "".join(cell["source"]).strip().splitlines()[0]
        if cell.get("execution_count") is None:
            found.append(f"cell {number} was never run: {first_line}")
        elif cell["execution_count"] != number:
            found.append(f"cell {number} was run as number {cell['execution_count']}: {first_line}")
        if any(output["output_type"] == "error" for output in cell["outputs"]):
            found.append(f"cell {number} ended in an error: {first_line}")
    if code and "assert_healthy()" not in "".join(code[-1]["source"]):
        found.append("does not end with kernel.assert_healthy()")
    return [f"{path}: {complaint}" for complaint in found]


def main() -> int:
    """Check all notebooks below the repository's folders."""
    root = Path(__file__).parents[1]
    paths = [path for name in FOLDERS for path in sorted((root / name).glob("**/*.ipynb"))]
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    found = [complaint for path in paths for complaint in complaints(path)]
    if not paths:
        found.append("no notebook was found")
    print("\n".join(found) or f"{len(paths)} notebook(s) are fresh")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
