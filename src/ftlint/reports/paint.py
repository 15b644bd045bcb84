"""Styled lines become text: with ANSI colours, or plain. Never markup: the data in the lines is untrusted."""

from __future__ import annotations

from collections.abc import Iterable

from rich.color import ColorSystem
from rich.style import Style
from rich.text import Text

from ftlint.model import Level
from ftlint.reports import Options
from ftlint.text import log_line, safe

STYLES = {Level.ERROR: "bold red", Level.WARNING: "bold yellow", Level.INFO: "bold cyan"}
FRAME = "cyan"
DIM = "dim"


def words(options: Options, *parts: str | tuple[str, str]) -> Text:
    """One line from pieces, each plain or with a style; every piece is made inert and fit for the encoding."""
    text = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        text.append(options.fit(safe(content)), style=style or None)
    return text


def paint(lines: Iterable[Text], options: Options) -> str:
    """The lines with a newline after each; nothing is wrapped, cropped or highlighted on the way."""
    if not options.color:
        return "".join(log_line(text.plain) + "\n" for text in lines)
    return "".join(log_line(_ansi(text)) + "\n" for text in lines)


def _ansi(text: Text) -> str:
    """A line with ANSI codes: what a console would write, without its 60 microseconds per line."""
    plain, parts, end = text.plain, [], 0
    for span in text.spans:  # one after the other: every line here is made by appending
        style = Style.parse(span.style) if isinstance(span.style, str) else span.style
        shown = style.render(plain[span.start : span.end], color_system=ColorSystem.STANDARD)
        parts += [plain[end : span.start], shown]
        end = span.end
    return "".join([*parts, plain[end:]])
