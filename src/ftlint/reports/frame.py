"""The code frame of one finding: one line of the file, cropped round the span, with carets that line up."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len

from ftlint.model import Frame
from ftlint.reports import Options
from ftlint.text import safe


class Window(NamedTuple):
    """What fits of a line: text before the span, the span, text after it, ellipses included."""

    before: str
    span: str
    after: str

    @property
    def carets(self) -> str:
        """The line of carets below: counted in terminal cells, so that wide characters stay aligned."""
        return " " * cell_len(self.before) + "^" * max(1, cell_len(self.span))


def window(frame: Frame, room: int, options: Options) -> Window:
    """The part of a frame that fits into ``room`` cells, as much of the span as possible, then what is round it."""
    dots = "…" if options.unicode else "..."
    before, span, after = (
        options.fit(safe(piece))
        for piece in (frame.text[: frame.start], frame.text[frame.start : frame.end], frame.text[frame.end :])
    )
    left, right = dots if frame.cut_left else "", dots if frame.cut_right else ""
    if sum(map(cell_len, (left, before, span, after, right))) <= room:
        return Window(left + before, span, after + right)
    space = max(room - 2 * len(dots), 1)
    shown = _head(span, space)
    space -= cell_len(shown)
    if shown != span:
        return Window(dots if before or left else "", shown, dots)
    kept = _tail(before, max(space // 2, space - cell_len(after)))
    rest = _head(after, space - cell_len(kept))
    return Window((left if kept == before else dots) + kept, span, rest + (right if rest == after else dots))


def _head(text: str, room: int) -> str:
    """The longest start of the text that takes at most ``room`` cells."""
    head = text[:room]  # a character takes a cell or more, except marks that combine
    while cell_len(head) > room:
        head = head[:-1]
    return head


def _tail(text: str, room: int) -> str:
    """The longest end of the text that takes at most ``room`` cells."""
    tail = text[len(text) - min(room, len(text)) :]
    while cell_len(tail) > room:
        tail = tail[1:]
    return tail
