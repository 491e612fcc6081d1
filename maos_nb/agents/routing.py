"""Which capability a plain description is meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from maos_nb.agents.capability import AgentCapability
from maos_nb.errors import RoutingError
from maos_nb.utils import shown

__all__ = ["best_capability"]

_WORDS = re.compile(r"\w+")


def best_capability(description: str, capabilities: Iterable[AgentCapability]) -> AgentCapability:
    """Choose the capability with the most keywords in the description.

    A keyword counts once, as whole words, whatever the case and the punctuation ("10-K", "P/E").

    Raises
    ------
    RoutingError
        If no keyword of any capability occurs, or several capabilities fit equally well; the
        message lists the candidates.
    """
    text = _spaced(description)
    candidates = sorted({record.name: record for record in capabilities}.items())
    scores = {
        name: sum(word in text for word in set(map(_spaced, record.keywords)) if word.strip())
        for name, record in candidates
    }
    best = max(scores.values(), default=0)
    fitting = [record for name, record in candidates if best and scores[name] == best]
    if len(fitting) == 1:
        return fitting[0]
    names = [record.name for record in fitting] or [name for name, _ in candidates]
    reason = "fits several capabilities equally" if fitting else "fits no capability"
    raise RoutingError(
        f"description {shown(description)!r} {reason}: {', '.join(names) or 'there is none'}",
        advice="Name the capability in task_type",
    )


def _spaced(text: str) -> str:
    return f" {' '.join(_WORDS.findall(text.casefold()))} "
