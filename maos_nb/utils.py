"""Logging with structured, redacted records, and the conversion of results to plain values."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import math
import re
import traceback
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from maos_nb.errors import InputError

__all__ = ["Logger", "check_positive_whole", "configure_logging", "redact", "shown", "to_plain"]

_ROOT = "maos_nb"
logging.getLogger(_ROOT).addHandler(logging.NullHandler())

_NAMES = r"(?:api[_-]?key|access[_-]?key|private[_-]?key|token|secret|passw(?:or)?d|passphrase|credential)"
_SECRET_NAMES = re.compile(rf"{_NAMES}|authorization", re.IGNORECASE)
_SECRET_IN_TEXT = re.compile(
    # A word that names a secret, then = or :, then the secret: in quotes, or up to the next separator.
    rf"""({_NAMES}[\w-]*\\*["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|\\*["']?[^\s&"',;}}\])\\]+)"""
    r"""|((?:authorization["']?\s*[=:]\s*["']?(?:\w+\s+)?)|bearer\s+)[\w.~+/=-]+"""
    # A password may hold an @ itself, so the last one ends it.
    r"""|(://[^/\s:@]*:)\S+(?=@)""",
    re.IGNORECASE,
)
_HIDDEN = "***"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class Logger:
    """A logger whose records carry named fields and never a secret.

    Parameters
    ----------
    name : str
        Appended to "maos_nb." to name the standard library's logger underneath, so handlers and
        levels are set with :mod:`logging` as usual.

    Examples
    --------
    >>> Logger("quotes").render("fetched", symbol="AAPL", api_key="abc")
    'fetched symbol=AAPL api_key=***'
    """

    __slots__ = ("_logger", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._logger = logging.getLogger(f"{_ROOT}.{name}")

    def debug(self, message: str, /, **fields: Any) -> None:
        """Record what only a developer wants to see."""
        self._log(logging.DEBUG, message, fields)

    def info(self, message: str, /, **fields: Any) -> None:
        """Record ordinary progress."""
        self._log(logging.INFO, message, fields)

    def warning(self, message: str, /, **fields: Any) -> None:
        """Record what deserves a look, though the work went on."""
        self._log(logging.WARNING, message, fields)

    def error(self, message: str, /, *, exception: BaseException | None = None, **fields: Any) -> None:
        """Record a failure, with the traceback of `exception` where one is given."""
        self._log(logging.ERROR, message, fields, exception)

    def render(self, message: str, /, **fields: Any) -> str:
        """Give the line that a call with these arguments writes."""
        pairs = [
            f"{name}={_HIDDEN if _SECRET_NAMES.search(name) else redact(str(value))}"
            for name, value in fields.items()
        ]
        return " ".join([redact(message), *pairs])

    def _log(
        self, level: int, message: str, fields: dict[str, Any], exception: BaseException | None = None
    ) -> None:
        if self._logger.isEnabledFor(level):
            text = self.render(message, **fields)
            if exception is not None:
                # Not exc_info: what a handler writes of it would not be redacted.
                text += "\n" + redact("".join(traceback.format_exception(exception)).rstrip())
            safe = {name: _without_secret(name, value) for name, value in fields.items()}
            self._logger.log(level, text, extra={"fields": safe}, stacklevel=3)

    def __repr__(self) -> str:
        return f"Logger({self.name!r})"


def _without_secret(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name):
        return _HIDDEN
    text = str(value)
    safe = redact(text)
    return value if safe == text else safe


def redact(text: str) -> str:
    """Replace keys, tokens and passwords in a text by ``***``.

    Examples
    --------
    >>> redact("GET /query?symbol=AAPL&apikey=SECRET")
    'GET /query?symbol=AAPL&apikey=***'
    """
    return _SECRET_IN_TEXT.sub(lambda match: f"{match[1] or match[2] or match[3]}{_HIDDEN}", text)


def shown(text: str, length: int = 80) -> str:
    """Make a text fit for a repr: one line, printable, no memory addresses, `length` characters at most.

    Examples
    --------
    >>> shown("<object object at 0x7f2a5c0d4a30> is an odd way to name a ticker", 30)
    '<object object> is an odd w...'
    """
    line = " ".join(_ADDRESS.sub("", text[: 10 * length]).split())
    if not line.isprintable():
        line = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
    whole = len(line) <= length and len(text) <= 10 * length
    return line if whole else f"{line[: length - 3]}..."


def configure_logging(level: str | None = None) -> None:
    """Write the package's log records to standard error, at `level` or that of the settings.

    Raises
    ------
    InputError
        If `level` is not the name of a level.
    """
    from maos_nb.config import Settings

    if level is not None and level.upper() not in logging.getLevelNamesMapping():
        known = ", ".join(logging.getLevelNamesMapping())
        raise InputError("level", f"expected one of {known}, got {level!r}")
    logger = logging.getLogger(_ROOT)
    if not any(isinstance(handler, logging.StreamHandler) for handler in logger.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel((level or Settings.from_environment().log_level).upper())


def to_plain(value: Any) -> Any:
    """Turn a result into dicts, lists, texts and numbers that JSON can hold.

    Dataclasses and mappings become dicts, arrays and other iterables lists, dates ISO texts,
    enumeration members their values, pydantic models what they hold. NaN, NaT and infinities, which
    JSON lacks, become None.

    Examples
    --------
    >>> to_plain({"value": float("nan"), "on": dt.date(2022, 12, 28)})
    {'value': None, 'on': '2022-12-28'}
    """
    if isinstance(value, Enum):
        return to_plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None  # numpy.float64 is a float too
    if isinstance(value, dt.date):
        return value.isoformat() if value == value else None  # pandas' NaT is a date, and not itself
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(to_plain(name)): to_plain(item) for name, item in value.items()}
    for method in ("model_dump", "tolist", "to_dict"):  # pydantic; numpy and pandas Series; pandas DataFrame
        if hasattr(value, method):
            return to_plain(getattr(value, method)())
    if isinstance(value, Iterable):
        return [to_plain(item) for item in value]
    return str(value)


def check_positive_whole(name: str, value: object) -> None:
    """Raise InputError, naming the argument, unless the value is a whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(name, f"expected a positive whole number, got {value!r}")
