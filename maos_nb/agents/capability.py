"""What an agent can do: the decorator that declares it, and the record that describes it."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from maos_nb.errors import InputError, RequestError
from maos_nb.types import Task, TaskResult
from maos_nb.utils import check_positive_whole, shown

__all__ = ["AgentCapability", "capability", "declared_capabilities"]

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True, slots=True)
class AgentCapability:
    """A capability as the outside sees it.

    Parameters
    ----------
    name : str
        What a task names in ``task_type``.
    description : str
        One sentence for people.
    keywords : tuple of str
        Words and phrases of a plain description that point to this capability.
    outputs : tuple of str
        Keys of the result.
    request : type of pydantic.BaseModel, optional
        The single source of truth for the inputs.
    max_concurrency : int
        How many tasks one agent may have in this capability at once.
    """

    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    request: type[BaseModel] | None = None
    max_concurrency: int = 1
    method_name: str = field(default="", repr=False)
    takes_request: bool = field(default=False, repr=False)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the inputs; that of any object where no request model is declared."""
        return {"type": "object"} if self.request is None else self.request.model_json_schema()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return () if self.request is None else tuple(self.request.model_fields)

    def read(self, task: Task) -> BaseModel | None:
        """Turn a task into the validated request; None where no request model is declared.

        A request model with a class method ``from_task`` reads description and parameters
        itself; any other is validated from the parameters alone.

        Raises
        ------
        RequestError
            If the task does not make a valid request; every problem is in its message.
        """
        if self.request is None:
            return None
        reader = getattr(self.request, "from_task", None)
        try:
            return reader(task) if reader else self.request.model_validate(dict(task.parameters))
        except ValidationError as error:
            raise _request_error(error, self.request) from error


def capability(
    name: str,
    *,
    request: type[BaseModel] | None = None,
    description: str = "",
    keywords: Sequence[str] = (),
    outputs: Sequence[str] = (),
    max_concurrency: int = 1,
) -> Callable[[F], F]:
    """Mark an async method of an agent as one of its capabilities.

    The method takes the task, and the validated request too if it has a parameter named
    ``request``. It returns any mapping or a :class:`TaskResult`; it may raise. Called directly,
    through ``execute_task`` or through a kernel it goes the same way: the lifecycle moves, the
    task is validated, what it raises becomes a FAILED result.

    Parameters
    ----------
    name : str
        What a task names in ``task_type``.
    request : type of pydantic.BaseModel, optional
        The model of the inputs.
    description : str
        One sentence; by default the first line of the method's docstring.
    keywords, outputs : sequence of str
        See :class:`AgentCapability`.
    max_concurrency : int
        How many tasks one agent may have in this capability at once; further ones wait. A task that
        would wait for a place that only its own end can free gets a DeadlockError instead.

    Raises
    ------
    InputError
        If the name is empty, `max_concurrency` is not a positive integer, `keywords` or `outputs`
        is not a sequence of texts, or what is decorated is not an async method.

    Examples
    --------
    >>> from maos_nb.agents import BaseAgent, capability
    >>> class Greeter(BaseAgent):
    ...     def __init__(self):
    ...         super().__init__("greeter")
    ...
    ...     @capability("greeting", keywords=["greet", "hello"])
    ...     async def greet(self, task):
    ...         return {"text": f"Hello, {task.description}"}
    >>> Greeter().get_capabilities()
    ['greeting']
    """
    if not isinstance(name, str) or not name:
        raise InputError("name", f"expected the capability's name, got {name!r}")
    check_positive_whole("max_concurrency", max_concurrency)

    def decorate(method: F) -> F:
        if not inspect.iscoroutinefunction(method):
            raise InputError("method", f"capability {name!r} has to mark an async method, got {method!r}")
        record = AgentCapability(
            name=name,
            description=description or (inspect.getdoc(method) or "").split("\n")[0],
            keywords=tuple(word.casefold() for word in _texts("keywords", keywords)),
            outputs=_texts("outputs", outputs),
            request=request,
            max_concurrency=max_concurrency,
            method_name=method.__name__,
            takes_request="request" in inspect.signature(method).parameters,
        )

        @functools.wraps(method)
        async def run_as_task(self: Any, task: Task) -> TaskResult:
            result: TaskResult = await self._perform(record, method, task)
            return result

        run_as_task.__maos_capability__ = record  # type: ignore[attr-defined]  # read by declared_capabilities
        return run_as_task  # type: ignore[return-value]  # the task in, the result out, as declared

    return decorate


def declared_capabilities(agent_class: type) -> Mapping[str, AgentCapability]:
    """Collect the capabilities of a class and its bases; an override without the decorator ends one."""
    found: dict[str, AgentCapability] = {}
    for attribute in dir(agent_class):
        # Statically: looking a property or another descriptor up could run foreign code.
        method = inspect.getattr_static(agent_class, attribute)
        record = getattr(method, "__maos_capability__", None)
        if record is None:
            continue
        if not hasattr(agent_class, record.method_name):
            # Defined under another name, as by a decorator that does not use functools.wraps.
            record = dataclasses.replace(record, method_name=attribute)
        if record.name in found and found[record.name].method_name != record.method_name:
            raise InputError(
                "name",
                f"capability {record.name!r} is declared twice in {agent_class.__name__}: "
                f"by {found[record.name].method_name} and {record.method_name}",
            )
        found[record.name] = record
    return found


def _texts(name: str, values: Sequence[str]) -> tuple[str, ...]:
    # A text is a sequence of texts too, of its letters.
    if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
        raise InputError(name, f"expected a list of texts, got {values!r}")
    return tuple(values)


def _request_error(error: ValidationError, model: type[BaseModel]) -> RequestError:
    details = error.errors(include_url=False)
    problems = "; ".join(
        f"{'.'.join(map(str, item['loc'])) or model.__name__}: {item['msg']}, got {shown(repr(item['input']))}"
        for item in details
    )
    first = str(details[0]["loc"][0]) if details[0]["loc"] else "parameters"
    fields = ", ".join(model.model_fields)
    return RequestError(first, problems.removeprefix(f"{first}: "), advice=f"Inputs are: {fields}")
