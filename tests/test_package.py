"""What an import brings, and what it does not."""

from __future__ import annotations

import subprocess
import sys

import pytest

import maos_nb

HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "ipywidgets", "IPython", "jinja2", "rich")


def modules_after(statement: str) -> set[str]:
    """Run a statement in a process of its own and give the modules that it leaves imported."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import maos_nb",
        "from maos_nb import AgentKernel, BaseAgent, FinancialAnalystAgent, Task",
        "from maos_nb import FinancialAnalystAgent; FinancialAnalystAgent()",
    ],
)
def test_importing_and_making_an_agent_brings_nothing_heavy(statement: str) -> None:
    """Numbers are imported when there is something to compute."""
    assert not modules_after(statement) & set(HEAVY)


def test_computing_brings_no_network_and_no_charts() -> None:
    """Analytics can be used by someone who has never heard of agents."""
    brought = modules_after("from maos_nb.analytics import cashflows, capital, dcf")
    assert not brought & {"pandas", "matplotlib", "ssl", "urllib.request", "maos_nb.agents", "maos_nb.kernel"}


def test_every_name_that_the_package_promises_is_there() -> None:
    """Lazily, and under its own name."""
    for name in {*maos_nb.__all__, "AgentPanel"} - {"__version__"}:
        assert getattr(maos_nb, name).__name__ == name
        assert name in dir(maos_nb)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="'maos_nb' has no attribute 'Agnet'"):
        _ = maos_nb.Agnet


def test_the_panel_without_ipywidgets_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base install has no widgets."""
    for name in [name for name in sys.modules if name.startswith(("maos_nb.widgets", "ipywidgets"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(
        ImportError, match=r"AgentPanel needs ipywidgets: python -m pip install 'maos-nb\[lab\]'"
    ):
        _ = maos_nb.AgentPanel
