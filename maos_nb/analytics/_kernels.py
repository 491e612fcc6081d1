"""The one door to compiled code: loops that no array expression replaces, compiled where numba is installed.

A `kernel` is plain Python on floats and arrays. It is compiled at its first call, not at import, as
importing numba alone takes 0.4 s, and the machine code is kept on disk for the next session. Without
numba the same source runs as it stands, some hundred times as slow: callers that have another way ask
whether it is `worthwhile` first.

Kernels make no arrays: they fill those that they are given. Where numba may not count references,
handing an array on costs nothing; counting took a fifth of the time of short series.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import types
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

__all__ = ["Kernel", "compiling", "kernel", "worthwhile"]

# Series, of which fewer are done by array operations before numba is imported. A number, not whether numba
# happens to be there already: the same call gives the same digits.
ENOUGH_SERIES = 1_000

P = ParamSpec("P")
R = TypeVar("R")


class Kernel(Generic[P, R]):
    """A function that is compiled at its first call, if it can be; other kernels may call it.

    Parameters
    ----------
    function : callable
        What to compile: floats, whole numbers, arrays and tuples of them, in loops.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        run: Callable[P, R] = self.compiled if compiling() else self.function
        return run(*args, **kwargs)

    @functools.cached_property
    def compiled(self) -> Any:
        """The function as numba compiles it."""
        # Results are those of the source to the last bit but for libm: no fastmath. Divisions by zero
        # give infinities and NaN as in NumPy; and other threads run meanwhile.
        compile_ = functools.partial(_numba().njit, nogil=True, error_model="numpy", _nrt=False)
        try:
            return compile_(cache=True)(self._named_by_digest())
        except RuntimeError:  # neither the package's directory nor the user's cache can be written
            return compile_()(self.function)

    @functools.cached_property
    def digest(self) -> str:
        """A short hash of what the machine code depends on: code and constants of this kernel and its callees."""
        code, found = self.function.__code__, hashlib.blake2b(digest_size=6)
        found.update(code.co_code + repr(code.co_consts).encode())
        for name in code.co_names:
            value = self.function.__globals__.get(name)
            if isinstance(value, Kernel):
                found.update(value.digest.encode())
            elif isinstance(value, int | float):
                found.update(f"{name}={value!r}".encode())
            elif isinstance(value, np.ndarray):
                found.update(value.tobytes())
        return found.hexdigest()

    def _named_by_digest(self) -> Callable[P, R]:
        """Give the function by a name that numba's cache takes for another one when a callee has changed.

        By itself it compares only the file that a function stands in, and would run old machine code.
        """
        source = self.function
        named = types.FunctionType(source.__code__, source.__globals__, source.__name__)
        named.__qualname__, named.__module__ = f"{source.__name__}_{self.digest}", source.__module__
        return named

    @property
    def _numba_type_(self) -> Any:
        """What numba asks a global for that it does not know: so that kernels find each other."""
        return importlib.import_module("numba.core.types").Dispatcher(self.compiled)


def kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """Let a function be compiled at its first call.

    A kernel may call others, but not itself, and read numbers and arrays of its module, which are constants.

    Examples
    --------
    >>> @kernel
    ... def triangle(n):
    ...     total = 0
    ...     for term in range(n + 1):
    ...         total += term
    ...     return total
    >>> triangle.function(4)
    10
    """
    return Kernel(function)


def compiling() -> bool:
    """Tell whether kernels run as machine code here, which imports numba if it is installed."""
    return _numba() is not None


def worthwhile(n_series: int) -> bool:
    """Tell whether so many series are better solved by a kernel than by operations on arrays."""
    return n_series >= ENOUGH_SERIES and compiling()


@functools.cache
def _numba() -> Any:
    """Give the compiler; None where it is missing, refuses this Python or NumPy, or is switched off."""
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return None
    return None if numba.config.DISABLE_JIT else numba
