"""What can be configured; the only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maos_nb.errors import InputError

__all__ = ["AgentConfig", "Settings"]

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class CapabilityConfig(BaseModel):
    """One capability of an agent, as a configuration names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    description: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


class AgentConfig(BaseModel):
    """A description of an agent type, kept beside its code.

    Parameters
    ----------
    agent_type : str
        The type's name, as in ``BaseAgent.agent_type``.
    display_name, description, version : str
        For people.
    capabilities : sequence of mappings
        ``name``, and optionally ``description``, ``inputs``, ``outputs``.
    resource_requirements, performance_characteristics : mapping
        Free notes for those who deploy the agent.
    dependencies : sequence of str
        Requirement specifiers ("numpy>=2.0").

    Raises
    ------
    InputError
        Naming the first argument that is missing, unknown or cannot be used.

    Examples
    --------
    >>> AgentConfig(agent_type="financial_analyst", capabilities=[{"name": "financial_modeling"}]).version
    '1.0.0'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent_type: str = Field(min_length=1)
    display_name: str = ""
    description: str = ""
    version: str = Field(default="1.0.0", pattern=r"^\d+\.\d+\.\d+")
    capabilities: tuple[CapabilityConfig, ...] = ()
    resource_requirements: Mapping[str, Any] = {}
    performance_characteristics: Mapping[str, Any] = {}
    dependencies: tuple[str, ...] = ()

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(map(str, first["loc"])) or "values"
            came = "" if first["type"] == "missing" else f", got {first['input']!r:.80}"
            problem = f"{first['msg']}{came}"
            raise InputError(
                name, problem, advice=f"Arguments are: {', '.join(type(self).model_fields)}"
            ) from None


class Settings(BaseModel):
    """Settings of a process, each from the environment variable ``MAOS_<NAME>``.

    Parameters
    ----------
    log_level : str
        Least severe log record that :func:`maos_nb.utils.configure_logging` shows.
    """

    model_config = ConfigDict(frozen=True)

    log_level: LogLevel = "WARNING"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `environment`, by default that of the process.

        Raises
        ------
        InputError
            If a variable holds a value that its setting does not allow; it names the variable.
        """
        source = os.environ if environment is None else environment
        given = {
            name: source[f"MAOS_{name.upper()}"]
            for name in cls.model_fields
            if f"MAOS_{name.upper()}" in source
        }
        try:
            return cls(**{name: value.upper() for name, value in given.items()})  # type: ignore[arg-type]  # validated here
        except ValidationError as error:
            first = error.errors()[0]
            variable = f"MAOS_{str(first['loc'][0]).upper()}"
            raise InputError(variable, f"{first['msg']}, got {first['input']!r}") from None
