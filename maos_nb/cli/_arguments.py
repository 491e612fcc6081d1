"""The words on the command line, checked before any work starts."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from maos_nb.errors import InputError
from maos_nb.types import Task

__all__ = ["Arguments", "read_arguments", "read_value"]

_SETTING = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_PERCENT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?=\s*%$)")
_DESCRIPTION = "Agents for financial analysts: valuations that are right, traceable and fast."
_EXAMPLES = """examples:
  maos run "Value AAPL with a 5-year DCF at a WACC of 8.5%"
  maos run "Value MSFT over 10 years" --set terminal_growth=2% --html msft.html
  maos run "Value a software startup growing 40%" --json

exit codes: 0 completed, 1 failed, 2 the command line cannot be used, 130 interrupted
"""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What ``maos run`` is to do."""

    task: Task
    html: Path | None
    json: bool
    verbose: bool


def read_arguments(argv: Sequence[str] | None) -> Arguments | None:
    """Read the command line; None where it only asked for the version.

    Raises
    ------
    SystemExit
        With code 2 and a message on standard error if the words cannot be used, with code 0 after help.
    """
    parser, run = _parsers()
    words = parser.parse_args(argv)
    if words.version:
        from maos_nb._version import __version__

        print(f"maos {__version__}")
        return None
    if words.command is None:
        parser.error("nothing to do: try maos run --help")
    try:
        html = None if words.html is None else _writable(Path(words.html))
        return Arguments(_task(words), html, words.json, words.verbose)
    except InputError as error:
        run.error(str(error))


def read_value(text: str) -> Any:
    """Read the value of a setting: a percentage, else JSON, else the text itself.

    Examples
    --------
    >>> [read_value(text) for text in ("8.5%", "7", "[0.08, 0.09]", "2022-12-31", "AAPL", "NaN")]
    [0.085, 7, [0.08, 0.09], '2022-12-31', 'AAPL', 'NaN']
    """
    percentage = _PERCENT.match(text.strip())
    if percentage:
        return float(Decimal(percentage[0]) / 100)
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


class _RunParser(argparse.ArgumentParser):
    # The inputs come from the request model, which takes a third of a second to import: only help pays.
    def format_help(self) -> str:
        return f"{super().format_help()}\n{_inputs_help()}"


def _parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    parser = argparse.ArgumentParser(
        "maos",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_RunParser)
    run = commands.add_parser("run", help="do a task that is told in plain words", description=_RUN)
    run.add_argument("description", nargs="?", metavar="DESCRIPTION", help="the task in plain words")
    run.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", nargs="+", action="extend", default=[], help=_SET
    )
    run.add_argument(
        "--task-type", default="", metavar="NAME", help="the capability, where the words leave it open"
    )
    run.add_argument("--html", metavar="FILE", help="write the report as a page, with charts")
    run.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    run.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="give up after so long")
    run.add_argument("--verbose", action="store_true", help="show progress, and tracebacks of failures")
    return parser, run


_RUN = "Do a task that is told in plain words, and print what came of it."
_SET = "inputs by name, which win over the words: JSON, text, or a percentage such as 8.5%%"


def _task(words: argparse.Namespace) -> Task:
    description, settings = words.description, list(words.settings)
    if description is None and settings and not _SETTING.fullmatch(settings[-1]):
        # "--set a=1 b=2 'Value AAPL'": the last word is no setting, so it is the task.
        description = settings.pop()
    task = Task(
        description=description or "",
        task_type=words.task_type,
        parameters=_parameters(settings),
        timeout=words.timeout,
    )
    if task.is_empty:
        raise InputError(
            "DESCRIPTION", "is missing", advice='For example: maos run "Value AAPL with a 5-year DCF"'
        )
    return task


def _parameters(settings: Iterable[str]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for setting in settings:
        match = _SETTING.fullmatch(setting)
        if match is None:
            raise InputError(
                "--set", f"expected NAME=VALUE, got {setting!r}", advice="For example --set wacc=8.5%"
            )
        if match[1] in parameters:
            raise InputError("--set", f"{match[1]} came twice")
        parameters[match[1]] = read_value(match[2])
    return parameters


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, got {text!r}")
    return seconds


def _writable(path: Path) -> Path:
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError(
            "--html", f"there is no folder {str(folder)!r}", advice="Make it first, or name another file"
        )
    if path.is_dir():
        raise InputError("--html", f"{str(path)!r} is a folder", advice="Name a file in it")
    target = path if path.exists() else folder
    if not os.access(target, os.W_OK):
        raise InputError("--html", f"{str(target)!r} cannot be written", advice="Name another file")
    return path


def _refuse(name: str) -> None:
    raise ValueError(name)


def _inputs_help() -> str:
    from maos_nb.finance import FinancialAnalystAgent

    width = shutil.get_terminal_size((100, 24)).columns
    lines = []
    for record in FinancialAnalystAgent().capabilities.values():
        lines.append(f"inputs of {record.name}, for --set NAME=VALUE:")
        for name, schema in record.schema["properties"].items():
            text = " ".join(filter(None, (schema.get("description", ""), _limits(schema))))
            start = f"  {name:<20} "
            lines += textwrap.wrap(
                text, max(width - 2, 40), initial_indent=start, subsequent_indent=" " * len(start)
            )
    return "\n".join(lines) + "\n"


_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def _limits(schema: dict[str, Any]) -> str:
    kind = {**schema, **schema.get("anyOf", [{}])[0]}
    limits = [kind["unit"]] if kind.get("unit") else []
    limits += [f"{words} {kind[key]:,.10g}" for key, words in _BOUNDS.items() if key in kind]
    if "enum" in kind:
        limits.append(f"one of {', '.join(map(str, kind['enum']))}")
    default = schema.get("default")
    if default is not None:
        limits.append(f"default {', '.join(default) if isinstance(default, list) else default}")
    return f"[{'; '.join(limits)}]" if limits else ""
