"""What no rule claimed: words that are not filler, and figures always."""

from __future__ import annotations

import re
from collections.abc import Iterable

from maos_nb.finance._reading.records import Figure, Hit, Skeleton
from maos_nb.finance._reading.vocabulary import FILLER, SIGNS

__all__ = ["left_over"]

_TOKEN = re.compile(rf"[{SIGNS}]|[\d½¼¾][\w.,/'%½¼¾]*|[^\W\d_{SIGNS}]+(?:['.&/][^\W\d_]+)*")


def left_over(skeleton: Skeleton, hits: Iterable[Hit]) -> tuple[str, ...]:
    """Give words and figures that no hit claimed, neighbours together."""
    claimed = bytearray(len(skeleton.text))
    for hit in hits:
        claimed[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    groups: list[tuple[int, int]] = []
    end_of_last = -9
    for match in _TOKEN.finditer(skeleton.text):
        if _is_accounted_for(match[0], claimed[match.start() : match.end()]):
            end_of_last = -9
            continue
        is_filler = match[0] in FILLER
        is_near = end_of_last >= 0 and not skeleton.text[end_of_last : match.start()].strip(" -\n")
        if is_near and not is_filler:
            groups[-1] = (groups[-1][0], match.end())
        elif not is_filler:
            groups.append((match.start(), match.end()))
        end_of_last = match.end() if is_near or not is_filler else -9
    foreign = [
        figure.currency.upper()
        for figure in skeleton.figures.values()
        if figure.currency and not _is_dollar(figure)
    ]
    return (*(skeleton.words(start, end) for start, end in groups), *dict.fromkeys(foreign))


def _is_accounted_for(token: str, claimed: bytearray) -> bool:
    """Whether a hit claimed the token, or a part of it without leaving a digit out."""
    return any(claimed) and not any(
        char.isdigit() and not taken for char, taken in zip(token, claimed, strict=True)
    )


def _is_dollar(figure: Figure) -> bool:
    return "$" in figure.currency or figure.currency == "usd"
