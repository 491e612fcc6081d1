#!/usr/bin/env bash
# Install the wheel in a folder into a fresh virtual environment, away from the checkout, and run the main job.
set -euo pipefail
wheel=$(realpath "$1"/*.whl)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel"
cd "$work"
"$work/venv/bin/maos" run "Value AAPL with a 5-year DCF at a WACC of 8.5%" --html "$work/report.html" > "$work/out.txt"
cat "$work/out.txt"
grep -q "132.10" "$work/out.txt"
grep -q "<svg\|data:image/png" "$work/report.html"
"$work/venv/bin/python" - <<'PY'
import importlib.util, sys
import maos_nb
assert "numpy" not in sys.modules, "importing maos_nb imported numpy"
assert importlib.util.find_spec("ipywidgets") is None, "the base install brought ipywidgets"
PY
