"""From the words on the command line to an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from maos_nb.cli._arguments import Arguments
    from maos_nb.types import TaskResult

__all__ = ["COMPLETED", "FAILED", "INTERRUPTED", "USAGE", "main"]

COMPLETED, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after the command's name; by default those of the process.

    Returns
    -------
    int
        0 completed; 1 the task failed, or its output could not be written; 2 the words on the
        command line cannot be used; 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        _accept_any_sign(stream)
    code = FAILED
    try:
        # Imported here, so that an interrupt while modules load, a second or so, ends in order too.
        from maos_nb.cli._arguments import read_arguments

        arguments = read_arguments(argv)
        if arguments is None:
            code = COMPLETED
        else:
            result = _work(arguments)
            code = COMPLETED if result.ok else FAILED
            _deliver(arguments, result)
        sys.stdout.flush()
    except SystemExit as end:  # argparse's way to end a usage error
        return int(end.code or 0)
    except KeyboardInterrupt:
        print("maos: interrupted, and stopped in order; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough, as `head` has after ten lines: nothing went wrong here.
        _forget_output()
    except OSError as error:
        _forget_output()
        print(f"maos: the output could not be written: {error}", file=sys.stderr)
        return FAILED
    return code


def _work(arguments: Arguments) -> TaskResult:
    from maos_nb.cli._run import run_task

    return run_task(arguments.task, verbose=arguments.verbose)


def _deliver(arguments: Arguments, result: TaskResult) -> None:
    from maos_nb.cli._printing import print_failure, print_json, print_report

    if arguments.html is not None:
        from maos_nb.finance.report import report_html

        arguments.html.write_text(report_html(result, task=arguments.task), encoding="utf-8")
        print(f"maos: wrote {arguments.html.resolve()}", file=sys.stderr)
    if not result.ok:
        print_failure(result, verbose=arguments.verbose)
    if arguments.json:
        print_json(result)
    elif result.ok:
        print_report(result)


def _accept_any_sign(stream: TextIO) -> None:
    # A company's name must not break the output of a terminal that knows fewer letters.
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


def _forget_output() -> None:
    # Python flushes once more at its exit and would complain once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
