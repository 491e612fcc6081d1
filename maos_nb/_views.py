"""HTML of our records. Every text that is not ours passes `escape`."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["escape", "number", "outcome_html", "progress_bar", "table"]

_LONGEST_TEXT = 10_000
_MOST_ROWS = 500
# Control characters but tab and newline, half surrogates, and what turns the direction of writing.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def escape(text: object, length: int = _LONGEST_TEXT) -> str:
    """Make any text safe inside HTML: no markup, no control characters, no more than a page of it."""
    words = str(text)
    if len(words) > length:
        words = f"{words[: length - 3]}..."
    return html.escape(_INVISIBLE.sub(lambda match: ascii(match[0])[1:-1], words))


def number(value: Any) -> str:
    """Show a number as an analyst writes it: thousands apart, and no more digits than are read."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if value != value:
        return "n/a"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    magnitude = abs(value)
    if magnitude >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if magnitude >= 1 or not value else f"{value:.4f}"


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Give an HTML table of up to 500 rows; cells are escaped, numbers are set to the right."""
    head = "".join(f"<th>{escape(_words(name))}</th>" for name in header)
    shown = list(itertools.islice(rows, _MOST_ROWS + 1))
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in shown[:_MOST_ROWS])
    if len(shown) > _MOST_ROWS:
        body += f'<tr><td colspan="{len(header)}">only the first {_MOST_ROWS} rows are shown</td></tr>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def outcome_html(task_id: str, status: str, error: str | None, result: Any) -> str:
    """Show what became of a task: its error, or each part of its result as a table."""
    title = f"<p><b>{escape(task_id)}</b> {escape(status)}</p>"
    if error is not None:
        return f"<div>{title}<p>{escape(error)}</p></div>"
    parts = result if isinstance(result, Mapping) else {"result": result}
    return f"<div>{title}{''.join(_part(str(name), value) for name, value in parts.items())}</div>"


def progress_bar(share: float) -> str:
    """Give a bar of the browser's own kind."""
    return f'<progress max="100" value="{100 * share:.0f}">{share:.0%}</progress>'


def _cell(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td style="text-align:right">{escape(number(value))}</td>'
    return f'<td style="text-align:left">{escape(_text(value))}</td>'


def _part(name: str, value: Any) -> str:
    heading = f"<p><b>{escape(_words(name))}</b></p>"
    if not isinstance(value, Mapping):
        items = value if isinstance(value, list | tuple) else [value]
        rest = len(items) - _MOST_ROWS
        more = f"<li>and {rest} more</li>" if rest > 0 else ""
        lines = "".join(f"<li>{escape(_text(item))}</li>" for item in items[:_MOST_ROWS])
        return f"{heading}<ul>{lines}{more}</ul>"
    columns = {str(key): item for key, item in value.items()}
    lengths = {len(item) if isinstance(item, list | tuple) else -1 for item in columns.values()}
    if len(lengths) == 1 and lengths != {-1}:
        return heading + table(tuple(columns), zip(*columns.values(), strict=True))
    records = [item for item in columns.values() if isinstance(item, Mapping)]
    if len(records) == len(columns) and records:
        fields = tuple(dict.fromkeys(str(key) for record in records for key in record))
        rows = [(_words(key), *(record.get(name, "") for name in fields)) for key, record in columns.items()]
        return heading + table(("", *fields), rows)
    return heading + table(("", "value"), [(_words(key), item) for key, item in columns.items()])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:
    if value is None:
        return "n/a"
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(str(name))}: {_text(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return number(value)
