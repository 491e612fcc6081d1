"""What every chart is looked at for: words that are cut off, lie on each other or are too pale to read."""

import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text


def _texts(figure):
    for axes in figure.axes:
        yield from (*axes.texts, axes._left_title, axes.xaxis.label, axes.yaxis.label)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            yield from (tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)
    for legend in figure.legends:
        yield from legend.get_texts()


def _luminance(colour):
    channels = to_rgb(colour)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Give the contrast of two colours, by WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def flaws(figure):
    """Draw a chart and say what is wrong with its words."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = figure.bbox.size
    shown = [text for text in _texts(figure) if text.get_text().strip()]
    # An annotation's own extent would hold its anchor as well as its words.
    boxes = [(text.get_text(), Text.get_window_extent(text, canvas.get_renderer())) for text in shown]
    found = [
        f"{words!r} is cut off"
        for words, box in boxes
        if min(box.x0, box.y0, width - box.x1, height - box.y1) < -0.5
    ]
    for (one, left), (other, right) in itertools.combinations(boxes, 2):
        across = min(left.x1, right.x1) - max(left.x0, right.x0)
        along = min(left.y1, right.y1) - max(left.y0, right.y0)
        if across > 1 and along > 1.5:
            found.append(f"{one!r} lies on {other!r}")
    found += [f"{text.get_text()!r} is pale" for text in shown if contrast(text.get_color(), "white") < 4.5]
    found += [
        f"{text.get_text()!r} is read as mathematics"
        for text in figure.axes[0].texts
        if text.get_parse_math()
    ]
    return found
