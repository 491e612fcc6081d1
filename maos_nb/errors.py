"""Every error that a user of maos_nb can meet, in one place.

Each message names what is wrong, what came and what was expected; ``advice`` says what to do.
Each docstring says whose move it is.
"""

from __future__ import annotations

__all__ = [
    "AgentStartError",
    "DataError",
    "DeadlockError",
    "InputError",
    "KernelError",
    "KernelStoppedError",
    "LifecycleError",
    "MaosError",
    "MissingDataError",
    "NoRunningLoopError",
    "QueueFullError",
    "RequestError",
    "RoutingError",
    "TaskCancelledError",
    "TaskFailedError",
    "TaskTimeoutError",
    "UnhealthyKernelError",
    "UnknownCapabilityError",
    "UnknownSymbolError",
    "describe",
]


class MaosError(Exception):
    """The base of all errors of this package; catch it to catch them all.

    Parameters
    ----------
    message
        What happened, as one sentence without a full stop at its end.
    advice
        What the reader can do about it, as a sentence.
    """

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message.rstrip('.')}. {self.advice}" if self.advice else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries; keyword-only constructors need help to be unpickled.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[MaosError], args: tuple[object, ...], state: dict[str, object]) -> MaosError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def describe(error: BaseException) -> str:
    """Say in one text what went wrong: our own errors in their words, others with the name of their class.

    A group of errors is followed by its members. An error that cannot even be turned into a text
    is described by its class.

    Examples
    --------
    >>> describe(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # its __str__ is foreign code, and the first error is the one to report
        return type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        text = f"{text}: {'; '.join(map(describe, error.exceptions))}"
    if isinstance(error, MaosError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class InputError(MaosError, ValueError):
    """A value given by the caller cannot be used: change the argument that the message names.

    Parameters
    ----------
    argument
        Name of the argument.
    problem
        What is wrong with it: what came and what was expected.
    advice
        What to do.
    """

    def __init__(self, argument: str, problem: str, *, advice: str = "") -> None:
        super().__init__(f"{argument}: {problem}", advice=advice)
        self.argument = argument
        self.problem = problem


class RequestError(InputError):
    """A task's description and parameters do not make a request: reword or complete the task."""


class DataError(MaosError):
    """A source could not deliver: not the caller's fault unless the message names an argument."""


class UnknownSymbolError(DataError, LookupError):
    """No source knows the symbol: check its spelling, or ask a source that covers it.

    Parameters
    ----------
    symbol
        What was asked for.
    known
        Symbols that the source does know, shown to the reader.
    """

    def __init__(
        self, symbol: str, *, known: tuple[str, ...] = (), source: str = "", advice: str = ""
    ) -> None:
        where = f" in {source}" if source else ""
        hint = f"Known here: {', '.join(known)}" if known else ""
        super().__init__(f"symbol: nothing is known of {symbol!r}{where}", advice=advice or hint)
        self.symbol = symbol
        self.known = known


class MissingDataError(DataError):
    """A figure that the calculation cannot do without is absent: give it in ``parameters``."""


class LifecycleError(MaosError):
    """An agent was asked for a move that its lifecycle forbids: a fault in the agent's code."""


class UnknownCapabilityError(MaosError, LookupError):
    """No agent offers the capability: spawn one that does, or correct the task's ``task_type``."""


class AgentStartError(MaosError):
    """An agent's constructor raised: mend the agent; its own error is the ``__cause__``."""


class KernelError(MaosError):
    """The base of the errors of the agent kernel."""


class NoRunningLoopError(KernelError, RuntimeError):
    """An asynchronous call was made outside an event loop: the message shows the form to use."""


class RoutingError(KernelError):
    """Plain text fits no capability, or several equally: name one in ``task_type``."""


class QueueFullError(KernelError):
    """The kernel's queue has no room: wait for it with ``enqueue``, or raise ``capacity``."""


class DeadlockError(KernelError):
    """A task waits for what can only happen after its own end: give it more places, or do not wait."""


class KernelStoppedError(KernelError):
    """The kernel had stopped, or stopped before the task was finished: submit to a running one."""


class TaskCancelledError(KernelError):
    """Somebody cancelled the task; nobody is at fault."""


class TaskTimeoutError(KernelError, TimeoutError):
    """The task ran past its ``timeout`` or ``deadline``: allow more, or ask for less."""


class TaskFailedError(KernelError):
    """Raised by ``TaskResult.unwrap`` for a task that did not complete; the ``__cause__`` says why."""


class UnhealthyKernelError(KernelError, AssertionError):
    """``assert_healthy`` found failures that nobody has looked at; the message lists them."""
