"""Agents for the tests of panels: they wait where the test says, and tell what they were given."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from typing import Any

from pydantic import BaseModel, Field, model_validator

from maos_nb.agents import BaseAgent, capability, report_progress
from maos_nb.errors import MaosError
from maos_nb.types import Task

cell: ContextVar[str] = ContextVar("cell", default="none")


class LoanRequest(BaseModel):
    """What a loan is asked for with."""

    rate: float | None = Field(
        None, title="Rate", gt=0, lt=1, json_schema_extra={"unit": "fraction per year"}
    )
    years: int = Field(10, title="Term", ge=1, le=40, json_schema_extra={"unit": "years"})
    amount: float | None = Field(None, title="Amount", gt=0)

    @model_validator(mode="after")
    def _check_together(self) -> LoanRequest:
        if self.amount == 13:
            raise ValueError("nobody lends thirteen")
        return self


class Lender(BaseAgent):
    """Lends what is asked for, when the gate opens; keeps what it was told."""

    def __init__(self, agent_id: str | None = None) -> None:
        super().__init__("lender", agent_id)
        self.gate = asyncio.Event()
        self.gate.set()
        self.tasks: list[Task] = []
        self.seen: list[tuple[str, int]] = []

    @capability("lending", request=LoanRequest, description="Lend money", keywords=["lend", "loan"])
    async def lend(self, task: Task, request: LoanRequest) -> dict[str, Any]:
        """Lend."""
        self.tasks.append(task)
        self.seen.append((cell.get(), threading.get_ident()))
        await self.gate.wait()
        return {"years": request.years, "rate": request.rate}


class Talker(BaseAgent):
    """Says what it is told to, in capabilities without inputs of their own."""

    def __init__(self) -> None:
        super().__init__("talker")
        self.gate = asyncio.Event()
        self.reports = 0
        self.report = ""
        self.outcome: Any = {"text": "done"}

    @capability("talking", keywords=["talk", "say"])
    async def talk(self, task: Task) -> dict[str, Any]:
        """Talk."""
        for number in range(self.reports):
            report_progress(number / self.reports, f"{self.report}{number}")
        await self.gate.wait()
        return {"said": task.description, "outcome": self.outcome}

    @capability("failing", keywords=["fail", "say"])
    async def fail(self, task: Task) -> dict[str, Any]:
        """Fail."""
        raise MaosError(f"it broke: {task.description}", advice="Mend <it>.")
