"""What charts of panes are looked at for beside `chart_flaws`: their legends, and the title of the page."""

import itertools

from chart_flaws import contrast, flaws
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def page_flaws(figure):
    """Draw a page and say what is wrong with its words."""
    found = flaws(figure)
    renderer = FigureCanvasAgg(figure).get_renderer()
    width, height = figure.bbox.size
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend() is not None]
    blocks = [("legend", item.get_window_extent(renderer)) for item in legends]
    titles = [
        axes._left_title for axes in figure.axes if axes._left_title.get_text().strip() and axes.get_visible()
    ]
    if figure._suptitle is not None:
        titles.append(figure._suptitle)
    blocks += [(text.get_text(), Text.get_window_extent(text, renderer)) for text in titles]
    for words, box in blocks:
        if min(box.x0, box.y0, width - box.x1, height - box.y1) < -0.5:
            found.append(f"{words!r} is cut off")
    for (one, left), (other, right) in itertools.combinations(blocks, 2):
        across = min(left.x1, right.x1) - max(left.x0, right.x0)
        along = min(left.y1, right.y1) - max(left.y0, right.y0)
        # A legend's box has a margin of its own.
        if across > 1 and along > 4:
            found.append(f"{one!r} lies on {other!r}")
    written = [text for legend in legends for text in legend.get_texts()]
    found += [
        f"{text.get_text()!r} is read as mathematics" for text in (*written, *titles) if text.get_parse_math()
    ]
    found += [f"{text.get_text()!r} is pale" for text in written if contrast(text.get_color(), "white") < 4.5]
    return found
