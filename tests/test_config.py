"""Configuration is checked, and only one module reads the environment."""

import pytest
from pydantic import ValidationError

from maos_nb.config import AgentConfig, Settings
from maos_nb.errors import InputError


def test_a_configuration_as_the_tutorial_writes_it_is_taken():
    """Names and shapes of the thirteen exercises."""
    config = AgentConfig(
        agent_type="financial_analyst",
        display_name="Financial Analyst",
        description="Specialized agent",
        version="1.0.0",
        capabilities=[
            {"name": "financial_modeling", "inputs": ["assumptions"], "outputs": ["projections"]},
        ],
        resource_requirements={"min_memory": "512MB", "cpu_cores": 2, "requires_internet": True},
        performance_characteristics={"parallel_efficiency": 0.85},
        dependencies=["numpy>=1.21.0"],
    )
    assert config.capabilities[0].outputs == ("projections",)
    assert config.capabilities[0].description == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent_type": ""},
        {"version": "one"},
        {"capabilities": [{"name": ""}]},
        {"capabilities": [{"title": "x"}]},
        {"max_memory": "2GB"},
    ],
)
def test_a_configuration_with_a_mistake_is_refused(wrong):
    """A misspelt key is a mistake too."""
    with pytest.raises(ValidationError):
        AgentConfig(**{"agent_type": "a", **wrong})


def test_a_configuration_cannot_be_changed():
    """Values that travel are immutable."""
    with pytest.raises(ValidationError):
        AgentConfig(agent_type="a").agent_type = "b"


def test_settings_come_from_the_environment_in_any_case():
    """Each from the variable of its name."""
    assert Settings.from_environment({"MAOS_LOG_LEVEL": "debug", "LOG_LEVEL": "ERROR"}).log_level == "DEBUG"
    assert Settings.from_environment({}).log_level == "WARNING"


def test_the_environment_of_the_process_is_the_default(monkeypatch):
    """Without an argument."""
    monkeypatch.setenv("MAOS_LOG_LEVEL", "ERROR")
    assert Settings.from_environment().log_level == "ERROR"


def test_a_wrong_setting_is_refused_by_the_name_of_its_variable():
    """The reader has to know what to change."""
    with pytest.raises(InputError, match=r"^MAOS_LOG_LEVEL: .*got 'LOUD'"):
        Settings.from_environment({"MAOS_LOG_LEVEL": "loud"})
