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
    ("wrong", "name"),
    [
        ({"agent_type": ""}, "agent_type"),
        ({"version": "one"}, "version"),
        ({"capabilities": [{"name": ""}]}, "capabilities.0.name"),
        ({"capabilities": [{"name": "x"}, {"title": "x"}]}, "capabilities.1.name"),
        ({"max_memory": "2GB"}, "max_memory"),
    ],
)
def test_a_configuration_with_a_mistake_is_refused_by_the_name_of_its_argument(wrong, name):
    """A misspelt key is a mistake too."""
    with pytest.raises(InputError) as caught:
        AgentConfig(**{"agent_type": "a", **wrong})
    assert caught.value.argument == name
    assert "agent_type, display_name" in caught.value.advice


def test_a_configuration_without_a_type_is_refused():
    """The one argument that has no default."""
    with pytest.raises(InputError, match=r"^agent_type: Field required\."):
        AgentConfig()


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
